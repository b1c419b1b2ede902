// SPDX-License-Identifier: MIT
// y(row, column) = W (the patch of x under the kernel) + b
#pragma once

#include <concepts>

#include <nn/layers/base/convolution.hpp>

namespace nn {

/// Convolution of images: Conv2D<6, 5>, Conv2D<6, Sides{3, 5}, ConvOptions{.padding = 2}>, and the same with sizes
/// given at run time: Conv2D{6, 5}, Conv2D{6, {3, 5}, {.padding = 2}}. height x width x channels in, one channel per
/// filter out. With as many groups as channels it is a depthwise convolution. Throws shape_error where the kernel does
/// not fit.
template <Index Filters = dynamic, Sides Kernel = 1, ConvOptions Options = ConvOptions{}>
struct Conv2D : ConvolutionLayer<Conv2D<Filters, Kernel, Options>> {
  static constexpr std::string_view name() { return "Conv2D"; }
  static constexpr Convolution settings() { return {Filters, Kernel, Options}; }
  constexpr bool operator==(const Conv2D&) const = default;
};

template <>
struct Conv2D<> : ConvolutionLayer<Conv2D<>> {
  constexpr Conv2D(std::integral auto filters, Sides kernel, ConvOptions options = {})
      : settings_{static_cast<Index>(filters), kernel, options} {}

  static constexpr std::string_view name() { return "Conv2D"; }
  constexpr Convolution settings() const { return settings_; }
  constexpr Convolution& settings() { return settings_; }
  constexpr bool operator==(const Conv2D&) const = default;

 private:
  Convolution settings_;
};

template <std::integral Count>
Conv2D(Count, Sides, ConvOptions = {}) -> Conv2D<>;

}  // namespace nn
