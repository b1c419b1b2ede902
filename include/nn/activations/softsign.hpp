// SPDX-License-Identifier: MIT
// y = x / (1 + |x|)
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Between -1 and 1 as tanh, and slower to saturate (Bergstra et al. 2009).
struct Softsign : Elementwise<Softsign> {
  static constexpr std::string_view name() { return "Softsign"; }
  auto value(auto x) const {
    using T = decltype(x);
    const T magnitude = x < 0 ? T(-x) : x;
    if (magnitude < 1) return T(x / (1 + magnitude));
    return T((x < 0 ? T(-1) : T(1)) / (1 + 1 / magnitude));  // the same, and 1 at infinity
  }
  /// 1 / (1 + |x|)^2
  auto slope(auto x, auto) const {
    using T = decltype(x);
    const T root = 1 / (1 + (x < 0 ? T(-x) : x));
    return root * root;
  }
  constexpr bool operator==(const Softsign&) const = default;
};

}  // namespace nn
