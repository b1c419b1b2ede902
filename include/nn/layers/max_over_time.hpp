// SPDX-License-Identifier: MIT
// y(feature) = the largest x of all steps
#pragma once

#include <algorithm>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// 1 x steps x features in, one number per feature out. The first of equal steps has the gradient; NaN is the largest
/// of all.
struct MaxOverTime {
  static constexpr std::string_view name() { return "MaxOverTime"; }
  /// Throws shape_error where the input is no sequence.
  constexpr Shape output_shape(Shape input) const {
    require_sequence(name(), input);
    return Shape(input.channels);
  }
  /// The largest so far.
  static constexpr Streaming streaming(Shape step) { return {StepOutput::last, step.channels}; }

  template <class T>
  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const Inference<T>& mode) const {
    T* best = mode.carried.numbers;
    if (best == nullptr) return forward(input, parameters, x, y);
    for (Index i = 0; i < input.channels; ++i) {
      if (mode.carried.steps_before == 0 || is_larger(x.data()[i], best[i])) best[i] = x.data()[i];
      y.data()[i] = best[i];
    }
  }
  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0; i < input.channels; ++i) y(i, sample) = x(largest(input, x, sample, i), sample);
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    std::fill_n(gradients.input.data(), gradients.input.size(), T(0));
    for (Index sample = 0; sample < values.input.cols(); ++sample)
      for (Index i = 0; i < input.channels; ++i)
        gradients.input(largest(input, values.input, sample, i), sample) = gradients.output(i, sample);
  }

  constexpr bool operator==(const MaxOverTime&) const = default;

 private:
  // The row where feature i is largest.
  static Index largest(Shape input, const auto& x, Index sample, Index i) {
    Index best = i;
    for (Index row = i; row < x.rows(); row += input.channels) {
      if (is_larger(x(row, sample), x(best, sample))) best = row;
    }
    return best;
  }
  // Whether a is larger than b, or the first NaN.
  static bool is_larger(const auto& a, const auto& b) { return a > b || (!is_nan(b) && is_nan(a)); }
  static bool is_nan(const auto& a) { return a != a; }
};

}  // namespace nn
