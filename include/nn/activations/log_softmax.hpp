// SPDX-License-Identifier: MIT
// y_i = x_i - log sum_j e^(x_j), over the features of each sample
#pragma once

#include <nn/core/layer.hpp>
#include <nn/core/stable.hpp>

namespace nn {

/// The logarithm of Softmax, finite where that is 0.
struct LogSoftmax {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "LogSoftmax"; }
  constexpr Shape output_shape(Shape input) const { return input; }

  void forward(Shape, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const ConstVectorView<T> logits(x.data() + sample * x.rows(), x.rows());
      const T largest = stable::maximum(logits), rest = stable::log_sum_exp(logits, largest);
      for (Index i = 0; i < x.rows(); ++i) y(i, sample) = x(i, sample) - largest - rest;
    }
  }

  /// dx_i = dy_i - e^(y_i) sum_j dy_j
  void backward(Shape, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    using T = typename std::remove_cvref_t<decltype(values.output)>::Scalar;
    const Index rows = values.output.rows();
    for (Index sample = 0; sample < values.output.cols(); ++sample) {
      T sum = 0;
      for (Index i = 0; i < rows; ++i) sum += gradients.output(i, sample);
      const ConstVectorView<T> y(values.output.data() + sample * rows, rows);
      VectorView<T> dx(gradients.input.data() + sample * rows, rows);
      stable::exponentials(y, T(0), dx);
      for (Index i = 0; i < rows; ++i) dx[i] = gradients.output(i, sample) - dx[i] * sum;
    }
  }

  constexpr bool operator==(const LogSoftmax&) const = default;
};

}  // namespace nn
