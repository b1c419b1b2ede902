// SPDX-License-Identifier: MIT
// y = min(max(x, lowest), highest)
#pragma once

#include <nn/core/finite.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// x clipped, to -1 and 1 when nothing else is given (Collobert 2004); HardTanh{0, 6} is known as ReLU6. At its two
/// kinks the derivative is 0, as in PyTorch. NaN stays NaN. Throws data_error unless lowest < highest.
struct HardTanh : Elementwise<HardTanh> {
  double lowest = -1;  ///< as PyTorch's min_val and max_val
  double highest = 1;

  constexpr HardTanh() = default;
  constexpr HardTanh(double least, double most) : lowest(least), highest(most) { validate(); }

  constexpr void validate() const {
    if (!is_finite(lowest) || !is_finite(highest) || lowest >= highest)
      throw data_error("HardTanh: the lowest value must be below the highest, both of them finite, got ", lowest,
                       " and ", highest, "; -1 and 1 are usual");
  }

  static constexpr std::string_view name() { return "HardTanh"; }
  auto value(auto x) const {
    using T = decltype(x);
    return x <= T(lowest) ? T(lowest) : x >= T(highest) ? T(highest) : x;
  }
  auto slope(auto x, auto) const {
    using T = decltype(x);
    return x > T(lowest) && x < T(highest) ? T(1) : T(0);
  }
  static void for_each_option(auto& layer, auto option) {
    option("lowest", layer.lowest);
    option("highest", layer.highest);
  }
  constexpr bool operator==(const HardTanh&) const = default;
};

}  // namespace nn
