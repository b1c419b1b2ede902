// SPDX-License-Identifier: MIT
// A window over an image that sees every channel alone: what pooling layers share.
#pragma once

#include <algorithm>
#include <string_view>

#include <nn/core/layer.hpp>
#include <nn/core/window.hpp>

namespace nn {

struct PoolOptions {
  Sides stride = 0;     ///< 0: the size of the window
  Padding padding = 0;  ///< less than the window, so that every window sees the image
  constexpr bool operator==(const PoolOptions&) const = default;
};

/// What a pooling layer is told.
struct Pooling {
  Sides size;
  PoolOptions options;
  constexpr bool operator==(const Pooling&) const = default;
};

/// With the stride that it stands for in place of 0.
constexpr Pooling with_stride(Pooling told) {
  if (told.options.stride.height == 0) told.options.stride.height = told.size.height;
  if (told.options.stride.width == 0) told.options.stride.width = told.size.width;
  return told;
}

/// That of a layer for 1 x time x channels.
constexpr Pooling over_time(Index size, const PoolOptions& options) {
  return {.size = {1, size}, .options = {.stride = {1, options.stride.width}, .padding = over_time(options.padding)}};
}

/// The base of a pooling layer, which gives `settings()`, a Pooling with_stride, by reference where it can change.
template <class Derived>
struct PoolingLayer {
  constexpr Shape output_shape(Shape input) const {
    const Window window = window_over(input);
    return {window.rows.output, window.columns.output, input.channels};
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& settings = layer.settings();
    option("height", settings.size.height);
    option("width", settings.size.width);
    option("stride_height", settings.options.stride.height);
    option("stride_width", settings.options.stride.width);
    option("padding_height", settings.options.padding.height);
    option("padding_width", settings.options.padding.width);
    option("same_padding", settings.options.padding.is_same);
  }

  constexpr bool operator==(const PoolingLayer&) const = default;

 protected:
  constexpr Window window_over(Shape input) const {
    const auto [size, options] = settings();
    if (options.padding.height > 0 || options.padding.width > 0)
      if (options.padding.height >= size.height || options.padding.width >= size.width)
        throw shape_error(Derived::name(), ": with a padding of ", options.padding, " some windows of ", size,
                          " see nothing of the image; use less padding than the window is long");
    return nn::window_over(input, Derived::name(), "window", size, options.stride, options.padding, 1);
  }

 private:
  constexpr Pooling settings() const { return with_stride(static_cast<const Derived&>(*this).settings()); }
};

}  // namespace nn
