// SPDX-License-Identifier: MIT
// y_i = x_i - log sum_j e^(x_j), over the channels of each position
#pragma once

#include <nn/core/layer.hpp>
#include <nn/kernels/stable.hpp>

namespace nn {

/// The logarithm of Softmax, over the channels as that is; finite where that is 0.
struct LogSoftmax {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "LogSoftmax"; }
  constexpr Shape output_shape(Shape input) const { return input; }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index first = 0; first < x.size(); first += input.channels) {
      const ConstVectorView<T> logits(x.data() + first, input.channels);
      const T largest = stable::maximum(logits), rest = stable::log_sum_exp(logits, largest);
      for (Index i = 0; i < input.channels; ++i) y.data()[first + i] = logits[i] - largest - rest;
    }
  }

  /// dx_i = dy_i - e^(y_i) sum_j dy_j
  void backward(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    using T = typename std::remove_cvref_t<decltype(values.output)>::Scalar;
    for (Index first = 0; first < values.output.size(); first += input.channels) {
      const T* dy = gradients.output.data() + first;
      T sum = 0;
      for (Index i = 0; i < input.channels; ++i) sum += dy[i];
      const ConstVectorView<T> y(values.output.data() + first, input.channels);
      VectorView<T> dx(gradients.input.data() + first, input.channels);
      stable::exponentials(y, T(0), dx);
      for (Index i = 0; i < input.channels; ++i) dx[i] = dy[i] - dx[i] * sum;
    }
  }

  constexpr bool operator==(const LogSoftmax&) const = default;
};

}  // namespace nn
