// SPDX-License-Identifier: MIT
// L = -sum_i t_i log y_i, for probabilities y
#pragma once

#include <cmath>

#include <nn/losses/label_smoothing.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// For networks whose outputs are probabilities. After a final Softmax the trainer differentiates both as one
/// (SoftmaxCrossEntropy on the logits), which is stable at any logit. After any other layer this form is used: log y is
/// taken as at least -100 and 1/y as at most 1e12, as in PyTorch's binary_cross_entropy, so a probability of 0 costs
/// 100 and not infinity.
struct CrossEntropy {
  static constexpr OutputKind output_kind = OutputKind::class_probabilities;
  static constexpr bool is_linear_in_targets = true;

  /// Share of each target that is spread evenly over the classes (Szegedy et al. 2016, section 7), as PyTorch; 0: none.
  double label_smoothing = 0;

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    detail::validate_label_smoothing<Number>("CrossEntropy", label_smoothing);
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& target) const {
    using std::log;
    using T = typename Y::Scalar;
    const detail::SmoothedTarget<T, Target> t(target, label_smoothing, y.size());
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      if (t(i) == 0) continue;
      const T logarithm = log(y(i));
      sum -= t(i) * (logarithm < -100 ? T(-100) : logarithm);
    }
    return sum;
  }

  /// dL/dy_i = -t_i / y_i
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& target, Gradient& dy) const {
    using T = typename Y::Scalar;
    const detail::SmoothedTarget<T, Target> t(target, label_smoothing, y.size());
    for (Index i = 0; i < y.size(); ++i) dy(i) = t(i) == 0 ? T(0) : -t(i) / (y(i) < T(1e-12) ? T(1e-12) : y(i));
  }
};

}  // namespace nn
