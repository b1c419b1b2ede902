// SPDX-License-Identifier: MIT
// Norm first: y = u + f(norm(u)) for u = x + attention(norm(x)); norm last: y = norm(u + f(u)) for
// u = norm(x + attention(x)); f is a FeedForward
#pragma once

#include <concepts>
#include <string_view>

#include <nn/activations/relu.hpp>
#include <nn/layers/base/composition.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/feed_forward.hpp>
#include <nn/layers/layer_norm.hpp>
#include <nn/layers/multi_head_attention.hpp>
#include <nn/layers/residual.hpp>

namespace nn {

struct TransformerOptions {
  bool norm_first = false;  ///< as PyTorch; true trains without a warm-up (Xiong et al. 2020)
  AttentionOptions attention = {};
  constexpr bool operator==(const TransformerOptions&) const = default;
};

/// What a TransformerBlock is told.
struct TransformerSettings {
  Index heads = 1;
  Index hidden = 1;  ///< units between the two layers of the FeedForward
  TransformerOptions options;
  constexpr bool operator==(const TransformerSettings&) const = default;
};

namespace detail {

// Derived gives settings() and activation().
template <class Derived>
struct TransformerLayer : Composition<Derived> {
  double dropout = 0;  // of what the attention and the FeedForward put out, as in Vaswani et al. 2017, section 5.4

  static constexpr std::string_view name() { return "TransformerBlock"; }

  constexpr auto with_layers(Shape, const auto& use) const {
    const auto& self = static_cast<const Derived&>(*this);
    const auto [heads, hidden, options] = self.settings();
    const MultiHeadAttention<> attention{heads, options.attention};
    const FeedForward feed_forward{hidden, self.activation()};
    const Dropout drop{dropout};
    if (options.norm_first)
      return use(Chain{Residual{LayerNorm{}, attention, drop}, Residual{LayerNorm{}, feed_forward, drop}});
    return use(Chain{Residual{attention, drop}, LayerNorm{}, Residual{feed_forward, drop}, LayerNorm{}});
  }
  constexpr bool operator==(const TransformerLayer&) const = default;
};

}  // namespace detail

/// A layer of a transformer's encoder, or with .causal of a decoder that generates, over 1 x time x channels:
/// TransformerBlock<4, 256>, TransformerBlock<4, 256, TransformerOptions{.norm_first = true}, GELU>, and with sizes
/// given at run time TransformerBlock{4, 256, {.attention = {.causal = true}}}; after these, an activation and a rate
/// of dropout. It is a Chain of Residuals, by whose numbers its tensors are named. Throws shape_error where the
/// channels do not make equal heads.
template <Index Heads = dynamic, Index Hidden = dynamic, TransformerOptions Options = TransformerOptions{},
          class Activation = ReLU>
struct TransformerBlock : detail::TransformerLayer<TransformerBlock<Heads, Hidden, Options, Activation>> {
  static constexpr bool keeps_shape = true;
  static constexpr TransformerSettings settings() { return {Heads, Hidden, Options}; }
  static constexpr Activation activation() { return {}; }
  constexpr bool operator==(const TransformerBlock&) const = default;
};

template <class Activation>
struct TransformerBlock<dynamic, dynamic, TransformerOptions{}, Activation>
    : detail::TransformerLayer<TransformerBlock<dynamic, dynamic, TransformerOptions{}, Activation>> {
  constexpr TransformerBlock(std::integral auto heads, std::integral auto hidden, TransformerOptions options = {},
                             Activation activation = {}, double dropout_rate = 0)
      : settings_{static_cast<Index>(heads), static_cast<Index>(hidden), options}, activation_(activation) {
    this->dropout = dropout_rate;
  }
  constexpr TransformerSettings settings() const { return settings_; }
  constexpr Activation activation() const { return activation_; }
  constexpr bool operator==(const TransformerBlock&) const = default;

 private:
  TransformerSettings settings_;
  [[no_unique_address]] Activation activation_;
};

template <std::integral Heads, std::integral Hidden>
TransformerBlock(Heads, Hidden, TransformerOptions = {}) -> TransformerBlock<>;
template <std::integral Heads, std::integral Hidden, class Activation>
TransformerBlock(Heads, Hidden, TransformerOptions, Activation, double = 0)
    -> TransformerBlock<dynamic, dynamic, TransformerOptions{}, Activation>;

}  // namespace nn
