// SPDX-License-Identifier: MIT
// y = x, an image read as plain features: row by row, pixel by pixel, channel by channel.
#pragma once

#include <nn/core/layer.hpp>

namespace nn {

struct Flatten {
  static constexpr std::string_view name() { return "Flatten"; }
  constexpr Shape output_shape(Shape input) const { return Shape(input.size()); }
  void forward(Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  void backward(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input = gradients.output;
  }
  constexpr bool operator==(const Flatten&) const = default;
};

}  // namespace nn
