// SPDX-License-Identifier: MIT
// Pooling in C, and what moves pixels: repeats them, puts borders around them, takes some, orders them anew.
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

/// NaN wins over all.
inline CCode max_over_time_c(const CLayer& layer, const CText& c) {
  return {c(R"(  for (long j = 0; j < %channels%; ++j) y[j] = x[j];
  for (long i = %channels%; i < %size%; i += %channels%)
    for (long j = 0; j < %channels%; ++j) y[j] = x[i + j] > y[j] || x[i + j] != x[i + j] ? x[i + j] : y[j];
)",
            {{"channels", layer.input.channels}, {"size", layer.input.size()}})};
}

inline CCode last_step_c(const CLayer& layer, const CText& c) {
  const Index channels = layer.input.channels;
  return {c("  for (long j = 0; j < %channels%; ++j) y[j] = x[%first% + j];\n",
            {{"channels", channels}, {"first", layer.input.size() - channels}})};
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

/// y(row, column, channel) = x[first + row * down + column * right + channel * deep]
inline CCode moved_c(const CLayer& layer, const CText& c, Index first, Index down, Index right, Index deep) {
  return {c(R"(  for (long row = 0; row < %rows%; ++row)
    for (long column = 0; column < %columns%; ++column, y += %channels%) {
      const @ *p = x + %first% + row * %down% + column * %right%;
      for (long j = 0; j < %channels%; ++j) y[j] = p[%j%];
    }
)",
            {{"rows", layer.output.height},
             {"columns", layer.output.width},
             {"channels", layer.output.channels},
             {"first", first},
             {"down", down},
             {"right", right},
             {"j", c_times("j", deep)}})};
}

inline CCode slice_c(const CLayer& layer, const CText& c) {
  const Shape& input = layer.input;
  const auto first = [&](const char* option, Index size) {
    const Index at = layer.whole(option);
    return at < 0 ? size + at : at;
  };
  const Index pixel = first("first_row", input.height) * input.width + first("first_column", input.width);
  return moved_c(layer, c, pixel * input.channels + first("first_channel", input.channels),
                 input.width * input.channels, input.channels, 1);
}

inline CCode permute_c(const CLayer& layer, const CText& c) {
  const auto step = [&](const char* option) {
    const Index dimension = layer.whole(option);
    return dimension == 0 ? layer.input.width * layer.input.channels : dimension == 1 ? layer.input.channels : 1;
  };
  return moved_c(layer, c, 0, step("height_from"), step("width_from"), step("channels_from"));
}

}  // namespace nn::detail
