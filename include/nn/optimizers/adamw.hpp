// SPDX-License-Identifier: MIT
// m = b1 m + (1 - b1) g, v = b2 v + (1 - b2) g^2, W -= rate (decay W + m^ / (sqrt(v^) + epsilon)): Adam with weight
// decay apart
#pragma once

#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

namespace detail {

/// One step of AdamW for some numbers.
template <class T>
struct AdamWUpdate {
  T rate, scale, shrink, keep1, take1, keep2, take2, small;

  [[gnu::always_inline]] void operator()(auto& w, const auto& g, auto& m, auto& v) const {
    m = keep1 * m + take1 * g;
    v = keep2 * v + take2 * g * g;
    auto root = v;
    kernels::square_root<T>(root);
    w = shrink * w - rate * m / (root * scale + small);
  }
};

}  // namespace detail

/// Loshchilov and Hutter 2019, algorithm 2, as PyTorch's AdamW, with its defaults.
struct AdamW {
  static constexpr const char* name() { return "AdamW"; }

  double learning_rate = 1e-3;
  double beta1 = 0.9;     ///< share of m that is kept
  double beta2 = 0.999;   ///< share of v that is kept
  double epsilon = 1e-8;  ///< keeps the divisor above 0
  /// Apart from the moments: shrinks W by rate * decay of itself. A Trainer leaves biases out (decay_biases), which
  /// PyTorch does not.
  double weight_decay = 1e-2;

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
    require_positive<Number>("AdamW", "the learning rate", learning_rate, "1e-3 is a usual start");
    for (const double beta : {beta1, beta2})
      require_below_one<Number>("AdamW", "beta1 and beta2", beta, "0.9 and 0.999 are usual");
    require_positive<Number>("AdamW", "epsilon", epsilon, "1e-8 is usual");
    require_not_negative<Number>("AdamW", "weight decay", weight_decay, "1e-2 is usual, 0 is none");
  }

  /// How many numbers are remembered from step to step for each parameter: m and v.
  Index state_count() const { return 2; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state, std::int64_t number) const {
    const auto steps = static_cast<double>(number);
    const detail::AdamWUpdate<T> update{.rate = static_cast<T>(learning_rate / (1 - std::pow(beta1, steps))),
                                        .scale = static_cast<T>(1 / std::sqrt(1 - std::pow(beta2, steps))),
                                        .shrink = static_cast<T>(1 - learning_rate * weight_decay),
                                        .keep1 = static_cast<T>(beta1),
                                        .take1 = static_cast<T>(1 - beta1),
                                        .keep2 = static_cast<T>(beta2),
                                        .take2 = static_cast<T>(1 - beta2),
                                        .small = static_cast<T>(epsilon)};
    kernels::update_packs<T>(parameters.size(), update, parameters.data(), gradient.data(), state.col(0).data(),
                             state.col(1).data());
  }
};

}  // namespace nn
