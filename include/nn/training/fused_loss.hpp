// SPDX-License-Identifier: MIT
// A loss and the activation before it, differentiated as one where that is exact and stable.
#pragma once

#include <type_traits>

#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/core/views.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>

namespace nn {

/// Which last layer a loss takes in, and the loss that both are together.
template <class Loss>
struct FusedLoss {};
template <>
struct FusedLoss<CrossEntropy> {
  using Layer = Softmax;
  using Together = SoftmaxCrossEntropy;
};
template <>
struct FusedLoss<BinaryCrossEntropy> {
  using Layer = Sigmoid;
  using Together = SigmoidBinaryCrossEntropy;
};

/// Calls use(loss, depth): the loss to take, and after how many layers of the network.
template <class Net, class Loss, class Use>
decltype(auto) with_fused_loss(const Net& network, const Loss& loss, Use&& use) {
  if constexpr (requires { typename FusedLoss<Loss>::Layer; }) {
    const auto fused = network.template last_is<typename FusedLoss<Loss>::Layer>();
    const typename FusedLoss<Loss>::Together together{};
    if constexpr (std::is_same_v<decltype(fused), const std::true_type>) {
      return use(together, network.depth() - 1);
    } else if constexpr (std::is_same_v<decltype(fused), const bool>) {
      if (fused) return use(together, network.depth() - 1);
      return use(loss, network.depth());
    } else {
      return use(loss, network.depth());
    }
  } else {
    return use(loss, network.depth());
  }
}

}  // namespace nn
