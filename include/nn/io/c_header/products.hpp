// SPDX-License-Identifier: MIT
// Dense and convolutional layers in C. Some rows of W at once are summed in an array of their own, which compilers keep
// in registers, and W is stored in the order in which it is then read.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include <nn/core/window.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>
#include <nn/io/c_header/window.hpp>

namespace nn::detail {

/// So many rows are summed at once: the registers of a Cortex-M4 hold their sums, and vectors of any width divide them.
inline constexpr Index c_tile_rows = 16;

/// W, `group` rows after the other: of each group tile after tile, in a tile column after column, from row to row.
inline std::vector<double> in_c_tiles(const CTensor& weight, Index group) {
  std::vector<double> result;
  result.reserve(weight.numbers.size());
  for (Index begin = 0; begin < weight.rows; begin += group)
    for (Index first = begin; first < begin + group; first += c_tile_rows)
      for (Index column = 0; column < weight.columns; ++column)
        for (Index row = first; row < std::min(first + c_tile_rows, begin + group); ++row)
          result.push_back(weight(row, column));
  return result;
}

/// Adds w[...] * v to the sums of a tile.
inline std::string c_add(const CText& c, Index count, const std::string& indent) {
  return c("%indent%const @ v = p[j];\n%indent%$each for (long i = 0; i < %count%; ++i) s[i] += w[i] * v;\n",
           {{"indent", indent}, {"count", count}});
}

/// The rows from `begin` (an expression, or empty) on, in full tiles and one that is not: the sums begin with the
/// numbers of the array `start`, or 0 where it has no name, and are written to `target`. `sum(count)` is the text
/// between.
inline std::string c_tiles(const CText& c, const std::string& begin, Index rows, const std::string& start,
                           const std::string& target, const std::string& indent, const auto& sum) {
  std::string text;
  const auto add = [&](Index first, Index last, Index count) {
    text += c(R"(%indent%for (long row = %begin%%first%; row < %begin%%last%; row += %count%) {
%indent%  @ s[%count%];
%indent%  $each for (long i = 0; i < %count%; ++i) s[i] = %start%;
%sum%%indent%  $each for (long i = 0; i < %count%; ++i) %target%[row + i] = s[i];
%indent%}
)",
              {{"indent", indent},
               {"begin", begin},
               {"first", first},
               {"last", last},
               {"count", count},
               {"start", start.empty() ? "0" : start + "[row + i]"},
               {"target", target},
               {"sum", sum(count)}});
  };
  const Index full = rows / c_tile_rows * c_tile_rows;
  if (full > 0) add(0, full, c_tile_rows);
  if (full < rows) add(full, rows, rows - full);
  return text;
}

/// target = start + W input; every name is that of an array in C, `weight` that of W in tiles.
struct CProduct {
  Index rows, columns;
  std::string start, target = "y", weight = "weight", input = "x";
  std::string seen = std::to_string(columns);  ///< how many columns are summed
};
inline std::string c_product(const CText& c, const CProduct& product, const std::string& indent) {
  return c_tiles(c, "", product.rows, product.start, product.target, indent, [&](Index count) {
    return c(R"(%indent%  const @ *p = %input%, *w = %weight% + row * %columns%;
%indent%  for (long j = 0; j < %seen%; ++j, w += %count%) {
%add%%indent%  }
)",
             {{"indent", indent},
              {"input", product.input},
              {"weight", product.weight},
              {"columns", product.columns},
              {"seen", product.seen},
              {"count", count},
              {"add", c_add(c, count, indent + "    ")}});
  });
}

/// The name of the array of a layer's biases, or none.
inline std::string c_bias_of(const CLayer& layer) { return layer.is("bias") ? "bias" : ""; }

/// y = W x + b
inline CCode dense_c(const CLayer& layer, const CText& c) {
  const Index rows = layer.output.size(), columns = layer.input.size();
  const std::string bias = c_bias_of(layer);
  CCode code{c_product(c, {rows, columns, bias}, "  ")};
  code.arrays.push_back({"weight", in_c_tiles(layer.tensor("weight", rows, columns), rows)});
  if (!bias.empty()) code.arrays.push_back({bias, layer.tensor("bias", rows).numbers});
  return code;
}

/// Every channel alone, with a filter of its own.
inline std::string depthwise_c(const CText& c, const Window& window, bool has_bias) {
  return c_positions(c, window, window.channels, [&](const CAxis& rows, const CAxis& columns) {
    return c("      for (long j = 0; j < %channels%; ++j) y[j] = %bias%;\n",
             {{"channels", window.channels}, {"bias", has_bias ? "bias[j]" : "0"}}) +
           c_pixels(c, window, rows, columns,
                    c(R"(          const @ *w = weight + (r * %kernel% + k) * %channels%;
          for (long j = 0; j < %channels%; ++j) y[j] += w[j] * p[j];
)",
                      {{"kernel", window.columns.kernel}, {"channels", window.channels}}));
  });
}

/// The sums of a tile over the pixels of a patch: those of a row of the kernel at once where they lie side by side.
inline std::string c_patch_sum(const CText& c, const Window& window, Index groups, const CAxis& rows,
                               const CAxis& columns, Index count) {
  const bool is_row = groups == 1 && window.columns.dilation == 1;
  const Index channels = window.channels / groups;
  const std::string run = columns.first == "0" ? columns.last : "(" + columns.last + " - " + columns.first + ")";
  return c(is_row ? R"(        for (long r = %first_row%; r < %last_row%; ++r) {
          const @ *p = x + ((top + %r%) * %width% + left + %first_column%) * %channels%;
          const @ *w = weight + row * %patch% + (r * %kernel% + %first_column%) * %step%;
          for (long j = 0; j < %run% * %channels%; ++j, w += %count%) {
%add%          }
        }
)"
                  : R"(        for (long r = %first_row%; r < %last_row%; ++r)
          for (long k = %first_column%; k < %last_column%; ++k) {
            const @ *p = x + ((top + %r%) * %width% + left + %k%) * %all_channels% + group * %channels%;
            const @ *w = weight + row * %patch% + (r * %kernel% + k) * %step%;
            for (long j = 0; j < %channels%; ++j, w += %count%) {
%add%            }
          }
)",
           {{"first_row", rows.first},
            {"last_row", rows.last},
            {"r", c_times("r", window.rows.dilation)},
            {"width", window.columns.input},
            {"first_column", columns.first},
            {"last_column", columns.last},
            {"k", c_times("k", window.columns.dilation)},
            {"channels", channels},
            {"all_channels", window.channels},
            {"patch", window.rows.kernel * window.columns.kernel * channels},
            {"kernel", window.columns.kernel},
            {"step", channels * count},
            {"run", run},
            {"count", count},
            {"add", c_add(c, count, is_row ? "            " : "              ")}});
}

/// y(p) = W (the patch of x at p) + b
inline CCode convolution_c(const CLayer& layer, const CText& c) {
  const Index filters = layer.whole("filters"), groups = layer.whole("groups");
  const Window window = c_convolution_window(layer);
  const std::string bias = c_bias_of(layer);
  const bool is_depthwise = groups == window.channels && filters == window.channels;
  const Index patch = window.rows.kernel * window.columns.kernel * window.channels / groups;
  const CTensor& weight = layer.tensor("weight", filters, patch);
  CCode code;
  code.arrays.push_back({"weight", is_depthwise ? weight.numbers : in_c_tiles(weight, filters / groups)});
  if (!bias.empty()) code.arrays.push_back({bias, layer.tensor("bias", filters).numbers});
  if (is_depthwise) {
    code.body = depthwise_c(c, window, !bias.empty());
    return code;
  }
  const Index of_group = filters / groups;
  code.body = c_positions(c, window, filters, [&](const CAxis& rows, const CAxis& columns) {
    const auto sum = [&](Index count) { return c_patch_sum(c, window, groups, rows, columns, count); };
    const bool counts_groups = groups > 1 || window.columns.dilation > 1;
    return (counts_groups ? c("      for (long group = 0; group < %groups%; ++group) {\n", {{"groups", groups}}) : "") +
           c_tiles(c, groups > 1 ? c_times("group", of_group) + " + " : "", of_group, bias, "y", "      ", sum) +
           (counts_groups ? "      }\n" : "");
  });
  return code;
}

/// y = b, and at every position W' x(p) is added to the pixels under the window.
inline CCode transposed_convolution_c(const CLayer& layer, const CText& c) {
  const Window window = c_transposed_window(layer);
  const Index channels = layer.input.channels, groups = layer.whole("groups"), filters = window.channels / groups;
  const Index pixels = window.rows.kernel * window.columns.kernel;
  const CTensor& weight = layer.tensor("weight", channels, pixels * filters);
  const std::string bias = c_bias_of(layer);
  CCode code;
  CArray& numbers = code.arrays.emplace_back(CArray{"weight", {}});  // pixel after pixel, channel after channel
  for (Index pixel = 0; pixel < pixels; ++pixel)
    for (Index channel = 0; channel < channels; ++channel)
      for (Index filter = 0; filter < filters; ++filter)
        numbers.numbers.push_back(weight(channel, pixel * filters + filter));
  if (!bias.empty()) code.arrays.push_back({bias, layer.tensor("bias", window.channels).numbers});
  code.body =
      c(R"(  for (long i = 0; i < %size%; i += %filters%)
    for (long j = 0; j < %filters%; ++j) y[i + j] = %start%;
)",
        {{"size", layer.output.size()}, {"filters", window.channels}, {"start", bias.empty() ? "0" : bias + "[j]"}});
  code.body += c_positions(
      c, window, channels,
      [&](const CAxis& rows, const CAxis& columns) {
        return c_pixels(c, window, rows, columns,
                        c(R"(          const @ *w = weight + (r * %kernel% + k) * %size%;
          for (long i = 0; i < %channels%; ++i, w += %filters%)
            for (long j = 0; j < %filters%; ++j) p[%group%j] += w[j] * x[i];
)",
                          {{"kernel", window.columns.kernel},
                           {"size", channels * filters},
                           {"channels", channels},
                           {"filters", filters},
                           {"group", groups == 1 ? ""
                                                 : "i / " + std::to_string(channels / groups) + " * " +
                                                       std::to_string(filters) + " + "}}),
                        "@ *p = y");
      },
      "x");
  return code;
}

}  // namespace nn::detail
