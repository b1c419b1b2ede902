// SPDX-License-Identifier: MIT
// y = x where x > 0, else slope * x
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Leaky rectified linear unit (Maas et al. 2013). At 0 its derivative is negative_slope.
struct LeakyReLU : Elementwise<LeakyReLU> {
  double negative_slope = 0.01;  ///< 0.01 as the paper and PyTorch

  constexpr LeakyReLU() = default;
  constexpr explicit LeakyReLU(double slope_below_zero) : negative_slope(slope_below_zero) {}

  static constexpr std::string_view name() { return "LeakyReLU"; }
  auto value(auto x) const { return x > 0 ? x : decltype(x)(decltype(x)(negative_slope) * x); }
  auto slope(auto x, auto) const { return x > 0 ? decltype(x)(1) : decltype(x)(negative_slope); }
  static void for_each_option(auto& layer, auto option) { option("negative_slope", layer.negative_slope); }
  constexpr bool operator==(const LeakyReLU&) const = default;
};

}  // namespace nn
