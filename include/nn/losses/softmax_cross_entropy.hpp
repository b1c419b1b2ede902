// SPDX-License-Identifier: MIT
// L = -sum_i t_i log softmax(z)_i = sum_i t_i (log sum_j e^(z_j) - z_i), for logits z
#pragma once

#include <nn/kernels/stable.hpp>
#include <nn/losses/label_smoothing.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// For networks that end in logits; finite at any finite logit.
struct SoftmaxCrossEntropy {
  static constexpr OutputKind output_kind = OutputKind::class_logits;
  static constexpr bool is_linear_in_targets = true;

  /// Share of each target that is spread evenly over the classes (Szegedy et al. 2016, section 7), as PyTorch; 0: none.
  double label_smoothing = 0;

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    detail::validate_label_smoothing<Number>("SoftmaxCrossEntropy", label_smoothing);
  }

  /// The loss of one sample, logits z, targets t.
  template <class Z, class Target>
  typename Z::Scalar operator()(const Z& z, const Target& target) const {
    using T = typename Z::Scalar;
    const detail::SmoothedTarget<T, Target> t(target, label_smoothing, z.size());
    const T largest = stable::maximum(z), logarithm = stable::log_sum_exp(z, largest);
    T loss = 0;
    for (Index i = 0; i < z.size(); ++i)
      if (!(t(i) == 0)) loss += t(i) * (logarithm - (z(i) - largest));
    return loss;
  }

  /// dL/dz_i = softmax(z)_i sum_j t_j - t_i, which is output - target where the targets sum to 1
  template <class Z, class Target, class Gradient>
  void gradient(const Z& z, const Target& target, Gradient& dz) const {
    using T = typename Z::Scalar;
    const detail::SmoothedTarget<T, Target> t(target, label_smoothing, z.size());
    const T sum = stable::exponentials(z, stable::maximum(z), dz);
    T target_sum = 0;
    for (Index i = 0; i < z.size(); ++i) target_sum += t(i);
    const T scale = target_sum / sum;
    for (Index i = 0; i < z.size(); ++i) dz(i) = dz(i) * scale - t(i);
  }
};

}  // namespace nn
