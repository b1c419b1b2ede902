// SPDX-License-Identifier: MIT
// y = x P(x), P(x) = erfc(-x / sqrt 2) / 2 being the normal distribution function
#pragma once

#include <cmath>

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Gaussian error linear unit (Hendrycks and Gimpel 2016), exact; GELUTanh is their faster approximation.
struct GELU : Elementwise<GELU> {
  static constexpr std::string_view name() { return "GELU"; }
  auto value(auto x) const { return stable::damped(x, distribution(x)); }
  /// P(x) + x P'(x)
  auto slope(auto x, auto) const {
    using std::exp;
    using T = decltype(x);
    const T density = T(0.39894228040143267793994605993438) * exp(T(-0.5) * x * x);  // 1 / sqrt(2 pi)
    return distribution(x) + stable::damped(x, density);
  }
  constexpr bool operator==(const GELU&) const = default;

 private:
  // Of -x, as 1 + erf(x) would lose all digits far below 0.
  template <class T>
  static T distribution(T x) {
    using std::erfc;
    return T(0.5) * erfc(T(T(-0.70710678118654752440084436210485) * x));  // 1 / sqrt 2
  }
};

}  // namespace nn
