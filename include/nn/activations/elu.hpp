// SPDX-License-Identifier: MIT
// y = x where x > 0, else alpha (e^x - 1)
#pragma once

#include <cmath>

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Exponential linear unit (Clevert et al. 2016). At 0 its derivative is alpha, as in PyTorch.
struct ELU : Elementwise<ELU> {
  double alpha = 1;  ///< the limit far below 0 is -alpha; 1 as the paper, PyTorch and Keras

  constexpr ELU() = default;
  constexpr explicit ELU(double depth_below_zero) : alpha(depth_below_zero) {}

  static constexpr std::string_view name() { return "ELU"; }
  auto value(auto x) const {
    using std::expm1;
    using T = decltype(x);
    return x > 0 ? x : T(T(alpha) * expm1(x));
  }
  auto slope(auto x, auto) const {
    using std::exp;
    using T = decltype(x);
    return x > 0 ? T(1) : T(T(alpha) * exp(x));
  }
  static void for_each_option(auto& layer, auto option) { option("alpha", layer.alpha); }
  constexpr bool operator==(const ELU&) const = default;
};

}  // namespace nn
