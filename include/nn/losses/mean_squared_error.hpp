// SPDX-License-Identifier: MIT
// L = 1/n sum_i (y_i - t_i)^2, over the n outputs of a sample
#pragma once

#include <nn/core/views.hpp>

namespace nn {

/// Averages over the outputs, as PyTorch and Keras do.
struct MeanSquaredError {
  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    typename Y::Scalar sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      const typename Y::Scalar difference = y(i) - t(i);
      sum += difference * difference;
    }
    return sum / static_cast<typename Y::Scalar>(y.size());
  }

  /// dL/dy_i = 2/n (y_i - t_i)
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i) dy(i) = T(2) / static_cast<T>(y.size()) * (y(i) - t(i));
  }
};

}  // namespace nn
