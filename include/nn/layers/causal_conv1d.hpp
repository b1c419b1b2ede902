// SPDX-License-Identifier: MIT
// y(time) = W (x of this step and some before it) + b
#pragma once

#include <concepts>

#include <nn/layers/base/convolution.hpp>

namespace nn {

/// Convolution over time that sees no later step (van den Oord et al. 2016), for 1 x time x channels: zeros come before
/// the first, so that as many steps go out as come in, or with a stride every so manyth. CausalConv1D<8, 2>,
/// CausalConv1D<8, 2, ConvOptions{.dilation = 4}>, and with sizes given at run time CausalConv1D{8, 2, {.dilation =
/// 4}}. Its tensors are Conv1D's, and Keras' Conv1D with padding="causal" computes the same. What the options say of
/// heights and of padding is ignored. Throws shape_error where the input is no sequence.
template <Index Filters = dynamic, Index Kernel = 1, ConvOptions Options = ConvOptions{}>
struct CausalConv1D : ConvolutionLayer<CausalConv1D<Filters, Kernel, Options>> {
  static constexpr std::string_view name() { return "CausalConv1D"; }
  static constexpr Convolution settings() { return causal(Filters, Kernel, Options); }
  constexpr bool operator==(const CausalConv1D&) const = default;
};

template <>
struct CausalConv1D<> : ConvolutionLayer<CausalConv1D<>> {
  constexpr CausalConv1D(std::integral auto filters, std::integral auto kernel, ConvOptions options = {})
      : settings_(causal(static_cast<Index>(filters), static_cast<Index>(kernel), options)) {}

  static constexpr std::string_view name() { return "CausalConv1D"; }
  constexpr Convolution settings() const { return settings_; }
  constexpr Convolution& settings() { return settings_; }
  constexpr void validate() const {
    require_over_time(name(), settings_ == causal(settings_.filters, settings_.kernel.width, settings_.options));
  }
  constexpr bool operator==(const CausalConv1D&) const = default;

 private:
  Convolution settings_;
};

template <std::integral Count, std::integral Size>
CausalConv1D(Count, Size, ConvOptions = {}) -> CausalConv1D<>;

}  // namespace nn
