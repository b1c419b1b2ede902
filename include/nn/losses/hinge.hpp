// SPDX-License-Identifier: MIT
// L = 1/n sum_i max(0, 1 - t_i y_i), for scores y and targets t of -1 and 1
#pragma once

#include <nn/core/views.hpp>

namespace nn {

/// The loss of support vector machines, as Keras's Hinge and scikit-learn's hinge_loss for two classes: averages over
/// the outputs. A target above 0 is read as 1, any other as -1, so 0 and 1 serve, too, and class labels make every
/// output a machine of its own, one class against the rest. At the kink the derivative is 0.
struct Hinge {
  /// A single output says "yes" above this.
  static constexpr double decision_boundary = 0;

  /// The loss of one sample, scores y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using T = typename Y::Scalar;
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      const T short_of_margin = t(i) > 0 ? T(1 - y(i)) : T(1 + y(i));
      sum += short_of_margin <= 0 ? T(0) : short_of_margin;  // asked this way round, NaN is not lost
    }
    return sum / static_cast<T>(y.size());
  }

  /// dL/dy_i = -t_i / n within the margin, else 0
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i) {
      const T sign = t(i) > 0 ? T(1) : T(-1);
      dy(i) = sign * y(i) >= 1 ? T(0) : T(-sign / static_cast<T>(y.size()));
    }
  }
};

}  // namespace nn
