// SPDX-License-Identifier: MIT
// Dual numbers: (f, f') travels through the same code as f, and the derivative comes out exact.
#pragma once

#include <cmath>
#include <concepts>
#include <limits>

#include <nn/core/views.hpp>

namespace nn {

/// a + a' e with e * e = 0 (Clifford 1873; forward-mode differentiation as Wengert 1964). Comparisons look at the
/// value alone. At a kink the derivative of abs is 0, and max and min take the argument with the smaller derivative,
/// so that max(0, x) has the slope 0 at 0 that ReLU has.
template <std::floating_point T>
struct Dual {
  T value = 0;
  T derivative = 0;

  constexpr Dual() = default;
  /// A constant.
  template <class Number>
  requires std::integral<Number> || std::floating_point<Number>
  constexpr Dual(Number number) : value(static_cast<T>(number)) {}
  constexpr Dual(T number, T slope) : value(number), derivative(slope) {}

  constexpr Dual& operator+=(const Dual& b) { return *this = *this + b; }
  constexpr Dual& operator-=(const Dual& b) { return *this = *this - b; }
  constexpr Dual& operator*=(const Dual& b) { return *this = *this * b; }
  constexpr Dual& operator/=(const Dual& b) { return *this = *this / b; }

  friend constexpr Dual operator+(const Dual& a) { return a; }
  friend constexpr Dual operator-(const Dual& a) { return {-a.value, -a.derivative}; }
  friend constexpr Dual operator+(const Dual& a, const Dual& b) {
    return {a.value + b.value, a.derivative + b.derivative};
  }
  friend constexpr Dual operator-(const Dual& a, const Dual& b) {
    return {a.value - b.value, a.derivative - b.derivative};
  }
  friend constexpr Dual operator*(const Dual& a, const Dual& b) {
    return {a.value * b.value, a.derivative * b.value + a.value * b.derivative};
  }
  friend constexpr Dual operator/(const Dual& a, const Dual& b) {
    const T quotient = a.value / b.value;
    return {quotient, (a.derivative - quotient * b.derivative) / b.value};
  }

  friend constexpr bool operator==(const Dual& a, const Dual& b) { return a.value == b.value; }
  friend constexpr auto operator<=>(const Dual& a, const Dual& b) { return a.value <=> b.value; }

  friend Dual exp(const Dual& x) {
    const T y = std::exp(x.value);
    return {y, chain(y, x)};
  }
  friend Dual expm1(const Dual& x) {
    const T y = std::expm1(x.value);
    return {y, chain(y + 1, x)};
  }
  friend Dual log(const Dual& x) { return {std::log(x.value), chain(1 / x.value, x)}; }
  friend Dual log1p(const Dual& x) { return {std::log1p(x.value), chain(1 / (1 + x.value), x)}; }
  friend Dual sqrt(const Dual& x) {
    const T y = std::sqrt(x.value);
    return {y, chain(T(0.5) / y, x)};
  }
  friend Dual sin(const Dual& x) { return {std::sin(x.value), chain(std::cos(x.value), x)}; }
  friend Dual cos(const Dual& x) { return {std::cos(x.value), chain(-std::sin(x.value), x)}; }
  friend Dual tan(const Dual& x) {
    const T y = std::tan(x.value);
    return {y, chain(1 + y * y, x)};
  }
  friend Dual atan(const Dual& x) { return {std::atan(x.value), chain(1 / (1 + x.value * x.value), x)}; }
  friend Dual sinh(const Dual& x) { return {std::sinh(x.value), chain(std::cosh(x.value), x)}; }
  friend Dual cosh(const Dual& x) { return {std::cosh(x.value), chain(std::sinh(x.value), x)}; }
  friend Dual tanh(const Dual& x) {
    const T y = std::tanh(x.value);
    return {y, chain(1 - y * y, x)};
  }
  friend Dual erf(const Dual& x) {
    const T two_over_root_pi = T(1.128379167095512573896158903121545172L);
    return {std::erf(x.value), chain(two_over_root_pi * std::exp(-x.value * x.value), x)};
  }
  friend Dual erfc(const Dual& x) { return {std::erfc(x.value), -erf(x).derivative}; }
  friend Dual pow(const Dual& base, const Dual& exponent) {
    const T y = std::pow(base.value, exponent.value);
    // x^0 is flat, also at 0, where 0 / 0 would say NaN.
    const T by_base =
        exponent.value == 0 ? T(0) : chain(exponent.value * std::pow(base.value, exponent.value - 1), base);
    // A constant exponent asks no logarithm, which a negative base does not have; and 0^x is flat where x > 0.
    const T by_exponent = exponent.derivative == 0 || y == 0 ? T(0) : y * std::log(base.value) * exponent.derivative;
    return {y, by_base + by_exponent};
  }
  friend constexpr Dual abs(const Dual& x) {
    const T sign = x.value > 0 ? T(1) : x.value < 0 ? T(-1) : T(0);
    return {x.value < 0 ? -x.value : x.value, sign * x.derivative};
  }
  friend constexpr Dual fabs(const Dual& x) { return abs(x); }
  friend Dual trunc(const Dual& x) { return {std::trunc(x.value), T(0)}; }
  friend constexpr Dual max(const Dual& a, const Dual& b) { return a > b ? a : b > a ? b : flatter(a, b); }
  friend constexpr Dual min(const Dual& a, const Dual& b) { return a < b ? a : b < a ? b : flatter(a, b); }

 private:
  // f'(x) x', and 0 where x does not move, even where f' is infinite.
  static constexpr T chain(T slope, const Dual& x) { return x.derivative == 0 ? T(0) : slope * x.derivative; }
  // At a tie; the first where a comparison with NaN said neither, so that NaN is not lost.
  static constexpr Dual flatter(const Dual& a, const Dual& b) {
    if (a.value != b.value) return a.value != a.value ? a : b;
    const T slope_a = a.derivative < 0 ? -a.derivative : a.derivative;
    const T slope_b = b.derivative < 0 ? -b.derivative : b.derivative;
    return slope_a <= slope_b ? a : b;
  }
};

}  // namespace nn

/// What Eigen must know to keep dual numbers in its matrices.
template <class T>
struct Eigen::NumTraits<nn::Dual<T>> : Eigen::NumTraits<T> {
  using Real = nn::Dual<T>;
  using NonInteger = nn::Dual<T>;
  using Nested = nn::Dual<T>;
  using Literal = nn::Dual<T>;
  static constexpr int IsComplex = 0, IsInteger = 0, IsSigned = 1, RequireInitialization = 1;
  static constexpr int ReadCost = 2, AddCost = 2, MulCost = 4;
};
