// SPDX-License-Identifier: MIT
// L = -alpha sum_i t_i (1 - p_i)^gamma log p_i, p = softmax(z), for logits z
#pragma once

#include <cmath>

#include <nn/kernels/stable.hpp>
#include <nn/losses/focal.hpp>

namespace nn {

/// Focal for networks that end in logits; finite at any finite logit.
struct SoftmaxFocal {
  static constexpr OutputKind output_kind = OutputKind::class_logits;
  static constexpr bool is_linear_in_targets = true;

  double gamma = 2;     ///< as in Focal
  double alpha = 0.25;  ///< as in Focal

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    focal().template validate<Number>();
  }

  /// The loss of one sample, logits z, targets t.
  template <class Z, class Target>
  typename Z::Scalar operator()(const Z& z, const Target& t) const {
    using std::expm1;
    using T = typename Z::Scalar;
    const T largest = stable::maximum(z), rest = stable::log_sum_exp(z, largest);
    T sum = 0;
    for (Index i = 0; i < z.size(); ++i) {
      const T log_p = z(i) - largest - rest;
      if (!(t(i) == 0)) sum += t(i) * focal().term(log_p, T(-expm1(log_p)));
    }
    return sum;
  }

  /// dL/dz_i = h_i - p_i sum_j h_j, h_i = t_i dL/dlog p_i
  template <class Z, class Target, class Gradient>
  void gradient(const Z& z, const Target& t, Gradient& dz) const {
    using std::exp, std::expm1;
    using T = typename Z::Scalar;
    const T largest = stable::maximum(z), rest = stable::log_sum_exp(z, largest);
    T sum = 0;
    for (Index i = 0; i < z.size(); ++i) {
      const T log_p = z(i) - largest - rest;
      dz(i) = t(i) == 0 ? T(0) : t(i) * focal().term_slope(log_p, T(-expm1(log_p)));
      sum += dz(i);
    }
    for (Index i = 0; i < z.size(); ++i) dz(i) -= exp(T(z(i) - largest - rest)) * sum;
  }

 private:
  Focal focal() const { return {.gamma = gamma, .alpha = alpha}; }
};

}  // namespace nn
