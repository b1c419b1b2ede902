// SPDX-License-Identifier: MIT
// y = min(a, b, ...)
#pragma once

#include <nn/layers/base/elementwise_merge.hpp>

namespace nn {

/// In a graph: the smallest of its inputs, whose gradient goes to the first that is as small; a dimension of 1 is
/// repeated.
struct Minimum : ElementwiseMerge<Minimum> {
  static constexpr std::string_view name() { return "Minimum"; }
  static auto value(const auto& at, Index count) {
    auto smallest = at(0);
    for (Index k = 1; k < count; ++k)
      if (at(k) < smallest) smallest = at(k);
    return smallest;
  }
  static auto slope(const auto& at, Index, Index k, auto y) {
    for (Index j = 0; j < k; ++j)
      if (!(at(j) > y)) return decltype(y)(0);
    return decltype(y)(at(k) > y ? 0 : 1);
  }
  constexpr bool operator==(const Minimum&) const = default;
};

}  // namespace nn
