// SPDX-License-Identifier: MIT
// y = the sum of W' x(time) where the patches lie, + b
#pragma once

#include <concepts>

#include <nn/layers/base/transposed_convolution.hpp>

namespace nn {

/// Transposed convolution over time, which makes sequences longer, for 1 x time x channels: ConvTranspose1D<8, 4,
/// ConvTransposeOptions{.stride = 2, .padding = 1}> doubles the steps, and with sizes given at run time
/// ConvTranspose1D{8, 4, {.stride = 2, .padding = 1}}. One channel per filter and (steps - 1) * stride - 2 * padding +
/// (kernel - 1) * dilation + output_padding + 1 steps come out, as PyTorch's. What the options say of heights is
/// ignored. Throws shape_error where nothing is left.
template <Index Filters = dynamic, Index Kernel = 1, ConvTransposeOptions Options = ConvTransposeOptions{}>
struct ConvTranspose1D : TransposedConvolutionLayer<ConvTranspose1D<Filters, Kernel, Options>> {
  static constexpr std::string_view name() { return "ConvTranspose1D"; }
  static constexpr TransposedConvolution settings() { return over_time(Filters, Kernel, Options); }
  constexpr bool operator==(const ConvTranspose1D&) const = default;
};

template <>
struct ConvTranspose1D<> : TransposedConvolutionLayer<ConvTranspose1D<>> {
  constexpr ConvTranspose1D(std::integral auto filters, std::integral auto kernel, ConvTransposeOptions options = {})
      : settings_(over_time(static_cast<Index>(filters), static_cast<Index>(kernel), options)) {}

  static constexpr std::string_view name() { return "ConvTranspose1D"; }
  constexpr TransposedConvolution settings() const { return settings_; }
  constexpr TransposedConvolution& settings() { return settings_; }
  constexpr void validate() const {
    require_over_time(name(), settings_ == over_time(settings_.filters, settings_.kernel.width, settings_.options));
  }
  constexpr bool operator==(const ConvTranspose1D&) const = default;

 private:
  TransposedConvolution settings_;
};

template <std::integral Count, std::integral Size>
ConvTranspose1D(Count, Size, ConvTransposeOptions = {}) -> ConvTranspose1D<>;

}  // namespace nn
