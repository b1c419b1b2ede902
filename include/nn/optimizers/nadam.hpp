// SPDX-License-Identifier: MIT
// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, W -= rate (c g + c' m) / (sqrt(v^) + epsilon): Adam that looks ahead
#pragma once

#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// Dozat 2016, algorithm 2, as PyTorch's NAdam: the momentum of step t is u_t = b1 (1 - 0.96^(t momentum_decay) / 2),
/// c = (1 - u_t) / (1 - u_1 ... u_t), c' = u_t+1 / (1 - u_1 ... u_t+1). Defaults are PyTorch's.
struct NAdam {
  static constexpr const char* name() { return "NAdam"; }

  double learning_rate = 2e-3;
  double beta1 = 0.9;       ///< share of m that is kept, and the highest momentum
  double beta2 = 0.999;     ///< share of v that is kept
  double epsilon = 1e-8;    ///< keeps the divisor above 0
  double weight_decay = 0;  ///< added to the gradient as weight_decay W; a Trainer leaves biases out (decay_biases)
  double momentum_decay = 4e-3;  ///< how fast the momentum rises from beta1 / 2 to beta1

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("beta1", self.beta1);
    visit("beta2", self.beta2);
    visit("epsilon", self.epsilon);
    visit("weight_decay", self.weight_decay);
    visit("momentum_decay", self.momentum_decay);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("NAdam", "the learning rate", learning_rate, "2e-3 is a usual start");
    for (const double beta : {beta1, beta2})
      require_below_one<Number>("NAdam", "beta1 and beta2", beta, "0.9 and 0.999 are usual");
    require_positive<Number>("NAdam", "epsilon", epsilon, "1e-8 is usual");
    require_not_negative<Number>("NAdam", "weight decay", weight_decay, "1e-4 is usual, 0 is none");
    require_not_negative<Number>("NAdam", "momentum decay", momentum_decay, "4e-3 is usual");
  }

  /// How many numbers are remembered from step to step for each parameter: m, v and u_1 ... u_t, which has no closed
  /// form and is the same for all; here threads need not share it.
  Index state_count() const { return 3; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state, std::int64_t number) const {
    const auto steps = static_cast<double>(number);
    const auto momentum = [&](double t) { return beta1 * (1 - 0.5 * std::pow(0.96, t * momentum_decay)); };
    const T now = static_cast<T>(momentum(steps)), next = static_cast<T>(momentum(steps + 1));
    const T scale = static_cast<T>(1 / std::sqrt(1 - std::pow(beta2, steps)));
    const T rate = static_cast<T>(learning_rate), first = number > 1 ? T(0) : T(1);
    const T keep1 = static_cast<T>(beta1), take1 = static_cast<T>(1 - beta1), keep2 = static_cast<T>(beta2),
            take2 = static_cast<T>(1 - beta2), small = static_cast<T>(epsilon), decay = static_cast<T>(weight_decay);
    kernels::update_packs<T>(
        parameters.size(),
        [&](auto& w, const auto& g, auto& m, auto& v, auto& product) {
          const auto decayed = g + decay * w;
          m = keep1 * m + take1 * decayed;
          v = keep2 * v + take2 * decayed * decayed;
          product = now * (product + first);
          auto root = v;
          kernels::square_root<T>(root);
          const auto ahead = (T(1) - now) / (T(1) - product) * decayed + next / (T(1) - next * product) * m;
          w -= rate * ahead / (root * scale + small);
        },
        parameters.data(), gradient.data(), state.col(0).data(), state.col(1).data(), state.col(2).data());
  }
};

}  // namespace nn
