// SPDX-License-Identifier: MIT
// y = x sigmoid(x)
#pragma once

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Sigmoid linear unit (Elfwing et al. 2018), also called swish (Ramachandran et al. 2017).
struct SiLU : Elementwise<SiLU> {
  static constexpr std::string_view name() { return "SiLU"; }
  auto value(auto x) const { return stable::damped(x, stable::sigmoid(x)); }
  template <class T>
  static void values(const kernels::Numbers<T>& x, kernels::Numbers<T>& y) {
    kernels::Numbers<T> share;
    kernels::sigmoid<T>(x, share);
    y = share == T(0) ? share : x * share;
  }
  /// s + x s (1 - s)
  auto slope(auto x, auto) const {
    using T = decltype(x);
    const T share = stable::sigmoid(x);
    return share + stable::damped(x, T(share * (1 - share)));
  }
  constexpr bool operator==(const SiLU&) const = default;
};

}  // namespace nn
