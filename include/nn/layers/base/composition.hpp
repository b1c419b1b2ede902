// SPDX-License-Identifier: MIT
// A layer that is a name for others, whose sizes follow from its input.
#pragma once

#include <nn/core/place.hpp>

namespace nn {

/// The base of such a layer, which gives `with_layers(Shape input, use)`: calls use(block) with the block of layers
/// that it is for this input, and returns what that returns.
template <class Derived>
struct Composition {
  constexpr Shape output_shape(Shape input) const { return place(input).output; }
  constexpr Index memory_size(Shape input) const { return place(input).memory_size; }
  constexpr Place place(Shape input) const {
    return self().with_layers(input, [&](const auto& block) { return block.place(input); });
  }

  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    self().with_layers(input, [&](const auto& block) { block.initialize(input, parameters, initializer, random); });
  }
  void initialize_state(Shape input, auto&& state) const {
    self().with_layers(input, [&](const auto& block) { block.initialize_state(input, state); });
  }
  template <class Visit>
  constexpr void for_each_inside(const Place& whole, const Visit& visit, Index level) const {
    self().with_layers(whole.input, [&](const auto& block) { block.for_each_inside(whole, visit, level); });
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    self().with_layers(input, [&](const auto& block) { block.forward(input, parameters, x, y, mode); });
  }
  template <class T>
  void backward(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    self().with_layers(input, [&](const auto& block) { block.backward(input, values, gradients, training); });
  }
  template <class T>
  void descend(Shape input, const auto& values, auto& gradients, T rate, const Training<T>& training) const {
    self().with_layers(input, [&](const auto& block) { block.descend(input, values, gradients, rate, training); });
  }
  template <class T>
  void input_gradient(Shape input, const auto& values, auto& gradients, const Training<T>& training) const {
    self().with_layers(input, [&](const auto& block) { block.input_gradient(input, values, gradients, training); });
  }
  template <class T>
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, T* target, T scale, Shard shard,
                              const Training<T>& training) const {
    self().with_layers(input, [&](const auto& block) {
      block.add_parameter_gradient(input, values, gradients, target, scale, shard, training);
    });
  }

  /// Files hold what it is made of, from which they build the network again.
  Description description() const {
    return self().with_layers(Shape(1), [](const auto& block) { return describe(block); });
  }
  constexpr bool operator==(const Composition&) const = default;

 private:
  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }
};

}  // namespace nn
