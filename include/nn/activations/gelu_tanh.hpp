// SPDX-License-Identifier: MIT
// y = x/2 (1 + tanh u) = x sigmoid(2u), u = sqrt(2 / pi) (x + 0.044715 x^3)
#pragma once

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// GELU within 5e-4 and faster (Hendrycks and Gimpel 2016); GELU(approximate="tanh") of PyTorch, as in GPT-2.
struct GELUTanh : Elementwise<GELUTanh> {
  static constexpr double linear = 1.5957691216057307117597842397375;  // 2 sqrt(2 / pi)
  static constexpr double cubic = 0.044715 * linear;

  static constexpr std::string_view name() { return "GELUTanh"; }
  auto value(auto x) const {
    using T = decltype(x);
    return stable::damped(x, stable::sigmoid(T(x * (T(linear) + T(cubic) * x * x))));
  }
  template <class T>
  static void values(const kernels::Numbers<T>& x, kernels::Numbers<T>& y) {
    kernels::Numbers<T> share;
    kernels::sigmoid<T>(x * (T(linear) + T(cubic) * x * x), share);
    y = share == T(0) ? share : x * share;
  }
  /// s + x s (1 - s) (2u)', s = sigmoid(2u)
  auto slope(auto x, auto) const {
    using T = decltype(x);
    const T share = stable::sigmoid(T(x * (T(linear) + T(cubic) * x * x))), change = share * (1 - share);
    return change == 0 ? share : T(share + x * change * (T(linear) + T(3 * cubic) * x * x));
  }
  constexpr bool operator==(const GELUTanh&) const = default;
};

}  // namespace nn
