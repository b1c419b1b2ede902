// SPDX-License-Identifier: MIT
// L = sum_i t_i (log t_i - log softmax(z)_i), for logits z and a target distribution t
#pragma once

#include <cmath>

#include <nn/losses/softmax_cross_entropy.hpp>

namespace nn {

/// KLDivergence for networks that end in logits; finite at any finite logit.
struct SoftmaxKLDivergence {
  static constexpr OutputKind output_kind = OutputKind::class_logits;

  /// The loss of one sample, logits z, targets t.
  template <class Z, class Target>
  typename Z::Scalar operator()(const Z& z, const Target& t) const {
    using std::log;
    typename Z::Scalar loss = SoftmaxCrossEntropy{}(z, t);
    for (Index i = 0; i < z.size(); ++i)
      if (!(t(i) == 0)) loss += t(i) * log(t(i));
    return loss;
  }

  /// That of the cross entropy: both differ by the entropy of the targets.
  template <class Z, class Target, class Gradient>
  void gradient(const Z& z, const Target& t, Gradient& dz) const {
    SoftmaxCrossEntropy{}.gradient(z, t, dz);
  }
};

}  // namespace nn
