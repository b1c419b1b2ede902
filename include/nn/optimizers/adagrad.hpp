// SPDX-License-Identifier: MIT
// v += g^2, W -= rate g / (sqrt(v) + epsilon): steps that shrink where there were many large gradients
#pragma once

#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// Duchi et al. 2011, figure 1 with the diagonal of G, as PyTorch's Adagrad, with its defaults.
struct Adagrad {
  static constexpr const char* name() { return "Adagrad"; }

  double learning_rate = 1e-2;
  double learning_rate_decay = 0;  ///< the rate of step t is learning_rate / (1 + (t - 1) learning_rate_decay)
  double weight_decay = 0;  ///< added to the gradient as weight_decay W; a Trainer leaves biases out (decay_biases)
  double initial_sum = 0;   ///< where v starts, PyTorch's initial_accumulator_value
  double epsilon = 1e-10;   ///< keeps the divisor above 0

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("learning_rate_decay", self.learning_rate_decay);
    visit("weight_decay", self.weight_decay);
    visit("initial_sum", self.initial_sum);
    visit("epsilon", self.epsilon);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("Adagrad", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_not_negative<Number>("Adagrad", "the decay of the learning rate", learning_rate_decay, "0 is none");
    require_not_negative<Number>("Adagrad", "weight decay", weight_decay, "1e-4 is usual, 0 is none");
    require_not_negative<Number>("Adagrad", "the initial sum", initial_sum, "0 or 0.1 is usual");
    require_positive<Number>("Adagrad", "epsilon", epsilon, "1e-10 is usual");
  }

  /// How many numbers are remembered from step to step for each parameter: v, less its start.
  Index state_count() const { return 1; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state, std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate / (1 + static_cast<double>(number - 1) * learning_rate_decay));
    const T small = static_cast<T>(epsilon), decay = static_cast<T>(weight_decay), start = static_cast<T>(initial_sum);
    kernels::update_packs<T>(
        parameters.size(),
        [&](auto& w, const auto& g, auto& sum) {
          const auto decayed = g + decay * w;
          sum += decayed * decayed;
          auto root = sum + start;
          kernels::square_root<T>(root);
          w -= rate * decayed / (root + small);
        },
        parameters.data(), gradient.data(), state.data());
  }
};

}  // namespace nn
