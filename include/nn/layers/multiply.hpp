// SPDX-License-Identifier: MIT
// y = a b ...
#pragma once

#include <nn/layers/base/elementwise_merge.hpp>

namespace nn {

/// In a graph: the product of its inputs, as of a gate and what it lets through; a dimension of 1 is repeated.
struct Multiply : ElementwiseMerge<Multiply> {
  static constexpr std::string_view name() { return "Multiply"; }
  static auto value(const auto& at, Index count) {
    auto product = at(0);
    for (Index k = 1; k < count; ++k) product *= at(k);
    return product;
  }
  static auto slope(const auto& at, Index count, Index k, auto y) {
    auto others = decltype(y)(1);
    for (Index j = 0; j < count; ++j)
      if (j != k) others *= at(j);
    return others;
  }
  constexpr bool operator==(const Multiply&) const = default;
};

}  // namespace nn
