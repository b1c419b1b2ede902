// SPDX-License-Identifier: MIT
// The first entry of every network: the shape of one sample.
#pragma once

#include <array>
#include <concepts>
#include <string_view>

#include <nn/core/shape.hpp>

namespace nn {

namespace detail {
constexpr Shape input_shape(Shape shape) {
  if (shape.height < 1 || shape.width < 1 || shape.channels < 1)
    throw shape_error("Input: every size must be at least 1, got ", shape, "; give the size of one sample");
  static_cast<void>(shape.size());  // throws where it cannot be counted
  return shape;
}
}  // namespace detail

/// Input<784>: features; Input<28, 28>: height x width; Input<28, 28, 3>: with channels. Input{n} and Input<>: sizes
/// given at run time. Throws shape_error where a size is below 1.
template <Index... Sizes>
struct Input {
  static_assert(sizeof...(Sizes) <= 3, "nn::Input takes features, or height and width, or height, width and channels");
  static constexpr std::string_view name() { return "Input"; }
  constexpr Shape shape() const {
    constexpr std::array<Index, sizeof...(Sizes)> sizes{Sizes...};
    if constexpr (sizes.size() == 1) return detail::input_shape(Shape(sizes[0]));
    if constexpr (sizes.size() == 2) return detail::input_shape(Shape(sizes[0], sizes[1], 1));
    if constexpr (sizes.size() == 3) return detail::input_shape(Shape(sizes[0], sizes[1], sizes[2]));
  }
  constexpr bool operator==(const Input&) const = default;
};

template <>
struct Input<> {
  constexpr explicit Input(std::integral auto features) : shape_(static_cast<Index>(features)) {}
  constexpr Input(std::integral auto height, std::integral auto width, std::integral auto channels)
      : shape_(static_cast<Index>(height), static_cast<Index>(width), static_cast<Index>(channels)) {}
  constexpr Input(std::integral auto height, std::integral auto width) : Input(height, width, 1) {}
  /// As that of a data set: nn::Input{data.sample_shape()}.
  constexpr explicit Input(nn::Shape sample) : shape_(sample) {}

  static constexpr std::string_view name() { return "Input"; }
  constexpr Shape shape() const { return detail::input_shape(shape_); }
  constexpr bool operator==(const Input&) const = default;

 private:
  Shape shape_;
};

template <std::integral... Sizes>
Input(Sizes...) -> Input<>;
Input(Shape)->Input<>;

}  // namespace nn
