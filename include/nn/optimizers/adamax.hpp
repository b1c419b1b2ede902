// SPDX-License-Identifier: MIT
// m = b1 m + (1 - b1) g, u = max(b2 u, |g| + epsilon), W -= rate m^ / u: Adam with the largest gradient for its scale
#pragma once

#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// Kingma and Ba 2015, algorithm 2, as PyTorch's Adamax. Defaults are theirs.
struct Adamax {
  static constexpr const char* name() { return "Adamax"; }

  double learning_rate = 2e-3;
  double beta1 = 0.9;       ///< share of m that is kept
  double beta2 = 0.999;     ///< share of u that is kept
  double epsilon = 1e-8;    ///< keeps the divisor above 0
  double weight_decay = 0;  ///< added to the gradient as weight_decay W; a Trainer leaves biases out (decay_biases)

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("beta1", self.beta1);
    visit("beta2", self.beta2);
    visit("epsilon", self.epsilon);
    visit("weight_decay", self.weight_decay);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("Adamax", "the learning rate", learning_rate, "2e-3 is a usual start");
    for (const double beta : {beta1, beta2})
      require_below_one<Number>("Adamax", "beta1 and beta2", beta, "0.9 and 0.999 are usual");
    require_positive<Number>("Adamax", "epsilon", epsilon, "1e-8 is usual");
    require_not_negative<Number>("Adamax", "weight decay", weight_decay, "1e-4 is usual, 0 is none");
  }

  /// How many numbers are remembered from step to step for each parameter: m and u.
  Index state_count() const { return 2; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state, std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate / (1 - std::pow(beta1, static_cast<double>(number))));
    const T keep1 = static_cast<T>(beta1), take1 = static_cast<T>(1 - beta1), keep2 = static_cast<T>(beta2),
            small = static_cast<T>(epsilon), decay = static_cast<T>(weight_decay);
    kernels::update_packs<T>(
        parameters.size(),
        [&](auto& w, const auto& g, auto& m, auto& u) {
          const auto decayed = g + decay * w;
          m = keep1 * m + take1 * decayed;
          const auto kept = keep2 * u, now = (decayed < T(0) ? -decayed : decayed) + small;
          u = kept > now ? kept : now;
          w -= rate * m / u;
        },
        parameters.data(), gradient.data(), state.col(0).data(), state.col(1).data());
  }
};

}  // namespace nn
