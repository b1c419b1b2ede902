// SPDX-License-Identifier: MIT
// W -= rate (sign(b1 m + (1 - b1) g) + decay W), m = b2 m + (1 - b2) g: the sign of a momentum, one number remembered
#pragma once

#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// Chen et al. 2023, algorithm 2, with the defaults of its authors' program. Every parameter goes by the same distance,
/// so rates are 3 to 10 times smaller, and decays as much larger, than Adam's (section 5).
struct Lion {
  static constexpr const char* name() { return "Lion"; }

  double learning_rate = 1e-4;
  double beta1 = 0.9;       ///< share of m in the sum whose sign is taken
  double beta2 = 0.99;      ///< share of m that is kept
  double weight_decay = 0;  ///< apart from the gradient, as in AdamW; a Trainer leaves biases out (decay_biases)

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("beta1", self.beta1);
    visit("beta2", self.beta2);
    visit("weight_decay", self.weight_decay);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("Lion", "the learning rate", learning_rate, "1e-4 is a usual start");
    for (const double beta : {beta1, beta2})
      require_below_one<Number>("Lion", "beta1 and beta2", beta, "0.9 and 0.99 are usual");
    require_not_negative<Number>("Lion", "weight decay", weight_decay, "1e-2 is usual, 0 is none");
  }

  /// How many numbers are remembered from step to step for each parameter: m.
  Index state_count() const { return 1; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state,
            [[maybe_unused]] std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate), shrink = static_cast<T>(1 - learning_rate * weight_decay);
    const T keep1 = static_cast<T>(beta1), take1 = static_cast<T>(1 - beta1), keep2 = static_cast<T>(beta2),
            take2 = static_cast<T>(1 - beta2);
    kernels::update_packs<T>(
        parameters.size(),
        [&](auto& w, const auto& g, auto& m) {
          const auto sum = keep1 * m + take1 * g;
          const kernels::Numbers<T> zero{};
          auto sign = sum > T(0) ? zero + T(1) : sum < T(0) ? zero - T(1) : zero;
          kernels::keep_nan<T>(sum, sign);  // which must not pass unseen
          w = shrink * w - rate * sign;
          m = keep2 * m + take2 * g;
        },
        parameters.data(), gradient.data(), state.data());
  }
};

}  // namespace nn
