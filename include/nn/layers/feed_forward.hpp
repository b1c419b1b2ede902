// SPDX-License-Identifier: MIT
// y(time) = W2 activation(W1 x(time) + b1) + b2
#pragma once

#include <concepts>
#include <string_view>

#include <nn/activations/relu.hpp>
#include <nn/core/extent.hpp>
#include <nn/layers/base/composition.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/time_distributed.hpp>

namespace nn {

/// The same for each step of a sequence, or pixel of an image, with as many channels out as in (Vaswani et al. 2017,
/// section 3.3): FeedForward<256>, FeedForward<256, GELU>, and with sizes given at run time FeedForward{256},
/// FeedForward{256, GELU{}}. It is TimeDistributed{Dense, the activation, Dense}.
template <Index Hidden = dynamic, class Activation = ReLU>
struct FeedForward : Composition<FeedForward<Hidden, Activation>> {
  [[no_unique_address]] Extent<Hidden> hidden;
  [[no_unique_address]] Activation activation;

  constexpr FeedForward() = default;
  constexpr explicit FeedForward(std::integral auto hidden_units, Activation between = {}) requires(Hidden == dynamic)
      : hidden(static_cast<Index>(hidden_units)), activation(between) {}

  static constexpr bool keeps_shape = Hidden != dynamic;
  static constexpr std::string_view name() { return "FeedForward"; }

  constexpr auto with_layers(Shape input, const auto& use) const {
    return use(TimeDistributed{Dense{hidden.value()}, activation, Dense{input.channels}});
  }
  constexpr bool operator==(const FeedForward&) const = default;
};

template <std::integral Count>
FeedForward(Count) -> FeedForward<>;
template <std::integral Count, class Activation>
FeedForward(Count, Activation) -> FeedForward<dynamic, Activation>;

}  // namespace nn
