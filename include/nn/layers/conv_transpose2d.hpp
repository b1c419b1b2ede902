// SPDX-License-Identifier: MIT
// y = the sum of W' x(row, column) where the patches lie, + b
#pragma once

#include <concepts>

#include <nn/layers/base/transposed_convolution.hpp>

namespace nn {

/// Transposed convolution of images, which makes them larger: ConvTranspose2D<6, 4, ConvTransposeOptions{.stride = 2,
/// .padding = 1}> doubles both sides, and with sizes given at run time ConvTranspose2D{6, 4, {.stride = 2, .padding =
/// 1}}. height x width x channels in, one channel per filter and (sides - 1) * stride - 2 * padding + (kernel - 1) *
/// dilation + output_padding + 1 pixels out, as PyTorch's. Throws shape_error where nothing is left.
template <Index Filters = dynamic, Sides Kernel = 1, ConvTransposeOptions Options = ConvTransposeOptions{}>
struct ConvTranspose2D : TransposedConvolutionLayer<ConvTranspose2D<Filters, Kernel, Options>> {
  static constexpr std::string_view name() { return "ConvTranspose2D"; }
  static constexpr TransposedConvolution settings() { return {Filters, Kernel, Options}; }
  constexpr bool operator==(const ConvTranspose2D&) const = default;
};

template <>
struct ConvTranspose2D<> : TransposedConvolutionLayer<ConvTranspose2D<>> {
  constexpr ConvTranspose2D(std::integral auto filters, Sides kernel, ConvTransposeOptions options = {})
      : settings_{static_cast<Index>(filters), kernel, options} {}

  static constexpr std::string_view name() { return "ConvTranspose2D"; }
  constexpr TransposedConvolution settings() const { return settings_; }
  constexpr TransposedConvolution& settings() { return settings_; }
  constexpr bool operator==(const ConvTranspose2D&) const = default;

 private:
  TransposedConvolution settings_;
};

template <std::integral Count>
ConvTranspose2D(Count, Sides, ConvTransposeOptions = {}) -> ConvTranspose2D<>;

}  // namespace nn
