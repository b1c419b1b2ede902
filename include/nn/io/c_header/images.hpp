// SPDX-License-Identifier: MIT
// Pooling, repeated pixels and borders in C.
#pragma once

#include <string>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>
#include <nn/io/c_header/window.hpp>

namespace nn::detail {

/// Padding never wins, and NaN wins over all.
inline CCode max_pool_c(const CLayer& layer, const CText& c) {
  const Window window = c_window_of(layer, "height", "width", 1);
  return {c_positions(c, window, window.channels, [&](const CAxis& rows, const CAxis& columns) {
    return c(R"(      const @ *start = x + ((top + %row%) * %width% + left + %column%) * %channels%;
      for (long j = 0; j < %channels%; ++j) y[j] = start[j];
)",
             {{"row", rows.first},
              {"column", columns.first},
              {"width", window.columns.input},
              {"channels", window.channels}}) +
           c_pixels(
               c, window, rows, columns,
               c("          for (long j = 0; j < %channels%; ++j) y[j] = p[j] > y[j] || p[j] != p[j] ? p[j] : y[j];\n",
                 {{"channels", window.channels}}));
  })};
}

/// The zeros of the padding count.
inline CCode average_pool_c(const CLayer& layer, const CText& c) {
  const Window window = c_window_of(layer, "height", "width", 1);
  const double pixels = static_cast<double>(window.rows.kernel * window.columns.kernel);
  return {c_positions(c, window, window.channels, [&](const CAxis& rows, const CAxis& columns) {
    const CField channels{"channels", window.channels};
    return c("      for (long j = 0; j < %channels%; ++j) y[j] = 0;\n", {channels}) +
           c_pixels(c, window, rows, columns,
                    c("          for (long j = 0; j < %channels%; ++j) y[j] += p[j];\n", {channels})) +
           c("      for (long j = 0; j < %channels%; ++j) y[j] *= %share%;\n",
             {channels, {"share", c.literal(1 / pixels)}});
  })};
}

inline CCode global_average_pool_c(const CLayer& layer, const CText& c) {
  const Index pixels = layer.input.height * layer.input.width;
  return {c(R"(  for (long j = 0; j < %channels%; ++j) y[j] = 0;
  for (long i = 0; i < %size%; i += %channels%)
    for (long j = 0; j < %channels%; ++j) y[j] += x[i + j];
  for (long j = 0; j < %channels%; ++j) y[j] /= %pixels%;
)",
            {{"channels", layer.input.channels},
             {"size", layer.input.size()},
             {"pixels", c.literal(static_cast<double>(pixels))}})};
}

inline CCode up_sample_c(const CLayer& layer, const CText& c) {
  return {c(R"(  for (long row = 0; row < %rows%; ++row)
    for (long column = 0; column < %columns%; ++column, y += %channels%) {
      const @ *p = x + (row / %height% * %input_columns% + column / %width%) * %channels%;
      for (long j = 0; j < %channels%; ++j) y[j] = p[j];
    }
)",
            {{"rows", layer.output.height},
             {"columns", layer.output.width},
             {"channels", layer.input.channels},
             {"height", layer.whole("height")},
             {"width", layer.whole("width")},
             {"input_columns", layer.input.width}})};
}

inline CCode zero_pad_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels;
  const Index first = (layer.whole("top") * layer.output.width + layer.whole("left")) * channels;
  return {c(R"(  for (long i = 0; i < %size%; ++i) y[i] = 0;
  for (long row = 0; row < %rows%; ++row)
    for (long j = 0; j < %count%; ++j) y[%first% + row * %padded% + j] = x[row * %count% + j];
)",
            {{"size", layer.output.size()},
             {"rows", layer.input.height},
             {"count", layer.input.width * channels},
             {"first", first},
             {"padded", layer.output.width * channels}})};
}

}  // namespace nn::detail
