// SPDX-License-Identifier: MIT
// The memory of a pass: what the layers put out, and the gradients on the way back. One per thread, made once, reused.
#pragma once

#include <array>

#include <nn/core/layer.hpp>

namespace nn {

/// Serves any network and any number of samples: it grows when it must and never shrinks.
template <class T>
class Workspace {
 public:
  /// Makes room; allocates only when there was less.
  void reserve_activations(Index numbers_per_sample, Index samples) {
    grow(activations_, checked_product(numbers_per_sample, samples));
  }
  void reserve_gradients(Index widest_layer, Index samples) {
    for (auto& gradient : gradients_) grow(gradient, checked_product(widest_layer, samples));
  }

  /// The output of a layer.
  T* activation(const Place& place, Index samples) { return activations_.data() + place.activation_offset * samples; }

  /// The gradient before (level i) or after (level i + 1) the layer i; two buffers take turns.
  T* gradient(Index level) { return gradients_[static_cast<std::size_t>(level % 2)].data(); }

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
  std::array<Vector<T>, 2> gradients_;
  Vector<T> parameter_gradient_;
};

}  // namespace nn
