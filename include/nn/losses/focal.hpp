// SPDX-License-Identifier: MIT
// L = -alpha sum_i t_i (1 - y_i)^gamma log y_i, for probabilities y
#pragma once

#include <cmath>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// A cross entropy that counts samples the less the surer the network is of the right class (Lin et al. 2017, eq. 5),
/// for many classes as Keras's CategoricalFocalCrossentropy; gamma = 0 and alpha = 1 give CrossEntropy. After a final
/// Softmax the trainer differentiates both as one (SoftmaxFocal on the logits); after any other layer log y is taken as
/// at least -100 and 1/y as at most 1e12. Weights that differ from class to class: ClassWeighted{Focal{}, {...}}.
struct Focal {
  static constexpr OutputKind output_kind = OutputKind::class_probabilities;
  static constexpr bool is_linear_in_targets = true;

  double gamma = 2;     ///< focus: 0 is none; the paper's and Keras's default
  double alpha = 0.25;  ///< weight of the whole: 1 is none; the paper's and Keras's default

  /// Throws data_error where an option makes no sense.
  template <class Number = double>
  void validate() const {
    require_not_negative<Number>("Focal", "gamma", gamma, "2 is usual, 0 is the cross entropy");
    require_positive<Number>("Focal", "alpha", alpha, "0.25 is usual, 1 is no weight");
  }

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using T = typename Y::Scalar;
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i)
      if (!(t(i) == 0)) sum += t(i) * term(logarithm(T(y(i))), rest(T(y(i))));
    return sum;
  }

  /// dL/dy_i = t_i / y_i dL/dlog y_i
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i)
      dy(i) =
          t(i) == 0 ? T(0) : t(i) * term_slope(logarithm(T(y(i))), rest(T(y(i)))) / (y(i) < T(1e-12) ? T(1e-12) : y(i));
  }

  /// -alpha (1 - p)^gamma log p, given log p and 1 - p
  template <class T>
  T term(T log_p, T one_minus_p) const {
    using std::pow;
    return -T(alpha) * pow(one_minus_p, T(gamma)) * log_p;
  }
  /// Its derivative with respect to log p: alpha (1 - p)^gamma (gamma p log p / (1 - p) - 1)
  template <class T>
  T term_slope(T log_p, T one_minus_p) const {
    using std::pow;
    const T ratio = one_minus_p == 0 ? T(-1) : T((1 - one_minus_p) * log_p / one_minus_p);  // -1 is its limit
    return T(alpha) * pow(one_minus_p, T(gamma)) * (T(gamma) * ratio - 1);
  }

 private:
  template <class T>
  static T logarithm(T y) {
    using std::log;
    const T exact = log(y);
    return exact < -100 ? T(-100) : exact;
  }
  // Rounding may put a probability above 1.
  template <class T>
  static T rest(T y) {
    return y > 1 ? T(0) : T(1 - y);
  }
};

}  // namespace nn
