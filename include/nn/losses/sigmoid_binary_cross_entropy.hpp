// SPDX-License-Identifier: MIT
// L = 1/n sum_i (max(z_i, 0) - t_i z_i + log(1 + e^-|z_i|)), the binary cross entropy of sigmoid(z), for logits z
#pragma once

#include <cmath>

#include <nn/kernels/stable.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// For networks that end in logits; finite at any finite logit. Averages over the outputs, as PyTorch and Keras do.
struct SigmoidBinaryCrossEntropy {
  static constexpr OutputKind output_kind = OutputKind::logits;
  /// A single output says "yes" above this: a logit of 0 is a probability of one half.
  static constexpr double decision_boundary = 0;

  /// The loss of one sample, logits z, targets t.
  template <class Z, class Target>
  typename Z::Scalar operator()(const Z& z, const Target& t) const {
    using std::exp, std::log1p;
    using T = typename Z::Scalar;
    T sum = 0;
    for (Index i = 0; i < z.size(); ++i) {
      const T away_from_zero = z(i) > 0 ? T(z(i)) : T(-z(i));
      sum += (z(i) > 0 ? T((1 - t(i)) * z(i)) : T(-t(i) * z(i))) + log1p(exp(T(-away_from_zero)));
    }
    return sum / static_cast<T>(z.size());
  }

  /// dL/dz_i = (sigmoid(z_i) - t_i) / n
  template <class Z, class Target, class Gradient>
  void gradient(const Z& z, const Target& t, Gradient& dz) const {
    using T = typename Z::Scalar;
    for (Index i = 0; i < z.size(); ++i) dz(i) = (stable::sigmoid(T(z(i))) - t(i)) / static_cast<T>(z.size());
  }
};

}  // namespace nn
