// SPDX-License-Identifier: MIT
// A loss and the activation before it, differentiated as one where that is exact and stable.
#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/class_weighted.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/focal.hpp>
#include <nn/losses/kl_divergence.hpp>
#include <nn/losses/over_positions.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/losses/softmax_focal.hpp>
#include <nn/losses/softmax_kl_divergence.hpp>

namespace nn {

/// Which last layer a loss takes in, and the loss that both are together.
template <class Loss>
struct FusedLoss {};
template <>
struct FusedLoss<CrossEntropy> {
  using Layer = Softmax;
  static SoftmaxCrossEntropy together(const CrossEntropy& loss) { return {.label_smoothing = loss.label_smoothing}; }
};
template <>
struct FusedLoss<KLDivergence> {
  using Layer = Softmax;
  static SoftmaxKLDivergence together(const KLDivergence&) { return {}; }
};
template <>
struct FusedLoss<Focal> {
  using Layer = Softmax;
  static SoftmaxFocal together(const Focal& loss) { return {.gamma = loss.gamma, .alpha = loss.alpha}; }
};
template <>
struct FusedLoss<BinaryCrossEntropy> {
  using Layer = Sigmoid;
  static SigmoidBinaryCrossEntropy together(const BinaryCrossEntropy&) { return {}; }
};
template <class Loss>
requires requires { typename FusedLoss<Loss>::Layer; }
struct FusedLoss<ClassWeighted<Loss>> {
  using Layer = typename FusedLoss<Loss>::Layer;
  using Together = decltype(FusedLoss<Loss>::together(std::declval<const Loss&>()));
  // A view of the weights: this is asked for at every step.
  static ClassWeighted<Together, std::span<const double>> together(const ClassWeighted<Loss>& loss) {
    return {FusedLoss<Loss>::together(loss.loss), loss.weights};
  }
};

/// Calls use(loss, depth): the loss to take, over all positions of the outputs, and after how many layers of the
/// network.
template <class Net, class Loss, class Use>
decltype(auto) with_fused_loss(const Net& network, const Loss& loss, Use&& use) {
  const detail::OverPositions<Loss> alone(loss, network.output_shape());
  if constexpr (requires { typename FusedLoss<Loss>::Layer; }) {
    const auto fused = network.template last_is<typename FusedLoss<Loss>::Layer>();
    const auto taken_together = FusedLoss<Loss>::together(loss);
    const detail::OverPositions<std::remove_cv_t<decltype(taken_together)>> together(taken_together,
                                                                                     network.output_shape());
    if constexpr (std::is_same_v<decltype(fused), const std::true_type>) {
      return use(together, network.depth() - 1);
    } else if constexpr (std::is_same_v<decltype(fused), const bool>) {
      if (fused) return use(together, network.depth() - 1);
      return use(alone, network.depth());
    } else {
      return use(alone, network.depth());
    }
  } else {
    return use(alone, network.depth());
  }
}

}  // namespace nn
