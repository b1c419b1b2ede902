// SPDX-License-Identifier: MIT
// y_i = e^(x_i) / sum_j e^(x_j), over the channels of each position
#pragma once

#include <nn/core/layer.hpp>
#include <nn/kernels/stable.hpp>

namespace nn {

/// Over all plain features; of 1 x time x channels, or of an image, over the channels of each time or pixel. Within 6
/// units in the last place (ULP) for up to 1,000 classes, and one more for every 1 by which a logit lies below the
/// largest.
struct Softmax {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "Softmax"; }
  constexpr Shape output_shape(Shape input) const { return input; }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index first = 0; first < x.size(); first += input.channels) {
      const ConstVectorView<T> logits(x.data() + first, input.channels);
      VectorView<T> shares(y.data() + first, input.channels);
      // Subtracting the maximum changes nothing and keeps exp from overflowing.
      const T scale = T(1) / stable::exponentials(logits, stable::maximum(logits), shares);
      for (Index i = 0; i < input.channels; ++i) shares[i] *= scale;
    }
  }

  /// dx_i = y_i (dy_i - sum_j y_j dy_j)
  void backward(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    using T = typename std::remove_cvref_t<decltype(values.output)>::Scalar;
    for (Index first = 0; first < values.output.size(); first += input.channels) {
      const T* y = values.output.data() + first;
      const T* dy = gradients.output.data() + first;
      T* dx = gradients.input.data() + first;
      T mean = 0;
      for (Index i = 0; i < input.channels; ++i) mean += y[i] * dy[i];
      for (Index i = 0; i < input.channels; ++i) dx[i] = y[i] * (dy[i] - mean);
    }
  }

  constexpr bool operator==(const Softmax&) const = default;
};

}  // namespace nn
