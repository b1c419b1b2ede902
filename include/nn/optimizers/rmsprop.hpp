// SPDX-License-Identifier: MIT
// v = a v + (1 - a) g^2, W -= rate g / (sqrt(v) + epsilon): steps scaled by the recent size of the gradient
#pragma once

#include <cstdint>

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// Tieleman and Hinton 2012 (lecture 6e), as PyTorch's RMSprop, with its defaults.
struct RMSProp {
  static constexpr const char* name() { return "RMSProp"; }

  double learning_rate = 1e-2;
  double smoothing = 0.99;  ///< a, PyTorch's alpha
  double epsilon = 1e-8;    ///< keeps the divisor above 0
  double weight_decay = 0;  ///< added to the gradient as weight_decay W; a Trainer leaves biases out (decay_biases)
  double momentum = 0;      ///< of the scaled gradients; 0: none
  /// Takes sqrt(v - mean^2), the mean of g smoothed as v is (Graves 2013, eq. 38 to 41). Where rounding leaves v below
  /// mean^2 the root is 0 (PyTorch's is NaN).
  bool centered = false;

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("smoothing", self.smoothing);
    visit("epsilon", self.epsilon);
    visit("weight_decay", self.weight_decay);
    visit("momentum", self.momentum);
    visit("centered", self.centered);
  }

  /// Throws data_error where an option makes no sense, or none in the network's number type.
  template <class Number = double>
  void validate() const {
    require_positive<Number>("RMSProp", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_below_one<Number>("RMSProp", "smoothing", smoothing, "0.99 is usual");
    require_positive<Number>("RMSProp", "epsilon", epsilon, "1e-8 is usual");
    require_not_negative<Number>("RMSProp", "weight decay", weight_decay, "1e-4 is usual, 0 is none");
    require_below_one<Number>("RMSProp", "momentum", momentum, "0.9 is usual, 0 is none");
  }

  /// How many numbers are remembered from step to step for each parameter: v, and where the form is centered or has
  /// momentum also the mean and the velocity.
  Index state_count() const { return centered || momentum > 0 ? 3 : 1; }

  /// The step number `number`, counted from 1, for some of the parameters. State has a row for each of them and
  /// state_count() columns, zeros at first.
  template <class T>
  void step(VectorView<T> parameters, ConstVectorView<T> gradient, OptimizerState<T> state,
            [[maybe_unused]] std::int64_t number) const {
    const T rate = static_cast<T>(learning_rate), keep = static_cast<T>(smoothing),
            take = static_cast<T>(1 - smoothing), small = static_cast<T>(epsilon), decay = static_cast<T>(weight_decay);
    if (state_count() == 1) {
      kernels::update_packs<T>(
          parameters.size(),
          [&](auto& w, const auto& g, auto& v) {
            const auto decayed = g + decay * w;
            v = keep * v + take * decayed * decayed;
            auto root = v;
            kernels::square_root<T>(root);
            w -= rate * decayed / (root + small);
          },
          parameters.data(), gradient.data(), state.data());
    } else {
      const T center = centered ? T(1) : T(0), friction = static_cast<T>(momentum);
      kernels::update_packs<T>(
          parameters.size(),
          [&](auto& w, const auto& g, auto& v, auto& mean, auto& velocity) {
            const auto decayed = g + decay * w;
            v = keep * v + take * decayed * decayed;
            mean = keep * mean + take * decayed;
            auto root = v - center * mean * mean;
            root = root < T(0) ? root - root : root;
            kernels::square_root<T>(root);
            velocity = friction * velocity + decayed / (root + small);
            w -= rate * velocity;
          },
          parameters.data(), gradient.data(), state.col(0).data(), state.col(1).data(), state.col(2).data());
    }
  }
};

}  // namespace nn
