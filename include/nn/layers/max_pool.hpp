// SPDX-License-Identifier: MIT
// y(row, column, channel) = the largest x under the window
#pragma once

#include <concepts>
#include <limits>
#include <type_traits>

#include <nn/kernels/elementary_functions.hpp>
#include <nn/layers/base/pooling.hpp>

namespace nn {

namespace detail {

template <class T>
using Numbers = typename kernels::Pack<T, kernels::lanes<T>>::type;

/// Some neighbouring channels of the largest numbers under a window.
template <class T>
struct MaxPoolPiece {
  static constexpr Index lanes = kernels::lanes<T>;
  Index first, count;

  void load(Numbers<T>& numbers, const T* from) const { kernels::load_first<lanes, T>(numbers, from + first, count); }
  void store(const Numbers<T>& numbers, T* to) const { kernels::store_first<lanes, T>(numbers, to + first, count); }

  void forward(const PixelsInside& inside, const T* x, T* y) const {
    Numbers<T> numbers, largest = Numbers<T>{} - std::numeric_limits<T>::infinity();
    for (Index r = inside.row_begin; r < inside.row_end; ++r)
      for (Index c = inside.column_begin; c < inside.column_end; ++c) {
        load(numbers, x + inside.place(r, c));
        largest = ((numbers > largest) | kernels::is_nan<T>(numbers)) ? numbers : largest;
      }
    store(largest, y);
  }

  /// The winner is found again: the first x that is y.
  template <bool Add>
  void backward(const PixelsInside& inside, const T* x, const T* y, const T* dy, T* dx) const {
    Numbers<T> numbers, largest, gradient, sum{};
    load(largest, y);
    load(gradient, dy);
    for (Index r = inside.row_begin; r < inside.row_end; ++r)
      for (Index c = inside.column_begin; c < inside.column_end; ++c) {
        const Index pixel = inside.place(r, c);
        load(numbers, x + pixel);
        const auto wins = (numbers == largest) | kernels::is_nan<T>(numbers);
        if constexpr (Add) load(sum, dx + pixel);
        store(Add ? sum + (wins ? gradient : Numbers<T>{}) : wins ? gradient : Numbers<T>{}, dx + pixel);
        gradient = wins ? Numbers<T>{} : gradient;  // the others get nothing
      }
  }
};

template <class Derived>
struct MaxPooling : PoolingLayer<Derived> {
  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Window window = this->window_over(input);
    for (Index sample = 0; sample < x.cols(); ++sample) {
      const T* from = x.data() + sample * x.rows();
      T* to = y.data() + sample * y.rows();
      if constexpr (std::is_floating_point_v<T>) {
        kernels::for_each_piece<T>(window.channels, [&](Index first, Index count) {
          for_each_window(window,
                          [from, to, piece = MaxPoolPiece<T>{first, count}](const PixelsInside& inside, Index place) {
                            piece.forward(inside, from, to + place);
                          });
        });
      } else {
        for_each_position(window, [&](Index row, Index column, Index position) {
          T* largest = to + position * window.channels;
          bool is_first = true;
          for_each_pixel(window, row, column, [&](Index, Index pixel) {
            for (Index i = 0; i < window.channels; ++i)
              if (is_first || from[pixel + i] > largest[i] || from[pixel + i] != from[pixel + i])
                largest[i] = from[pixel + i];
            is_first = false;
          });
        });
      }
    }
  }

  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Window window = this->window_over(input);
    const bool do_overlap = window.rows.stride < window.rows.kernel || window.columns.stride < window.columns.kernel;
    if (do_overlap || !window.rows.is_tiled() || !window.columns.is_tiled()) gradients.input.setZero();
    for (Index sample = 0; sample < values.input.cols(); ++sample) {
      const T* x = values.input.data() + sample * values.input.rows();
      const T* y = values.output.data() + sample * values.output.rows();
      const T* dy = gradients.output.data() + sample * values.output.rows();
      T* dx = gradients.input.data() + sample * values.input.rows();
      kernels::for_each_piece<T>(window.channels, [&](Index first, Index count) {
        const MaxPoolPiece<T> piece{first, count};
        if (do_overlap)
          for_each_window(window, [=](const PixelsInside& inside, Index place) {
            piece.template backward<true>(inside, x, y + place, dy + place, dx);
          });
        else
          for_each_window(window, [=](const PixelsInside& inside, Index place) {
            piece.template backward<false>(inside, x, y + place, dy + place, dx);
          });
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
  static constexpr Pooling settings() { return with_stride({Size, Options}); }
  constexpr bool operator==(const MaxPool2D&) const = default;
};

template <>
struct MaxPool2D<> : detail::MaxPooling<MaxPool2D<>> {
  constexpr explicit MaxPool2D(Sides size, PoolOptions options = {}) : settings_(with_stride({size, options})) {}
  static constexpr std::string_view name() { return "MaxPool2D"; }
  constexpr Pooling settings() const { return settings_; }
  constexpr Pooling& settings() { return settings_; }
  constexpr bool operator==(const MaxPool2D&) const = default;

 private:
  Pooling settings_;
};

MaxPool2D(Sides, PoolOptions = {})->MaxPool2D<>;

/// The same over time, for 1 x time x channels: MaxPool1D<2>, MaxPool1D{2}. What the options say of heights is ignored.
template <Index Size = dynamic, PoolOptions Options = PoolOptions{}>
struct MaxPool1D : detail::MaxPooling<MaxPool1D<Size, Options>> {
  static constexpr std::string_view name() { return "MaxPool1D"; }
  static constexpr Pooling settings() { return with_stride(over_time(Size, Options)); }
  constexpr bool operator==(const MaxPool1D&) const = default;
};

template <>
struct MaxPool1D<> : detail::MaxPooling<MaxPool1D<>> {
  constexpr explicit MaxPool1D(std::integral auto size, PoolOptions options = {})
      : settings_(with_stride(over_time(static_cast<Index>(size), options))) {}
  static constexpr std::string_view name() { return "MaxPool1D"; }
  constexpr Pooling settings() const { return settings_; }
  constexpr Pooling& settings() { return settings_; }
  constexpr void validate() const {
    require_over_time(name(), settings_ == with_stride(over_time(settings_.size.width, settings_.options)));
  }
  constexpr bool operator==(const MaxPool1D&) const = default;

 private:
  Pooling settings_;
};

template <std::integral Size>
MaxPool1D(Size, PoolOptions = {}) -> MaxPool1D<>;

}  // namespace nn
