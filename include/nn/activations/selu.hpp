// SPDX-License-Identifier: MIT
// y = scale x where x > 0, else scale alpha (e^x - 1)
#pragma once

#include <cmath>

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Scaled exponential linear unit (Klambauer et al. 2017, eq. 2 and 14): mean 0 and variance 1 pass through layers
/// whose weights are drawn by lecun_normal. At 0 its derivative is scale alpha, as in PyTorch.
struct SELU : Elementwise<SELU> {
  static constexpr double scale = 1.0507009873554804934193349852946;
  static constexpr double alpha = 1.6732632423543772848170429916717;

  static constexpr std::string_view name() { return "SELU"; }
  auto value(auto x) const {
    using std::expm1;
    using T = decltype(x);
    return x > 0 ? T(T(scale) * x) : T(T(scale * alpha) * expm1(x));
  }
  auto slope(auto x, auto) const {
    using std::exp;
    using T = decltype(x);
    return x > 0 ? T(scale) : T(T(scale * alpha) * exp(x));
  }
  constexpr bool operator==(const SELU&) const = default;
};

}  // namespace nn
