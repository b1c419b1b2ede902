// SPDX-License-Identifier: MIT
// y = 1 / (1 + e^-x)
#pragma once

#include <cmath>

#include <nn/core/elementwise.hpp>

namespace nn {

struct Sigmoid : Elementwise<Sigmoid> {
  static constexpr std::string_view name() { return "Sigmoid"; }
  auto value(auto x) const {
    using std::exp;
    using T = decltype(x);
    // exp of a number that is not positive cannot overflow, and both forms are the same function.
    const T e = exp(x < 0 ? x : T(-x));
    return x < 0 ? T(e / (1 + e)) : T(1 / (1 + e));
  }
  template <class T>
  static void values(const kernels::Numbers<T>& x, kernels::Numbers<T>& y) {
    kernels::sigmoid<T>(x, y);
  }
  auto slope(auto, auto y) const { return y * (1 - y); }
  constexpr bool operator==(const Sigmoid&) const = default;
};

}  // namespace nn
