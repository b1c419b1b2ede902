// SPDX-License-Identifier: MIT
// y(row, column, channel) = the largest x under the window
#pragma once

#include <algorithm>

#include <nn/core/patches.hpp>
#include <nn/core/pooling.hpp>

namespace nn {

namespace detail {

template <class Derived>
struct MaxPooling : PoolingLayer<Derived> {
  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Window window = this->window_over(input);
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const T* image = x.data() + sample * x.rows();
      this->for_each_position(window, [&](Index row, Index column, Index place) {
        T* largest = y.data() + sample * y.rows() + place;
        bool is_first = true;
        this->for_each_pixel(window, row, column, [&](Index pixel) {
          const T* numbers = image + pixel;
          for (Index i = 0; i < window.channels; ++i)
            if (is_first || numbers[i] > largest[i] || numbers[i] != numbers[i]) largest[i] = numbers[i];
          is_first = false;
        });
      });
    }
  }

  /// The winner is found again: the first x that is y.
  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Window window = this->window_over(input);
    gradients.input.setZero();
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      const T* x = values.input.data() + sample * values.input.rows();
      T* dx = gradients.input.data() + sample * values.input.rows();
      this->for_each_position(window, [&](Index row, Index column, Index place) {
        const T* y = values.output.data() + sample * values.output.rows() + place;
        const T* dy = gradients.output.data() + sample * values.output.rows() + place;
        for (Index i = 0; i < window.channels; ++i) {
          bool is_found = false;
          this->for_each_pixel(window, row, column, [&](Index pixel) {
            if (is_found || !(x[pixel + i] == y[i] || x[pixel + i] != x[pixel + i])) return;
            dx[pixel + i] += dy[i];
            is_found = true;
          });
        }
      });
    }
  }
};

}  // namespace detail

/// MaxPool2D<2>, MaxPool2D<Sides{2, 3}, PoolOptions{.stride = 1}>, and with sizes given at run time MaxPool2D{2}.
/// Padding never wins. Of equal numbers the first has won and takes the gradient; NaN wins over all, as in PyTorch.
template <Sides Size = 0, PoolOptions Options = PoolOptions{}>
struct MaxPool2D : detail::MaxPooling<MaxPool2D<Size, Options>> {
  static constexpr std::string_view name() { return "MaxPool2D"; }
  static constexpr Pooling settings() { return {Size, Options}; }
  constexpr bool operator==(const MaxPool2D&) const = default;
};

template <>
struct MaxPool2D<> : detail::MaxPooling<MaxPool2D<>> {
  constexpr explicit MaxPool2D(Sides size, PoolOptions options = {}) : settings_{size, options} {}
  static constexpr std::string_view name() { return "MaxPool2D"; }
  constexpr Pooling settings() const { return settings_; }
  constexpr bool operator==(const MaxPool2D&) const = default;

 private:
  Pooling settings_;
};

MaxPool2D(Sides, PoolOptions = {})->MaxPool2D<>;

}  // namespace nn
