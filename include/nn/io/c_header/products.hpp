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

/// The rows from `begin` (an expression, or empty) on, in full tiles and one that is not: the sums begin with the bias
/// or 0, and are written to y. `sum(count)` is the text between.
inline std::string c_tiles(const CText& c, const std::string& begin, Index rows, bool has_bias,
                           const std::string& indent, const auto& sum) {
  std::string text;
  const auto add = [&](Index first, Index last, Index count) {
    text += c(R"(%indent%for (long row = %begin%%first%; row < %begin%%last%; row += %count%) {
%indent%  @ s[%count%];
%indent%  $each for (long i = 0; i < %count%; ++i) s[i] = %bias%;
%sum%%indent%  $each for (long i = 0; i < %count%; ++i) y[row + i] = s[i];
%indent%}
)",
              {{"indent", indent},
               {"begin", begin},
               {"first", first},
               {"last", last},
               {"count", count},
               {"bias", has_bias ? "bias[row + i]" : "0"},
               {"sum", sum(count)}});
  };
  const Index full = rows / c_tile_rows * c_tile_rows;
  if (full > 0) add(0, full, c_tile_rows);
  if (full < rows) add(full, rows, rows - full);
  return text;
}

/// y = W x + b
inline CCode dense_c(const CLayer& layer, const CText& c) {
  const Index rows = layer.output.size(), columns = layer.input.size();
  const bool has_bias = layer.is("bias");
  CCode code;
  code.arrays.push_back({"weight", in_c_tiles(layer.tensor("weight", rows, columns), rows)});
  if (has_bias) code.arrays.push_back({"bias", layer.tensor("bias", rows).numbers});
  code.body = c_tiles(c, "", rows, has_bias, "  ", [&](Index count) {
    return c(R"(    const @ *p = x, *w = weight + row * %columns%;
    for (long j = 0; j < %columns%; ++j, w += %count%) {
%add%    }
)",
             {{"columns", columns}, {"count", count}, {"add", c_add(c, count, "      ")}});
  });
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
  const Window window = c_window_of(layer, "kernel_height", "kernel_width",
                                    Sides(layer.whole("dilation_height"), layer.whole("dilation_width")));
  const bool has_bias = layer.is("bias"), is_depthwise = groups == window.channels && filters == window.channels;
  const Index patch = window.rows.kernel * window.columns.kernel * window.channels / groups;
  const CTensor& weight = layer.tensor("weight", filters, patch);
  CCode code;
  code.arrays.push_back({"weight", is_depthwise ? weight.numbers : in_c_tiles(weight, filters / groups)});
  if (has_bias) code.arrays.push_back({"bias", layer.tensor("bias", filters).numbers});
  if (is_depthwise) {
    code.body = depthwise_c(c, window, has_bias);
    return code;
  }
  const Index of_group = filters / groups;
  code.body = c_positions(c, window, filters, [&](const CAxis& rows, const CAxis& columns) {
    const auto sum = [&](Index count) { return c_patch_sum(c, window, groups, rows, columns, count); };
    const bool counts_groups = groups > 1 || window.columns.dilation > 1;
    return (counts_groups ? c("      for (long group = 0; group < %groups%; ++group) {\n", {{"groups", groups}}) : "") +
           c_tiles(c, groups > 1 ? c_times("group", of_group) + " + " : "", of_group, has_bias, "      ", sum) +
           (counts_groups ? "      }\n" : "");
  });
  return code;
}

}  // namespace nn::detail
