// SPDX-License-Identifier: MIT
// The memory of a pass: what the layers put out, and the gradients on the way back. Made once, reused.
#pragma once

#include <nn/core/place.hpp>

namespace nn {

/// Serves any network and any number of samples: it grows when it must and never shrinks. Threads that do not work on
/// the same batch need one each.
template <class T>
class Workspace {
 public:
  /// Makes room for the outputs of a network's layers and what they keep; allocates only when there was less.
  template <class Net>
  void reserve_activations(const Net& network, Index samples) {
    grow(activations_, checked_product(network.activation_size(), samples));
  }
  /// And for the gradients of those and of the input.
  template <class Net>
  void reserve_gradients(const Net& network, Index samples) {
    grow(gradients_, checked_product(network.activation_size(), samples));
    grow(input_gradient_, checked_product(network.input_shape().size(), samples));
  }

  /// The output of a layer, features x samples, and the gradient of that output.
  T* activation(const Place& place, Index samples) { return activations_.data() + place.activation_offset * samples; }
  T* gradient(const Place& place, Index samples) { return gradients_.data() + place.activation_offset * samples; }
  /// All of it, for layers that ask for room of their own.
  Memory<T> memory(Index samples) { return {activations_.data(), gradients_.data(), samples}; }
  /// The gradient before the layer `level`, or after the last one.
  template <class Net>
  T* gradient(const Net& network, Index level, Index samples) {
    return level == 0 ? input_gradient_.data() : gradient(network.place(level - 1), samples);
  }

  /// Zeros, for the gradient of the parameters of one layer.
  VectorView<T> parameter_gradient(Index count) {
    grow(parameter_gradient_, count);
    parameter_gradient_.head(count).setZero();
    return {parameter_gradient_.data(), count};
  }

 private:
  static void grow(Vector<T>& numbers, Index size) {
    if (numbers.size() < size) numbers.resize(size);
  }

  Vector<T> activations_;
  Vector<T> gradients_;
  Vector<T> input_gradient_;
  Vector<T> parameter_gradient_;
};

}  // namespace nn
