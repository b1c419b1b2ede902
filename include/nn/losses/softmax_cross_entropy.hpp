// SPDX-License-Identifier: MIT
// L = -sum_i t_i log softmax(z)_i = sum_i t_i (log sum_j e^(z_j) - z_i), for logits z
#pragma once

#include <cmath>

#include <nn/core/views.hpp>

namespace nn {

/// For networks that end in logits; finite at any finite logit.
struct SoftmaxCrossEntropy {
  /// The loss of one sample, logits z, targets t.
  template <class Z, class Target>
  typename Z::Scalar operator()(const Z& z, const Target& t) const {
    using std::exp, std::log;
    using T = typename Z::Scalar;
    const T largest = maximum(z);
    T sum = 0;
    for (Index i = 0; i < z.size(); ++i) sum += exp(T(z(i) - largest));
    const T logarithm = log(sum);
    T loss = 0;
    for (Index i = 0; i < z.size(); ++i)
      if (!(t(i) == 0)) loss += t(i) * (logarithm - (z(i) - largest));
    return loss;
  }

  /// dL/dz_i = softmax(z)_i sum_j t_j - t_i, which is output - target where the targets sum to 1
  template <class Z, class Target, class Gradient>
  void gradient(const Z& z, const Target& t, Gradient& dz) const {
    using std::exp;
    using T = typename Z::Scalar;
    const T largest = maximum(z);
    T sum = 0, target_sum = 0;
    for (Index i = 0; i < z.size(); ++i) {
      dz(i) = exp(T(z(i) - largest));
      sum += dz(i);
      target_sum += t(i);
    }
    const T scale = target_sum / sum;
    for (Index i = 0; i < z.size(); ++i) dz(i) = dz(i) * scale - t(i);
  }

 private:
  // Subtracting it changes nothing and keeps exp from overflowing.
  template <class Z>
  static typename Z::Scalar maximum(const Z& z) {
    typename Z::Scalar largest = z(0);
    for (Index i = 1; i < z.size(); ++i)
      if (z(i) > largest) largest = z(i);
    return largest;
  }
};

}  // namespace nn
