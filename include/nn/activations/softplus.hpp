// SPDX-License-Identifier: MIT
// y = log(1 + e^x)
#pragma once

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// A smooth ReLU (Dugas et al. 2001), always positive: for variances and rates.
struct Softplus : Elementwise<Softplus> {
  static constexpr std::string_view name() { return "Softplus"; }
  auto value(auto x) const { return stable::softplus(x); }
  auto slope(auto x, auto) const { return stable::sigmoid(x); }
  constexpr bool operator==(const Softplus&) const = default;
};

}  // namespace nn
