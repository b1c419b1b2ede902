// SPDX-License-Identifier: MIT
// L = 1/n sum_i log cosh(y_i - t_i)
#pragma once

#include <cmath>

#include <nn/kernels/stable.hpp>

namespace nn {

/// d^2 / 2 for small errors, |d| - log 2 for large ones, smooth between. Averages over the outputs, as Keras does.
struct LogCosh {
  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using T = typename Y::Scalar;
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      // cosh overflows; log cosh d = |d| + log(1 + e^(-2|d|)) - log 2 does not.
      const T d = y(i) - t(i), distance = d < 0 ? T(-d) : d;
      sum += distance + stable::softplus(T(-2 * distance)) - T(0.69314718055994530941723212145818);
    }
    return sum / static_cast<T>(y.size());
  }

  /// dL/dy_i = tanh(y_i - t_i) / n
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using std::tanh;
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i) dy(i) = tanh(T(y(i) - t(i))) / static_cast<T>(y.size());
  }
};

}  // namespace nn
