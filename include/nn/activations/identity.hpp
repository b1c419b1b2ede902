// SPDX-License-Identifier: MIT
// y = x
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

struct Identity : Elementwise<Identity> {
  static constexpr std::string_view name() { return "Identity"; }
  auto value(auto x) const { return x; }
  auto slope(auto x, auto) const { return decltype(x)(1); }
  constexpr bool operator==(const Identity&) const = default;
};

}  // namespace nn
