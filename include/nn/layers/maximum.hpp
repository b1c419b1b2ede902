// SPDX-License-Identifier: MIT
// y = max(a, b, ...)
#pragma once

#include <nn/layers/base/elementwise_merge.hpp>

namespace nn {

/// In a graph: the largest of its inputs, whose gradient goes to the first that is as large; a dimension of 1 is
/// repeated.
struct Maximum : ElementwiseMerge<Maximum> {
  static constexpr std::string_view name() { return "Maximum"; }
  static auto value(const auto& at, Index count) {
    auto largest = at(0);
    for (Index k = 1; k < count; ++k)
      if (at(k) > largest) largest = at(k);
    return largest;
  }
  static auto slope(const auto& at, Index, Index k, auto y) {
    for (Index j = 0; j < k; ++j)
      if (!(at(j) < y)) return decltype(y)(0);
    return decltype(y)(at(k) < y ? 0 : 1);
  }
  constexpr bool operator==(const Maximum&) const = default;
};

}  // namespace nn
