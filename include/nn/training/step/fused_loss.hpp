// SPDX-License-Identifier: MIT
// A loss and the layer before it, differentiated as one where that is exact and stable, and in scaled units.
#pragma once

#include <span>
#include <type_traits>
#include <utility>

#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/core/views.hpp>
#include <nn/layers/denormalize.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/class_weighted.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/focal.hpp>
#include <nn/losses/kl_divergence.hpp>
#include <nn/losses/loss.hpp>
#include <nn/losses/over_positions.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/losses/softmax_focal.hpp>
#include <nn/losses/softmax_kl_divergence.hpp>
#include <nn/training/step/scaled_units.hpp>

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

namespace detail {

/// Returns then() where the last layer of a network is an L, else otherwise(); the one that its type rules out is not
/// compiled.
template <class L, class Net>
decltype(auto) where_last_is(const Net& network, auto&& then, auto&& otherwise) {
  const auto is_last = network.template last_is<L>();
  if constexpr (std::is_same_v<decltype(is_last), const std::true_type>) {
    return then();
  } else if constexpr (std::is_same_v<decltype(is_last), const bool>) {
    if (is_last) return then();
    return otherwise();
  } else {
    return otherwise();
  }
}

}  // namespace detail

/// Calls use(loss, depth): the loss to take, over all positions of the outputs, and after how many layers of the
/// network. Where that ends in Denormalize, the loss takes the outputs before it.
template <class Net, class Loss, class Use>
decltype(auto) with_fused_loss(const Net& network, const Loss& loss, Use&& use) {
  using T = typename Net::Scalar;
  using Alone = detail::OverPositions<Loss>;
  const Alone alone(loss, network.output_shape());
  const auto use_alone = [&]() -> decltype(auto) { return use(alone, network.depth()); };
  if constexpr (requires { typename FusedLoss<Loss>::Layer; }) {
    return detail::where_last_is<typename FusedLoss<Loss>::Layer>(
        network,
        [&]() -> decltype(auto) {
          const auto together = FusedLoss<Loss>::together(loss);
          return use(detail::OverPositions(together, network.output_shape()), network.depth() - 1);
        },
        use_alone);
  } else if constexpr (!targets_name_classes<Loss>()) {
    return detail::where_last_is<Denormalize>(
        network,
        [&]() -> decltype(auto) {
          const detail::InScaledUnits<Alone, T> scaled{alone, detail::TargetUnits<T>::of(network)};
          return use(scaled, network.depth() - 1);
        },
        use_alone);
  } else {
    return use_alone();
  }
}

}  // namespace nn
