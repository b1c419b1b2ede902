// SPDX-License-Identifier: MIT
// y(channel) = the mean of x over all times
#pragma once

#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// 1 x time x channels in, one number per channel out. Throws shape_error for an image.
struct GlobalAveragePool1D {
  static constexpr std::string_view name() { return "GlobalAveragePool1D"; }
  constexpr Shape output_shape(Shape input) const {
    if (input.height != 1)
      throw shape_error("GlobalAveragePool1D: an input of ", input,
                        " has several rows and is no sequence; take GlobalAveragePool2D");
    return Shape(input.channels);
  }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index sample = 0; sample < x.cols(); ++sample)
      VectorView<T>(y.data() + sample * input.channels, input.channels) =
          ConstMatrixView<T>(x.data() + sample * x.rows(), input.channels, input.width).rowwise().sum() /
          T(input.width);
  }
  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      const ConstVectorView<T> dy(gradients.output.data() + sample * input.channels, input.channels);
      MatrixView<T> dx(gradients.input.data() + sample * values.input.rows(), input.channels, input.width);
      for (Index time = 0; time < input.width; ++time) dx.col(time) = dy / T(input.width);
    }
  }

  constexpr bool operator==(const GlobalAveragePool1D&) const = default;
};

}  // namespace nn
