// SPDX-License-Identifier: MIT
// The window of ONNX's convolutions and pools, from their attributes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <nn/core/window.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/layers/base/transposed_convolution.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/zero_pad2d.hpp>

namespace nn::detail::onnx {

struct ImportedWindow {
  Sides kernel, stride, dilation;
  Padding padding;
  bool needs_zeros = false;  ///< the borders before it, as the padding is of other sizes before and behind
  Borders borders = 0;
};

/// One number for each side; over time there is the width alone.
inline Sides sides_in(const Sizes& given, bool is_over_time, const char* what, std::int64_t missing = 1) {
  constexpr std::int64_t largest = 1 << 30;
  const std::size_t rank = is_over_time ? 1 : 2;
  if (given.empty()) return is_over_time ? Sides(1, missing) : Sides(missing);
  if (given.size() != rank) throw unsupported(what, " has ", given.size(), " numbers, not ", rank);
  for (const std::int64_t size : given)
    if (size < 0 || size > largest) throw unsupported(what, " has the number ", size);
  return is_over_time ? Sides(1, given[0]) : Sides(given[0], given[1]);
}

/// One direction of a window with what ONNX may say of it.
struct WindowAxis {
  Index input = 1, kernel = 1, stride = 1, dilation = 1;
  Index before = 0, behind = 0;  ///< padding
  Index output = 1;

  Index extent() const { return (kernel - 1) * dilation + 1; }
  /// Which input is under a pixel of the window; it may be outside.
  Index at(Index position, Index pixel) const { return position * stride - before + pixel * dilation; }
  /// How many pixels of the window count, those in the padding too, or not.
  Index count(Index position, bool with_padding) const {
    Index pixels = 0;
    for (Index pixel = 0; pixel < kernel; ++pixel) {
      const Index place = at(position, pixel);
      pixels += with_padding ? place < input + behind : place >= 0 && place < input;
    }
    return std::max<Index>(pixels, 1);
  }
  /// Whether every window lies within the image and its padding.
  bool is_whole() const { return (output - 1) * stride + extent() <= input + before + behind; }
};

struct WindowAxes {
  WindowAxis rows, columns;
};

/// The window of a node over an image of `input`; over time its rows are 1. Throws unsupported where there is none.
inline WindowAxes window_axes(const NodeOptions& options, Shape input, bool is_over_time, const Sizes& kernel) {
  if (kernel.empty()) throw unsupported("it has no kernel_shape");
  if (options.has("kernel_shape") && options.integers("kernel_shape") != kernel)
    throw unsupported("its kernel_shape is not that of its weights");
  const std::size_t rank = is_over_time ? 1 : 2;
  const Sizes pads = options.integers("pads");
  if (!pads.empty() && pads.size() != 2 * rank) throw unsupported("pads has ", pads.size(), " numbers, not ", 2 * rank);
  const auto half = [&](std::size_t first) {
    return pads.empty() ? Sizes(rank, 0)
                        : Sizes(pads.begin() + static_cast<std::ptrdiff_t>(first),
                                pads.begin() + static_cast<std::ptrdiff_t>(first + rank));
  };
  const std::string_view automatic = options.text("auto_pad", "NOTSET");
  const bool is_same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  if (!is_same && automatic != "NOTSET" && automatic != "VALID") throw unsupported("auto_pad ", in_quotes(automatic));
  const Sides size = sides_in(kernel, is_over_time, "kernel_shape"),
              stride = sides_in(options.integers("strides"), is_over_time, "strides"),
              dilation = sides_in(options.integers("dilations"), is_over_time, "dilations"),
              before = sides_in(half(0), is_over_time, "pads"), behind = sides_in(half(rank), is_over_time, "pads");
  WindowAxes axes;
  axes.rows = {input.height, size.height, stride.height, dilation.height, before.height, behind.height};
  axes.columns = {input.width, size.width, stride.width, dilation.width, before.width, behind.width};
  if (is_over_time) axes.rows.before = axes.rows.behind = 0;
  for (WindowAxis* axis : {&axes.rows, &axes.columns}) {
    if (axis->kernel < 1 || axis->stride < 1 || axis->dilation < 1)
      throw unsupported("its window, stride or dilation is 0");
    if (automatic == "VALID") axis->before = axis->behind = 0;
    if (is_same) {
      const Index output = (axis->input + axis->stride - 1) / axis->stride;
      const Index all = std::max<Index>((output - 1) * axis->stride + axis->extent() - axis->input, 0);
      axis->before = automatic == "SAME_UPPER" ? all / 2 : all - all / 2;
      axis->behind = all - axis->before;
    }
    const Index room = axis->input + axis->before + axis->behind - axis->extent();
    if (room < 0) throw unsupported("its window is larger than the image and its padding");
    axis->output = room / axis->stride + 1;
    // One more that begins within the image, or before it.
    if (!is_same && options.integer("ceil_mode", 0) != 0 && room % axis->stride != 0 &&
        axis->output * axis->stride < axis->input + axis->before)
      ++axis->output;
  }
  return axes;
}

/// That of a convolution. Throws unsupported where it has no place in nn.
inline ImportedWindow window_of(const NodeOptions& options, Shape input, bool is_over_time, const Sizes& kernel) {
  const auto [rows, columns] = window_axes(options, input, is_over_time, kernel);
  ImportedWindow window;
  window.kernel = {rows.kernel, columns.kernel};
  window.stride = {rows.stride, columns.stride};
  window.dilation = {rows.dilation, columns.dilation};
  window.needs_zeros = rows.before != rows.behind || columns.before != columns.behind;
  if (window.needs_zeros)
    window.borders = Borders(rows.before, rows.behind, columns.before, columns.behind);
  else
    window.padding = Padding(Sides(rows.before, columns.before), false);
  if (options.text("auto_pad", "NOTSET") == "SAME_UPPER") window.padding = same_padding, window.needs_zeros = false;
  return window;
}

/// That of a transposed convolution, and what of its outputs is cut off, as the padding is of other sizes before and
/// behind.
struct TransposedWindow {
  Sides kernel;
  ConvTransposeOptions told;
  Borders cut = 0;
};

/// Throws unsupported where it has no place in nn.
inline TransposedWindow transposed_window(const NodeOptions& options, Shape input, bool is_over_time,
                                          const Sizes& kernel) {
  const std::string_view automatic = options.text("auto_pad", "NOTSET");
  const bool is_same = automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
  const std::size_t rank = is_over_time ? 1 : 2;
  const Sizes pads = options.integers("pads"), wanted = options.integers("output_shape"),
              more = options.integers("output_padding"), strides = options.integers("strides"),
              dilations = options.integers("dilations");
  for (const Sizes& given : {more, strides, dilations, wanted})
    if (!given.empty() && given.size() != rank) throw unsupported("a list of ", given.size(), " numbers, not ", rank);
  if (!pads.empty() && pads.size() != 2 * rank) throw unsupported("pads has ", pads.size(), " numbers, not ", 2 * rank);
  if (options.has("kernel_shape") && options.integers("kernel_shape") != kernel)
    throw unsupported("its kernel_shape is not that of its weights");
  TransposedWindow window;
  window.kernel = sides_in(kernel, is_over_time, "kernel_shape");
  Sides before = 0, behind = 0;
  for (std::size_t k = 0; k < rank; ++k) {
    const bool is_width = k + 1 == rank;
    const auto side = [&](Sides& sides) -> Index& { return is_width ? sides.width : sides.height; };
    const auto at = [&](const Sizes& given, Index missing) { return given.empty() ? missing : given[k]; };
    const Index stride = at(strides, 1), dilation = at(dilations, 1), size = is_width ? input.width : input.height;
    constexpr Index largest = 1 << 20;
    for (const Index number : {stride, dilation, at(more, 0), at(pads, 0), pads.empty() ? 0 : pads[rank + k]})
      if (number < 0 || number > largest) throw unsupported("it has the number ", number, " of pixels");
    Index added = at(more, 0), first = at(pads, 0), last = pads.empty() ? 0 : pads[rank + k];
    const Index all = checked_sum(checked_product(size - 1, stride), (side(window.kernel) - 1) * dilation + 1 + added);
    if (!wanted.empty() || is_same) {
      Index cut = all - (wanted.empty() ? size * stride : wanted[k]);
      if (cut < 0) added -= cut, cut = 0;
      first = automatic == "SAME_UPPER" ? cut / 2 : cut - cut / 2;
      last = cut - first;
    }
    side(window.told.stride) = stride;
    side(window.told.dilation) = dilation;
    side(window.told.output_padding) = added;
    side(before) = first;
    side(behind) = last;
  }
  if (before == behind)
    window.told.padding = before;
  else
    window.cut = Borders(before.height, behind.height, before.width, behind.width);
  return window;
}

}  // namespace nn::detail::onnx
