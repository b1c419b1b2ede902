// SPDX-License-Identifier: MIT
// L = sum_i t_i log(t_i / y_i), the divergence of probabilities y from a target distribution t
#pragma once

#include <cmath>

#include <nn/core/views.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// Kullback and Leibler 1951: the cross entropy less the entropy of the targets, so 0 where y = t, with the same
/// gradient. Is PyTorch's kl_div(log y, t, reduction="batchmean"). A target of 0 costs nothing. After a final Softmax
/// the trainer differentiates both as one (SoftmaxKLDivergence on the logits); after any other layer log y is taken as
/// at least -100 and 1/y as at most 1e12, as in CrossEntropy.
struct KLDivergence {
  static constexpr OutputKind output_kind = OutputKind::class_probabilities;

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using std::log;
    using T = typename Y::Scalar;
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      if (t(i) == 0) continue;
      const T logarithm = log(y(i));
      sum += t(i) * (log(t(i)) - (logarithm < -100 ? T(-100) : logarithm));
    }
    return sum;
  }

  /// dL/dy_i = -t_i / y_i
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i) dy(i) = t(i) == 0 ? T(0) : -t(i) / (y(i) < T(1e-12) ? T(1e-12) : y(i));
  }
};

}  // namespace nn
