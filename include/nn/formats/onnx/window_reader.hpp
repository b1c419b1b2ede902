// SPDX-License-Identifier: MIT
// The window of ONNX's convolutions and pools, from their attributes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <nn/core/window.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/layers/average_pool.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/max_pool.hpp>
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

/// Refuses a window that would begin once more where it does not fit (ceil_mode).
inline void require_floor(const Axis& axis, Index step, Index behind) {
  const Index extent = (axis.kernel - 1) * axis.dilation + 1;
  const Index room = axis.input + axis.before + behind - extent;
  if (room % step != 0) throw unsupported("ceil_mode: its last window does not lie within the image");
}

/// Throws unsupported where it has no place in nn.
inline ImportedWindow window_of(const NodeOptions& options, Shape input, bool is_over_time, const Sizes& kernel) {
  ImportedWindow window;
  if (kernel.empty()) throw unsupported("it has no kernel_shape");
  window.kernel = sides_in(kernel, is_over_time, "kernel_shape");
  if (options.has("kernel_shape") && options.integers("kernel_shape") != kernel)
    throw unsupported("its kernel_shape is not that of its weights");
  window.stride = sides_in(options.integers("strides"), is_over_time, "strides");
  window.dilation = sides_in(options.integers("dilations"), is_over_time, "dilations");
  const std::string_view automatic = options.text("auto_pad", "NOTSET");
  const Sizes pads = options.integers("pads");
  const std::size_t rank = is_over_time ? 1 : 2;
  if (!pads.empty() && pads.size() != 2 * rank) throw unsupported("pads has ", pads.size(), " numbers, not ", 2 * rank);
  const auto half = [&](std::size_t first) {
    return pads.empty() ? Sizes(rank, 0)
                        : Sizes(pads.begin() + static_cast<std::ptrdiff_t>(first),
                                pads.begin() + static_cast<std::ptrdiff_t>(first + rank));
  };
  Sides before = sides_in(half(0), is_over_time, "pads"), behind = sides_in(half(rank), is_over_time, "pads");
  if (is_over_time) before.height = behind.height = 0;
  if (automatic == "SAME_UPPER") {
    window.padding = same_padding;
  } else if (automatic != "NOTSET" && automatic != "VALID") {
    throw unsupported("auto_pad ", in_quotes(automatic));
  } else if (automatic == "NOTSET" && before == behind) {
    window.padding = Padding(before, false);
  } else if (automatic == "NOTSET") {
    window.needs_zeros = true;
    window.borders = Borders(before.height, behind.height, before.width, behind.width);
  }
  if (options.integer("ceil_mode", 0) != 0) {
    const Window seen =
        window_over(input, "window", "window", window.kernel, window.stride, window.padding, window.dilation);
    if (window.padding.is_same) return window;
    require_floor(seen.rows, window.stride.height, window.padding.height);
    require_floor(seen.columns, window.stride.width, window.padding.width);
  }
  return window;
}

}  // namespace nn::detail::onnx
