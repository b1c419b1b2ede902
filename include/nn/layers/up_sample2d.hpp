// SPDX-License-Identifier: MIT
// y(row, column) = x(row / height, column / width), rounded down: every pixel repeated
#pragma once

#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/core/window.hpp>

namespace nn {

namespace detail {

template <class Derived>
struct UpSampling {
  static constexpr std::string_view name() { return "UpSample2D"; }

  constexpr Shape output_shape(Shape input) const {
    const Sides factors = self().factors();
    require_at_least(name(), factors, 1, "the factors");
    return {checked_product(input.height, factors.height), checked_product(input.width, factors.width), input.channels};
  }

  void forward(Shape input, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for_each_copy(input, x.cols(), [&](Index pixel, Index copy) {
      VectorView<T>(y.data() + copy, input.channels) = ConstVectorView<T>(x.data() + pixel, input.channels);
    });
  }

  /// A pixel's gradient is the sum of those of its copies.
  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    gradients.input.setZero();
    for_each_copy(input, values.input.cols(), [&](Index pixel, Index copy) {
      VectorView<T>(gradients.input.data() + pixel, input.channels) +=
          ConstVectorView<T>(gradients.output.data() + copy, input.channels);
    });
  }

  static void for_each_option(auto& layer, auto option) {
    auto&& factors = layer.factors();
    option("height", factors.height);
    option("width", factors.width);
  }
  constexpr bool operator==(const UpSampling&) const = default;

 private:
  constexpr const Derived& self() const { return static_cast<const Derived&>(*this); }

  // Calls visit(where the pixel begins, where its copy begins) for all samples.
  template <class Visit>
  void for_each_copy(Shape input, Index samples, Visit&& visit) const {
    const auto [height, width] = self().factors();
    Index copy = 0;
    for (Index row = 0; row < samples * input.height * height; ++row)
      for (Index column = 0; column < input.width * width; ++column, copy += input.channels)
        visit((row / height * input.width + column / width) * input.channels, copy);
  }
};

}  // namespace detail

/// UpSample2D<2>, UpSample2D<Sides{2, 3}>, and with factors given at run time UpSample2D{2}: each pixel of a height x
/// width x channels image so many times below itself, and so many times beside. Throws shape_error where a factor is
/// below 1.
template <Sides Factors = 0>
struct UpSample2D : detail::UpSampling<UpSample2D<Factors>> {
  static constexpr Sides factors() { return Factors; }
  constexpr bool operator==(const UpSample2D&) const = default;
};

template <>
struct UpSample2D<> : detail::UpSampling<UpSample2D<>> {
  constexpr explicit UpSample2D(Sides factors) : factors_(factors) {}
  constexpr Sides factors() const { return factors_; }
  constexpr Sides& factors() { return factors_; }
  constexpr bool operator==(const UpSample2D&) const = default;

 private:
  Sides factors_;
};

UpSample2D(Sides)->UpSample2D<>;

}  // namespace nn
