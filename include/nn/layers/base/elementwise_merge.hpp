// SPDX-License-Identifier: MIT
// y = f(a, b, ...) number by number: what Add, Subtract, Multiply, Maximum and Minimum share.
#pragma once

#include <algorithm>

#include <nn/core/inputs.hpp>

namespace nn {

/// The base of a merge layer whose inputs have equal shapes, or in some dimensions a size of 1, which is repeated (an
/// image times one number per channel). It gives, with at(k) for the k-th of `count` numbers,
///   static auto value(const auto& at, Index count)                    y
///   static auto slope(const auto& at, Index count, Index k, auto y)   dy / d at(k)
template <class Derived>
struct ElementwiseMerge {
  Shape output_shape(Shapes inputs) const {
    Shape output = inputs[0];
    for (std::size_t k = 1; k < inputs.size(); ++k)
      for (Index Shape::*size : {&Shape::height, &Shape::width, &Shape::channels}) {
        if (output.*size != inputs[k].*size && output.*size != 1 && inputs[k].*size != 1)
          throw shape_error(Derived::name(), ": input 0 is ", inputs[0], " and input ", k, " is ", inputs[k],
                            "; each dimension must be the same, or 1");
        output.*size = std::max(output.*size, inputs[k].*size);
      }
    return output;
  }

  void forward(Shapes shapes, const auto&, const auto& inputs, auto&& y) const {
    if (inputs.size() == 2) return forward_of_two(shapes, inputs, y);
    for_each_number(shapes, inputs, y.cols(), [&](const auto& offset, Index i) {
      y.data()[i] = Derived::value([&](Index k) { return inputs[k].data()[offset(k)]; }, inputs.size());
    });
  }

  void input_gradient(Shapes shapes, const auto& values, auto& gradients) const {
    const Index count = values.input.size();
    for (Index k = 0; k < count; ++k) gradients.input[k].setZero();
    for_each_number(shapes, values.input, values.output.cols(), [&](const auto& offset, Index i) {
      const auto at = [&](Index k) { return values.input[k].data()[offset(k)]; };
      for (Index k = 0; k < count; ++k)
        gradients.input[k].data()[offset(k)] +=
            gradients.output.data()[i] * Derived::slope(at, count, k, values.output.data()[i]);
    });
  }

  constexpr bool operator==(const ElementwiseMerge&) const = default;

 private:
  // The same for a and b, the channels of a pixel in a loop that the compiler can do many at once of; all numbers where
  // the shapes are equal.
  void forward_of_two(Shapes shapes, const auto& inputs, auto&& y) const {
    const bool are_alike = shapes[0] == shapes[1];
    const Shape a = are_alike ? Shape(shapes[0].size()) : shapes[0], b = are_alike ? a : shapes[1];
    const Shape output(std::max(a.height, b.height), std::max(a.width, b.width), std::max(a.channels, b.channels));
    const auto pixel = [](const Shape& shape, Index row, Index column) {
      return ((shape.height == 1 ? 0 : row) * shape.width + (shape.width == 1 ? 0 : column)) * shape.channels;
    };
    const Index step_of_a = a.channels == 1 ? 0 : 1, step_of_b = b.channels == 1 ? 0 : 1;
    auto* to = y.data();
    for (Index sample = 0; sample < y.cols(); ++sample)
      for (Index row = 0; row < output.height; ++row)
        for (Index column = 0; column < output.width; ++column, to += output.channels) {
          const auto* from_a = inputs[0].data() + sample * a.size() + pixel(a, row, column);
          const auto* from_b = inputs[1].data() + sample * b.size() + pixel(b, row, column);
          const auto each = [&](Index step_a, Index step_b) {
            for (Index i = 0; i < output.channels; ++i)
              to[i] =
                  Derived::value([&](Index k) { return k == 0 ? from_a[i * step_a] : from_b[i * step_b]; }, Index{2});
          };
          if (step_of_a == 1 && step_of_b == 1)
            each(1, 1);
          else
            each(step_of_a, step_of_b);
        }
  }

  // Calls visit(offset, i) for every number i of the output; offset(k) is where that of the k-th input stands.
  void for_each_number(Shapes shapes, const auto& inputs, Index samples, const auto& visit) const {
    const Shape output = output_shape(shapes);
    Index i = 0;
    for (Index sample = 0; sample < samples; ++sample)
      for (Index row = 0; row < output.height; ++row)
        for (Index column = 0; column < output.width; ++column)
          for (Index channel = 0; channel < output.channels; ++channel, ++i)
            visit(
                [&](Index k) {
                  const Shape& input = shapes[static_cast<std::size_t>(k)];
                  const Index pixel = (input.height == 1 ? 0 : row) * input.width + (input.width == 1 ? 0 : column);
                  return sample * inputs[k].rows() + pixel * input.channels + (input.channels == 1 ? 0 : channel);
                },
                i);
  }
};

}  // namespace nn
