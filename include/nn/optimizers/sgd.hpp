// SPDX-License-Identifier: MIT
// v = momentum v + g, W -= rate v: stochastic gradient descent
#pragma once

#include <cstdint>

#include <nn/core/errors.hpp>
#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// As PyTorch's SGD. Defaults are PyTorch's, the learning rate is that of Keras.
struct SGD {
  static constexpr const char* name() { return "SGD"; }

  double learning_rate = 1e-2;
  double momentum = 0;      ///< share of the velocity v that is kept (Polyak 1964); 0: none
  double weight_decay = 0;  ///< added to the gradient as weight_decay W; a Trainer leaves biases out (decay_biases)
  bool nesterov = false;    ///< looks ahead: W -= rate (g + momentum v) (Sutskever et al. 2013, section 2)
  double dampening = 0;     ///< from the second step on v gathers (1 - dampening) g

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("momentum", self.momentum);
    visit("weight_decay", self.weight_decay);
    visit("nesterov", self.nesterov);
    visit("dampening", self.dampening);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("SGD", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_below_one<Number>("SGD", "momentum", momentum, "0.9 is usual, 0 is none");
    require_not_negative<Number>("SGD", "weight decay", weight_decay, "1e-4 is usual, 0 is none");
    require_below_one<Number>("SGD", "dampening", dampening, "0 is none");
    if (nesterov && momentum == 0)
      throw data_error("SGD: Nesterov's form needs momentum, got 0; set momentum to 0.9 or nesterov to false");
    if (nesterov && dampening != 0)
      throw data_error("SGD: Nesterov's form is without dampening, got ", dampening,
                       "; set dampening to 0 or nesterov to false");
    if (dampening != 0 && momentum == 0)
      throw data_error("SGD: a dampening of ", dampening,
                       " needs momentum, got 0; set momentum to 0.9 or dampening to 0");
  }

  /// How many numbers are remembered from step to step for each parameter: the velocity, where there is momentum.
  Index state_count() const { return momentum > 0 ? 1 : 0; }

  /// Whether a step is W -= rate g and nothing else, so that layers may subtract their gradients themselves.
  bool is_plain() const { return momentum == 0 && weight_decay == 0; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state, std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate), decay = static_cast<T>(weight_decay), keep = static_cast<T>(momentum);
    if (state_count() == 0) {
      kernels::update_packs<T>(
          parameters.size(), [&](auto& w, const auto& g) { w -= rate * (g + decay * w); }, parameters.data(),
          gradient.data());
    } else {
      const T ahead = nesterov ? T(1) : T(0), now = nesterov ? keep : T(1);  // Nesterov's form: g + momentum v
      const T take = number > 1 ? static_cast<T>(1 - dampening) : T(1);
      kernels::update_packs<T>(
          parameters.size(),
          [&](auto& w, const auto& g, auto& velocity) {
            const auto decayed = g + decay * w;
            velocity = keep * velocity + take * decayed;
            w -= rate * (ahead * decayed + now * velocity);
          },
          parameters.data(), gradient.data(), state.data());
    }
  }
};

}  // namespace nn
