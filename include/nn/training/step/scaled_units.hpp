// SPDX-License-Identifier: MIT
// L(x, (t - offset) / scale): the loss of a network that ends in Denormalize, of the outputs x before that layer
#pragma once

#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/loss.hpp>

namespace nn::detail {

/// The units of the targets of a network that ends in Denormalize. It refers to the network.
template <class T>
struct TargetUnits {
  ConstVectorView<T> offset, scale;

  template <class Net>
  static TargetUnits of(const Net& network) {
    const Index outputs = network.output_shape().size();
    const T* const state = network.state().data() + network.place(network.depth() - 1).state_offset;
    return {{state, outputs}, {state + outputs, outputs}};
  }

  /// The targets of a sample, scaled; computed where they are read.
  template <class Target>
  auto scaled(const Target& t) const {
    using S = typename Target::Scalar;
    return (t - offset.template cast<S>()).cwiseQuotient(scale.template cast<S>());
  }
};

/// A loss over all positions, given targets in their own units and outputs in scaled ones.
template <class Loss, class T>
struct InScaledUnits {
  static constexpr bool is_in_scaled_units = true;

  Loss loss;
  TargetUnits<T> units;
  Index positions = loss.positions;

  /// The loss of one sample, outputs x before Denormalize, targets t.
  template <class X, class Target>
  typename X::Scalar operator()(const X& x, const Target& t) const {
    return loss(x, units.scaled(t));
  }

  template <class X, class Target, class Gradient>
  void gradient(const X& x, const Target& t, Gradient& dx) const {
    loss.gradient(x, units.scaled(t), dx);
  }
};

}  // namespace nn::detail
