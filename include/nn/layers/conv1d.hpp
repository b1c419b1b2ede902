// SPDX-License-Identifier: MIT
// y(time) = W (the part of x under the kernel) + b
#pragma once

#include <concepts>

#include <nn/layers/base/convolution.hpp>

namespace nn {

/// Convolution over time, for 1 x time x channels: Conv1D<8, 3>, Conv1D<8, 3, ConvOptions{.dilation = 4}>, and the same
/// with sizes given at run time: Conv1D{8, 3}. One channel per filter comes out. What the options say of heights is
/// ignored. Throws shape_error where the kernel does not fit.
template <Index Filters = dynamic, Index Kernel = 1, ConvOptions Options = ConvOptions{}>
struct Conv1D : ConvolutionLayer<Conv1D<Filters, Kernel, Options>> {
  static constexpr std::string_view name() { return "Conv1D"; }
  static constexpr Convolution settings() { return over_time(Filters, Kernel, Options); }
  constexpr bool operator==(const Conv1D&) const = default;
};

template <>
struct Conv1D<> : ConvolutionLayer<Conv1D<>> {
  constexpr Conv1D(std::integral auto filters, std::integral auto kernel, ConvOptions options = {})
      : settings_(over_time(static_cast<Index>(filters), static_cast<Index>(kernel), options)) {}

  static constexpr std::string_view name() { return "Conv1D"; }
  constexpr Convolution settings() const { return settings_; }
  constexpr Convolution& settings() { return settings_; }
  constexpr void validate() const {
    require_over_time(name(), settings_ == over_time(settings_.filters, settings_.kernel.width, settings_.options));
  }
  constexpr bool operator==(const Conv1D&) const = default;

 private:
  Convolution settings_;
};

template <std::integral Count, std::integral Size>
Conv1D(Count, Size, ConvOptions = {}) -> Conv1D<>;

}  // namespace nn
