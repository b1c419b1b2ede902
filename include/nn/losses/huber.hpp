// SPDX-License-Identifier: MIT
// L = 1/n sum_i h(y_i - t_i), h(d) = d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2)
#pragma once

#include <cmath>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// A squared error that grows only linearly for outliers (Huber 1964). Averages over the outputs, as PyTorch's
/// HuberLoss and Keras do.
struct Huber {
  double delta = 1;  ///< where the parabola becomes a line; 1 as PyTorch and Keras

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("Huber", "delta", delta, "1 is usual");
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using std::abs;
    using T = typename Y::Scalar;
    const T border = T(delta);
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      const T distance = abs(T(y(i) - t(i)));
      sum += distance <= border ? T(distance * distance / 2) : T(border * (distance - border / 2));
    }
    return sum / static_cast<T>(y.size());
  }

  /// dL/dy_i = (y_i - t_i) / n, between -delta / n and delta / n
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    const T border = T(delta);
    for (Index i = 0; i < y.size(); ++i) {
      const T d = y(i) - t(i);
      dy(i) = (d > border ? border : d < -border ? -border : d) / static_cast<T>(y.size());
    }
  }
};

}  // namespace nn
