// SPDX-License-Identifier: MIT
// y = a + b + ...
#pragma once

#include <nn/layers/base/elementwise_merge.hpp>

namespace nn {

/// In a graph: the sum of its inputs; a dimension of 1 is repeated.
struct Add : ElementwiseMerge<Add> {
  static constexpr std::string_view name() { return "Add"; }
  static auto value(const auto& at, Index count) {
    auto sum = at(0);
    for (Index k = 1; k < count; ++k) sum += at(k);
    return sum;
  }
  static auto slope(const auto&, Index, Index, auto y) { return decltype(y)(1); }
  constexpr bool operator==(const Add&) const = default;
};

}  // namespace nn
