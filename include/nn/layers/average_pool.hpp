// SPDX-License-Identifier: MIT
// y(row, column, channel) = the mean of x under the window
#pragma once

#include <concepts>
#include <type_traits>

#include <nn/layers/base/pooling.hpp>

namespace nn {

namespace detail {

template <class Derived>
struct Averaging : PoolingLayer<Derived> {
  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Window window = this->window_over(input);
    const T share = T(1) / T(window.rows.kernel * window.columns.kernel);
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const T* image = x.data() + sample * x.rows();
      for_each_position(window, [&](Index row, Index column, Index position) {
        const Index place = position * window.channels;
        VectorView<T> mean(y.data() + sample * y.rows() + place, window.channels);
        mean.setZero();
        for_each_pixel(window, row, column,
                       [&](Index, Index pixel) { mean += ConstVectorView<T>(image + pixel, window.channels); });
        mean *= share;
      });
    }
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Window window = this->window_over(input);
    const T share = T(1) / T(window.rows.kernel * window.columns.kernel);
    gradients.input.setZero();
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      T* dx = gradients.input.data() + sample * gradients.input.rows();
      for_each_position(window, [&](Index row, Index column, Index position) {
        const Index place = position * window.channels;
        const ConstVectorView<T> dy(gradients.output.data() + sample * gradients.output.rows() + place,
                                    window.channels);
        for_each_pixel(window, row, column,
                       [&](Index, Index pixel) { VectorView<T>(dx + pixel, window.channels) += share * dy; });
      });
    }
  }
};

}  // namespace detail

/// AveragePool2D<2>, AveragePool2D<Sides{2, 3}, PoolOptions{.stride = 1}>, and with sizes given at run time
/// AveragePool2D{2}. The zeros of the padding count, as in PyTorch.
template <Sides Size = 0, PoolOptions Options = PoolOptions{}>
struct AveragePool2D : detail::Averaging<AveragePool2D<Size, Options>> {
  static constexpr std::string_view name() { return "AveragePool2D"; }
  static constexpr Pooling settings() { return with_stride({Size, Options}); }
  constexpr bool operator==(const AveragePool2D&) const = default;
};

template <>
struct AveragePool2D<> : detail::Averaging<AveragePool2D<>> {
  constexpr explicit AveragePool2D(Sides size, PoolOptions options = {}) : settings_(with_stride({size, options})) {}
  static constexpr std::string_view name() { return "AveragePool2D"; }
  constexpr Pooling settings() const { return settings_; }
  constexpr Pooling& settings() { return settings_; }
  constexpr bool operator==(const AveragePool2D&) const = default;

 private:
  Pooling settings_;
};

AveragePool2D(Sides, PoolOptions = {})->AveragePool2D<>;

/// The same over time, for 1 x time x channels: AveragePool1D<2>, AveragePool1D{2}. What the options say of heights is
/// ignored.
template <Index Size = dynamic, PoolOptions Options = PoolOptions{}>
struct AveragePool1D : detail::Averaging<AveragePool1D<Size, Options>> {
  static constexpr std::string_view name() { return "AveragePool1D"; }
  static constexpr Pooling settings() { return with_stride(over_time(Size, Options)); }
  constexpr bool operator==(const AveragePool1D&) const = default;
};

template <>
struct AveragePool1D<> : detail::Averaging<AveragePool1D<>> {
  constexpr explicit AveragePool1D(std::integral auto size, PoolOptions options = {})
      : settings_(with_stride(over_time(static_cast<Index>(size), options))) {}
  static constexpr std::string_view name() { return "AveragePool1D"; }
  constexpr Pooling settings() const { return settings_; }
  constexpr Pooling& settings() { return settings_; }
  constexpr void validate() const {
    require_over_time(name(), settings_ == with_stride(over_time(settings_.size.width, settings_.options)));
  }
  constexpr bool operator==(const AveragePool1D&) const = default;

 private:
  Pooling settings_;
};

template <std::integral Size>
AveragePool1D(Size, PoolOptions = {}) -> AveragePool1D<>;

}  // namespace nn
