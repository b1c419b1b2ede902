// SPDX-License-Identifier: MIT
// y = min(max(x + 3, 0), 6) / 6
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Three straight lines in place of a sigmoid (Howard et al. 2019), as PyTorch's and unlike that of early Keras, which
/// is clipped at 2.5. At its two kinks the derivative is 0. NaN stays NaN.
struct HardSigmoid : Elementwise<HardSigmoid> {
  static constexpr std::string_view name() { return "HardSigmoid"; }
  auto value(auto x) const {
    using T = decltype(x);
    return x <= -3 ? T(0) : x >= 3 ? T(1) : T((x + 3) / 6);
  }
  auto slope(auto x, auto) const {
    using T = decltype(x);
    return x > -3 && x < 3 ? T(1) / T(6) : T(0);
  }
  constexpr bool operator==(const HardSigmoid&) const = default;
};

}  // namespace nn
