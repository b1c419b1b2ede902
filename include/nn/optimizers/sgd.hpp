// SPDX-License-Identifier: MIT
// v = momentum v + g, W -= rate v: stochastic gradient descent
#pragma once

#include <cstdint>

#include <nn/core/errors.hpp>
#include <nn/core/functions.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// As PyTorch's SGD: weight decay is added to the gradient of every parameter (biases too), momentum (Polyak 1964)
/// gathers gradients without damping, and Nesterov's form looks ahead, W -= rate (g + momentum v).
struct SGD {
  double learning_rate = 1e-2;
  double momentum = 0;
  double weight_decay = 0;
  bool nesterov = false;

  /// Throws data_error where an option makes no sense.
  void validate() const {
    if (!(learning_rate > 0 && learning_rate < 1e300))
      throw data_error("SGD: the learning rate must be a positive number, got ", learning_rate,
                       "; 1e-2 is a usual start");
    if (!(momentum >= 0 && momentum < 1))
      throw data_error("SGD: momentum must be at least 0 and below 1, got ", momentum, "; 0.9 is usual, 0 is none");
    if (!(weight_decay >= 0 && weight_decay < 1e300))
      throw data_error("SGD: weight decay must not be negative, got ", weight_decay, "; 1e-4 is usual, 0 is none");
    if (nesterov && momentum == 0)
      throw data_error(
          "SGD: Nesterov's form needs momentum, got 0; set "
          "momentum to 0.9 or nesterov to false");
  }

  /// How many numbers are remembered from step to step for each parameter: the velocity, where there is momentum.
  Index state_count() const { return momentum > 0 ? 1 : 0; }

  /// Whether a step is W -= rate g and nothing else, so that layers may subtract their gradients themselves.
  bool is_plain() const { return momentum == 0 && weight_decay == 0; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state,
            [[maybe_unused]] std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate), decay = static_cast<T>(weight_decay), keep = static_cast<T>(momentum);
    if (state_count() == 0) {
      kernels::update_packs<T>(
          parameters.size(), [&](auto& w, const auto& g) { w -= rate * (g + decay * w); }, parameters.data(),
          gradient.data());
    } else {
      const T ahead = nesterov ? T(1) : T(0), now = nesterov ? keep : T(1);  // Nesterov's form: g + momentum v
      kernels::update_packs<T>(
          parameters.size(),
          [&](auto& w, const auto& g, auto& velocity) {
            const auto decayed = g + decay * w;
            velocity = keep * velocity + decayed;
            w -= rate * (ahead * decayed + now * velocity);
          },
          parameters.data(), gradient.data(), state.data());
    }
  }
};

}  // namespace nn
