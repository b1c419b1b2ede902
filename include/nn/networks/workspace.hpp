// SPDX-License-Identifier: MIT
// The memory of a pass: what the layers put out, and the gradients on the way back. Made once, reused.
#pragma once

#include <algorithm>

#include <nn/core/buffer.hpp>
#include <nn/core/place.hpp>

namespace nn {

/// Serves any network and any number of samples: it grows when it must and never shrinks. Where memory is exhausted it
/// throws std::bad_alloc and serves what it served before. Threads that do not work on the same batch need one each.
template <class T>
class Workspace {
 public:
  /// Makes room for the outputs of a network's layers and what they keep; allocates only when there was less.
  template <class Net>
  void reserve_activations(const Net& network, Index samples) {
    activations_.reserve(checked_product(network.activation_size(), samples));
  }
  /// And for the gradients of those and of the input, and for those of one layer's parameters where it is needed: after
  /// both no pass back allocates.
  template <class Net>
  void reserve_gradients(const Net& network, Index samples) {
    gradients_.reserve(checked_product(network.activation_size(), samples));
    input_gradient_.reserve(checked_product(network.input_shape().size(), samples));
    for (Index i = 0; i < network.depth(); ++i)
      if (!network.place(i).can_descend) parameter_gradient_.reserve(network.place(i).parameter_count);
  }

  /// The output of a layer, features x samples, and the gradient of that output.
  T* activation(const Place& place, Index samples) { return activations_.data() + place.activation_offset * samples; }
  T* gradient(const Place& place, Index samples) { return gradients_.data() + place.activation_offset * samples; }
  /// Where all of them begin.
  T* activations() { return activations_.data(); }
  T* gradients() { return gradients_.data(); }
  /// All of it, for layers that ask for room of their own.
  Memory<T> memory(Index samples) { return {activations_.data(), gradients_.data(), samples}; }
  /// The gradient before the layer `level`, or after the last one.
  template <class Net>
  T* gradient(const Net& network, Index level, Index samples) {
    return level == 0 ? input_gradient_.data() : gradient(network.place(level - 1), samples);
  }

  /// Zeros, for the gradient of the parameters of one layer.
  VectorView<T> parameter_gradient(Index count) {
    parameter_gradient_.reserve(count);
    std::fill_n(parameter_gradient_.data(), count, T(0));
    return {parameter_gradient_.data(), count};
  }

 private:
  Buffer<T> activations_;
  Buffer<T> gradients_;
  Buffer<T> input_gradient_;
  Buffer<T> parameter_gradient_;
};

}  // namespace nn
