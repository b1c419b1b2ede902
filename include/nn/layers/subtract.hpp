// SPDX-License-Identifier: MIT
// y = a - b - ...
#pragma once

#include <nn/layers/base/elementwise_merge.hpp>

namespace nn {

/// In a graph: its first input less the others; a dimension of 1 is repeated.
struct Subtract : ElementwiseMerge<Subtract> {
  static constexpr std::string_view name() { return "Subtract"; }
  static auto value(const auto& at, Index count) {
    auto rest = at(0);
    for (Index k = 1; k < count; ++k) rest -= at(k);
    return rest;
  }
  static auto slope(const auto&, Index, Index k, auto y) { return decltype(y)(k == 0 ? 1 : -1); }
  constexpr bool operator==(const Subtract&) const = default;
};

}  // namespace nn
