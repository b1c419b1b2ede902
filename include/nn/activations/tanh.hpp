// SPDX-License-Identifier: MIT
// y = tanh x
#pragma once

#include <cmath>

#include <nn/layers/base/elementwise.hpp>

namespace nn {

struct Tanh : Elementwise<Tanh> {
  static constexpr std::string_view name() { return "Tanh"; }
  auto value(auto x) const {
    using std::tanh;
    return tanh(x);
  }
  template <class T>
  static void values(const kernels::Numbers<T>& x, kernels::Numbers<T>& y) {
    kernels::hyperbolic_tangent<T>(x, y);
  }
  template <class T>
  static void all_values(const T* x, Index count, T* y) {
    kernels::hyperbolic_tangents(x, count, y);
  }
  auto slope(auto, auto y) const { return 1 - y * y; }
  constexpr bool operator==(const Tanh&) const = default;
};

}  // namespace nn
