// SPDX-License-Identifier: MIT
// A window over an image in C: the loops over its positions, and which of its pixels lie inside.
#pragma once

#include <string>
#include <vector>

#include <nn/core/window.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// "left * 3", and "left" where the factor is 1.
inline std::string c_times(const std::string& name, Index factor) {
  return factor == 1 ? name : name + " * " + std::to_string(factor);
}

/// The variables of one direction: where the window begins (`start`), and, where it may leave the image, which of its
/// pixels are inside: from `first` to before `last`.
struct CAxis {
  std::string start, first, last, text;
};
inline CAxis c_axis(const CText& c, const Axis& axis, const std::string& start, const std::string& index,
                    const std::string& position) {
  CAxis made{start, "0", std::to_string(axis.kernel), ""};
  const std::string before = axis.before == 0 ? "" : " - " + std::to_string(axis.before);
  made.text = "      const long " + start + " = " + c_times(position, axis.stride) + before + ";\n";
  if (axis.is_inside()) return made;
  made.first = "first_" + index;
  made.last = "last_" + index;
  made.text += c(R"(      const long %first% = %start% >= 0 ? 0 : (%less% - %start%) / %dilation%;
      const long %last% = %start% + %extent% <= %input% ? %kernel% : (%input% - %start% + %less%) / %dilation%;
)",
                 {{"first", made.first},
                  {"last", made.last},
                  {"start", start},
                  {"less", axis.dilation - 1},
                  {"dilation", axis.dilation},
                  {"extent", axis.extent()},
                  {"input", axis.input},
                  {"kernel", axis.kernel}});
  return made;
}

/// Loops over all positions around `body(rows, columns)`; the outputs of a position are y[0] to y[channels - 1], or, of
/// a window over the output, its inputs x[0] to x[channels - 1].
inline std::string c_positions(const CText& c, const Window& window, Index channels, const auto& body,
                               const std::string& moving = "y") {
  const CAxis rows = c_axis(c, window.rows, "top", "r", "at_row");
  const CAxis columns = c_axis(c, window.columns, "left", "k", "at_column");
  return c(R"(  for (long at_row = 0; at_row < %rows%; ++at_row)
    for (long at_column = 0; at_column < %columns%; ++at_column, %moving% += %channels%) {
%top%%left%%body%    }
)",
           {{"rows", window.rows.output},
            {"columns", window.columns.output},
            {"moving", moving},
            {"channels", channels},
            {"top", rows.text},
            {"left", columns.text},
            {"body", body(rows, columns)}});
}

/// Loops over the pixels of the window that are inside, row r and column k; p is where one begins in the image.
inline std::string c_pixels(const CText& c, const Window& window, const CAxis& rows, const CAxis& columns,
                            const std::string& body, const std::string& image = "const @ *p = x") {
  return c(R"(      for (long r = %first_row%; r < %last_row%; ++r)
        for (long k = %first_column%; k < %last_column%; ++k) {
          %image% + ((top + %r%) * %width% + left + %k%) * %channels%;
%body%        }
)",
           {{"first_row", rows.first},
            {"last_row", rows.last},
            {"first_column", columns.first},
            {"last_column", columns.last},
            {"r", c_times("r", window.rows.dilation)},
            {"image", c(image)},
            {"width", window.columns.input},
            {"k", c_times("k", window.columns.dilation)},
            {"channels", window.channels},
            {"body", body}});
}

/// Two options of a layer.
inline Sides c_sides(const CLayer& layer, const char* height, const char* width) {
  return Sides(layer.whole(height), layer.whole(width));
}

/// The window of a layer that describes it as convolutions and pooling layers do.
inline Window c_window_of(const CLayer& layer, const char* size_height, const char* size_width, Sides dilation) {
  const Padding padding(c_sides(layer, "padding_height", "padding_width"), layer.is("same_padding"));
  return window_over(layer.input, layer.name(), "window", c_sides(layer, size_height, size_width),
                     c_sides(layer, "stride_height", "stride_width"), padding, dilation);
}

/// That of a convolution; of a causal one, whose padding comes first, as many steps as come in.
inline Window c_convolution_window(const CLayer& layer) {
  const Sides dilation = c_sides(layer, "dilation_height", "dilation_width");
  Window window = c_window_of(layer, "kernel_height", "kernel_width", dilation);
  if (layer.name() == "CausalConv1D") {
    window.columns.before = (window.columns.kernel - 1) * dilation.width;
    window.columns.output = layer.output.width;
  }
  return window;
}

/// That of a transposed convolution, over its output: it stands at a position for every pixel of the input.
inline Window c_transposed_window(const CLayer& layer) {
  const Sides kernel = c_sides(layer, "kernel_height", "kernel_width"),
              stride = c_sides(layer, "stride_height", "stride_width"),
              padding = c_sides(layer, "padding_height", "padding_width"),
              dilation = c_sides(layer, "dilation_height", "dilation_width");
  return {
      .rows = {layer.output.height, kernel.height, stride.height, padding.height, dilation.height, layer.input.height},
      .columns = {layer.output.width, kernel.width, stride.width, padding.width, dilation.width, layer.input.width},
      .channels = layer.output.channels};
}

}  // namespace nn::detail
