// SPDX-License-Identifier: MIT
// y = 1 / (1 + e^-x)
#pragma once

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

struct Sigmoid : Elementwise<Sigmoid> {
  static constexpr std::string_view name() { return "Sigmoid"; }
  auto value(auto x) const { return stable::sigmoid(x); }
  template <class T>
  static void values(const kernels::Numbers<T>& x, kernels::Numbers<T>& y) {
    kernels::sigmoid<T>(x, y);
  }
  template <class T>
  static void all_values(const T* x, Index count, T* y) {
    kernels::sigmoids(x, count, y);
  }
  auto slope(auto, auto y) const { return y * (1 - y); }
  constexpr bool operator==(const Sigmoid&) const = default;
};

}  // namespace nn
