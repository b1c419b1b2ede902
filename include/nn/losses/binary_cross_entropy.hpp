// SPDX-License-Identifier: MIT
// L = -1/n sum_i (t_i log y_i + (1 - t_i) log(1 - y_i)), for n independent probabilities y
#pragma once

#include <cmath>

#include <nn/core/views.hpp>
#include <nn/losses/loss.hpp>

namespace nn {

/// Averages over the outputs, as PyTorch and Keras do. After a final Sigmoid the trainer differentiates both as one
/// (SigmoidBinaryCrossEntropy on the logits), which is stable at any logit. After any other layer the logarithms are
/// taken as at least -100 and y (1 - y) as at least 1e-12, as PyTorch does.
struct BinaryCrossEntropy {
  static constexpr OutputKind output_kind = OutputKind::probabilities;

  /// The loss of one sample, outputs y, targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using std::log;
    using T = typename Y::Scalar;
    const auto clamped_log = [](T x) {
      const T logarithm = log(x);
      return logarithm < -100 ? T(-100) : logarithm;
    };
    T sum = 0;
    for (Index i = 0; i < y.size(); ++i) {
      if (!(t(i) == 0)) sum -= t(i) * clamped_log(y(i));
      if (!(t(i) == 1)) sum -= (1 - t(i)) * clamped_log(1 - y(i));
    }
    return sum / static_cast<T>(y.size());
  }

  /// dL/dy_i = (y_i - t_i) / (n y_i (1 - y_i))
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (Index i = 0; i < y.size(); ++i) {
      const T spread = y(i) * (1 - y(i));
      dy(i) = (y(i) - t(i)) / ((spread < T(1e-12) ? T(1e-12) : spread) * static_cast<T>(y.size()));
    }
  }
};

}  // namespace nn
