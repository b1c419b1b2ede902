// SPDX-License-Identifier: MIT
// The losses of some samples of a batch, and the gradient of their mean with respect to the outputs.
#pragma once

#include <span>

#include <nn/core/views.hpp>

namespace nn {

/// For the samples from `first` to before `last`, of whose `count` the loss is the mean: losses[sample], and dy, where
/// y, targets and dy are outputs x samples. Weights, one per sample where given, multiply both.
template <class T, class Loss>
void losses_and_gradients(const Loss& loss, Index first, Index last, Index count, Index outputs, const T* targets,
                          std::span<const double> weights, const T* y, double* losses, T* dy) {
  const T share = T(1) / static_cast<T>(count);
  for (Index sample = first; sample < last; ++sample) {
    const ConstVectorView<T> output(y + sample * outputs, outputs);
    VectorView<T> gradient(dy + sample * outputs, outputs);
    const ConstVectorView<T> target(targets + sample * outputs, outputs);
    losses[sample] = static_cast<double>(loss(output, target));
    loss.gradient(output, target, gradient);
    if (count > 1) gradient *= share;
    if (weights.empty()) continue;
    losses[sample] *= weights[static_cast<std::size_t>(sample)];
    gradient *= static_cast<T>(weights[static_cast<std::size_t>(sample)]);
  }
}

}  // namespace nn
