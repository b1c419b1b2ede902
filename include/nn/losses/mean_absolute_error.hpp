// SPDX-License-Identifier: MIT
// L = 1/n sum_i |y_i - t_i|, over the n outputs of a sample
#pragma once

#include <cmath>

#include <nn/core/views.hpp>

namespace nn {

/// Averages over the outputs, as PyTorch and Keras do. Where y_i = t_i the derivative is taken as 0.
struct MeanAbsoluteError {
  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using std::abs;
    typename Y::Scalar sum = 0;
    for (Index i = 0; i < y.size(); ++i) sum += abs(y(i) - t(i));
    return sum / static_cast<typename Y::Scalar>(y.size());
  }

  /// dL/dy_i = sign(y_i - t_i) / n
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    const T share = T(1) / static_cast<T>(y.size());
    for (Index i = 0; i < y.size(); ++i) dy(i) = y(i) > t(i) ? share : y(i) < t(i) ? -share : T(0);
  }
};

}  // namespace nn
