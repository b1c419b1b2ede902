// SPDX-License-Identifier: MIT
// y_i = e^(x_i) / sum_j e^(x_j), over the features of each sample
#pragma once

#include <nn/core/layer.hpp>
#include <nn/core/stable.hpp>

namespace nn {

/// Within 6 units in the last place (ULP) for up to 1,000 classes, and one more for every 1 by which a logit lies below
/// the largest.
struct Softmax {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "Softmax"; }
  constexpr Shape output_shape(Shape input) const { return input; }

  void forward(Shape, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const ConstVectorView<T> logits(x.data() + sample * x.rows(), x.rows());
      VectorView<T> shares(y.data() + sample * x.rows(), x.rows());
      // Subtracting the maximum changes nothing and keeps exp from overflowing.
      const T scale = T(1) / stable::exponentials(logits, stable::maximum(logits), shares);
      for (Index i = 0; i < x.rows(); ++i) shares[i] *= scale;
    }
  }

  /// dx_i = y_i (dy_i - sum_j y_j dy_j)
  void backward(Shape, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    using T = typename std::remove_cvref_t<decltype(values.output)>::Scalar;
    for (Index sample = 0; sample < values.output.cols(); ++sample) {
      T mean = 0;
      for (Index i = 0; i < values.output.rows(); ++i) mean += values.output(i, sample) * gradients.output(i, sample);
      for (Index i = 0; i < values.output.rows(); ++i)
        gradients.input(i, sample) = values.output(i, sample) * (gradients.output(i, sample) - mean);
    }
  }

  constexpr bool operator==(const Softmax&) const = default;
};

}  // namespace nn
