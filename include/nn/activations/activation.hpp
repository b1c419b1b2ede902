// SPDX-License-Identifier: MIT
// y = f(x), and the derivative computed from f alone
#pragma once

#include <cmath>
#include <string_view>

#include <nn/core/dual.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Any function of one number as a layer: F is called with float, double or a dual number, and may use exp, log, tanh,
/// sqrt, pow, sin, cos, abs, max, min and comparisons (`using std::exp; return x / (1 + exp(-x));`). It may have a
/// `static constexpr std::string_view name()`, which files and messages then show, and list the numbers that it holds
/// by `static void for_each_option(auto& function, auto option)`, as a layer does, so that files have them.
template <class F>
struct Activation : Elementwise<Activation<F>> {
  [[no_unique_address]] F function{};

  constexpr Activation() = default;
  constexpr explicit Activation(F f) : function(f) {}

  static constexpr std::string_view name() {
    if constexpr (requires { F::name(); }) return F::name();
    return "Activation";
  }
  static void for_each_option(auto& layer, auto option) {
    if constexpr (requires { F::for_each_option(layer.function, option); }) F::for_each_option(layer.function, option);
  }
  auto value(auto x) const { return static_cast<decltype(x)>(function(x)); }
  auto slope(auto x, auto) const {
    const Dual<decltype(x)> y = function(Dual<decltype(x)>(x, 1));
    return y.derivative;
  }
  constexpr bool operator==(const Activation& other) const {
    if constexpr (std::equality_comparable<F>) return function == other.function;
    return true;  // a function without a comparison is taken for what its type says
  }
};

}  // namespace nn
