// SPDX-License-Identifier: MIT
// y(channel) = the mean of x over all pixels
#pragma once

#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// height x width x channels in, one number per channel out (Lin et al. 2013).
struct GlobalAveragePool2D {
  static constexpr std::string_view name() { return "GlobalAveragePool2D"; }
  constexpr Shape output_shape(Shape input) const { return Shape(input.channels); }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Index pixels = input.height * input.width;
    for (Index sample = 0; sample < x.cols(); ++sample)
      VectorView<T>(y.data() + sample * input.channels, input.channels) =
          ConstMatrixView<T>(x.data() + sample * x.rows(), input.channels, pixels).rowwise().sum() / T(pixels);
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Index pixels = input.height * input.width;
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      const ConstVectorView<T> dy(gradients.output.data() + sample * input.channels, input.channels);
      MatrixView<T> dx(gradients.input.data() + sample * values.input.rows(), input.channels, pixels);
      for (Index pixel = 0; pixel < pixels; ++pixel) dx.col(pixel) = dy / T(pixels);
    }
  }

  constexpr bool operator==(const GlobalAveragePool2D&) const = default;
};

}  // namespace nn
