// SPDX-License-Identifier: MIT
// y(feature) = the mean of x over all steps
#pragma once

#include <algorithm>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// 1 x steps x features in, one number per feature out.
struct MeanOverTime {
  static constexpr std::string_view name() { return "MeanOverTime"; }
  /// Throws shape_error where the input is no sequence.
  constexpr Shape output_shape(Shape input) const {
    require_sequence(name(), input);
    return Shape(input.channels);
  }
  /// The sums.
  static constexpr Streaming streaming(Shape step) { return {StepOutput::last, step.channels}; }

  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Inference<T>& mode) const {
    T* sums = mode.carried.numbers;
    if (sums == nullptr) return forward(input, parameters, x, y);
    for (Index i = 0; i < input.channels; ++i) {
      sums[i] = mode.carried.steps_before == 0 ? x.data()[i] : sums[i] + x.data()[i];
      y.data()[i] = sums[i] / T(mode.carried.steps_before + 1);
    }
  }
  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Index features = input.channels;
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const T* from = x.data() + sample * x.rows();
      T* to = y.data() + sample * features;
      std::copy_n(from, features, to);
      for (Index t = 1; t < input.width; ++t)
        for (Index i = 0; i < features; ++i) to[i] += from[t * features + i];
      for (Index i = 0; i < features; ++i) to[i] /= T(input.width);
    }
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Index features = input.channels;
    for (Index sample = 0; sample < values.input.cols(); ++sample)
      for (Index t = 0; t < input.width; ++t)
        for (Index i = 0; i < features; ++i)
          gradients.input.data()[sample * values.input.rows() + t * features + i] =
              gradients.output.data()[sample * features + i] / T(input.width);
  }

  constexpr bool operator==(const MeanOverTime&) const = default;
};

}  // namespace nn
