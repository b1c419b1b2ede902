// SPDX-License-Identifier: MIT
// y = the channels of a, then those of b, ...
#pragma once

#include <algorithm>

#include <nn/core/inputs.hpp>

namespace nn {

/// In a graph: each pixel (or step) has the channels of the first input, then those of the second, and so on; plain
/// features are one pixel. Throws shape_error where the inputs have different heights or widths.
struct Concatenate {
  static constexpr std::string_view name() { return "Concatenate"; }

  Shape output_shape(Shapes inputs) const {
    Shape output = inputs[0];
    for (std::size_t k = 1; k < inputs.size(); ++k) {
      if (inputs[k].height != output.height || inputs[k].width != output.width)
        throw shape_error("Concatenate: input 0 is ", inputs[0], " and input ", k, " is ", inputs[k],
                          ", but only channels of images of one height and width can be put together; put both through "
                          "nn::Flatten{} first, or give them one size");
      output.channels = checked_sum(output.channels, inputs[k].channels);
    }
    return output;
  }

  void forward(Shapes shapes, const auto&, const auto& inputs, auto&& y) const {
    for_each_pixel(shapes, y.cols(), [&](Index k, Index of_input, Index of_y, Index channels) {
      std::copy_n(inputs[k].data() + of_input, channels, y.data() + of_y);
    });
  }

  /// Each gets its channels of dy.
  void input_gradient(Shapes shapes, const auto&, auto& gradients) const {
    for_each_pixel(shapes, gradients.output.cols(), [&](Index k, Index of_input, Index of_y, Index channels) {
      std::copy_n(gradients.output.data() + of_y, channels, gradients.input[k].data() + of_input);
    });
  }

  constexpr bool operator==(const Concatenate&) const = default;

 private:
  // Calls visit(k, where the pixel begins in input k, where its channels begin in y, how many there are).
  void for_each_pixel(Shapes shapes, Index samples, const auto& visit) const {
    const Shape output = output_shape(shapes);
    const Index pixels = output.height * output.width * samples;
    Index first = 0;
    for (std::size_t k = 0; k < shapes.size(); ++k) {
      const Index channels = shapes[k].channels;
      for (Index pixel = 0; pixel < pixels; ++pixel)
        visit(static_cast<Index>(k), pixel * channels, pixel * output.channels + first, channels);
      first += channels;
    }
  }
};

}  // namespace nn
