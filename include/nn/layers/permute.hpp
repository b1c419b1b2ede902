// SPDX-License-Identifier: MIT
// y = x with its dimensions in another order
#pragma once

#include <array>
#include <string_view>

#include <nn/core/layer.hpp>

namespace nn {

/// Permute{2, 0, 1}: the height of y is the third dimension of x (its channels), the width of y is the first (its
/// height), the channels of y are the second (its width): an image as channels first. Permute{1, 0, 2} swaps rows and
/// columns. As numpy.transpose of height x width x channels. Throws shape_error unless each of 0, 1, 2 stands there
/// once.
struct Permute {
  Index height_from = 0;
  Index width_from = 1;
  Index channels_from = 2;

  static constexpr std::string_view name() { return "Permute"; }

  constexpr Shape output_shape(Shape input) const {
    std::array<int, 3> seen{};
    for (const Index from : {height_from, width_from, channels_from})
      if (from < 0 || from > 2 || seen[static_cast<std::size_t>(from)]++ > 0)
        throw shape_error("Permute: ", height_from, ", ", width_from, ", ", channels_from,
                          " is no order of the dimensions 0, 1, 2; give each of them once");
    const std::array<Index, 3> sizes{input.height, input.width, input.channels};
    return {sizes[static_cast<std::size_t>(height_from)], sizes[static_cast<std::size_t>(width_from)],
            sizes[static_cast<std::size_t>(channels_from)]};
  }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    for_each_number(input, x.cols(), [&](Index of_x, Index of_y) { y.data()[of_y] = x.data()[of_x]; });
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    for_each_number(input, values.input.cols(),
                    [&](Index of_x, Index of_y) { gradients.input.data()[of_x] = gradients.output.data()[of_y]; });
  }

  static void for_each_option(auto& layer, auto option) {
    option("height_from", layer.height_from);
    option("width_from", layer.width_from);
    option("channels_from", layer.channels_from);
  }
  constexpr bool operator==(const Permute&) const = default;

 private:
  // Calls visit(where a number stands in x, and where in y).
  void for_each_number(Shape input, Index samples, const auto& visit) const {
    const Shape output = output_shape(input);
    const std::array<Index, 3> steps{input.width * input.channels, input.channels, 1};
    const Index down = steps[static_cast<std::size_t>(height_from)],
                right = steps[static_cast<std::size_t>(width_from)],
                deep = steps[static_cast<std::size_t>(channels_from)];
    Index of_y = 0;
    for (Index sample = 0; sample < samples; ++sample)
      for (Index row = 0; row < output.height; ++row)
        for (Index column = 0; column < output.width; ++column)
          for (Index channel = 0; channel < output.channels; ++channel, ++of_y)
            visit(sample * input.size() + row * down + column * right + channel * deep, of_y);
  }
};

}  // namespace nn
