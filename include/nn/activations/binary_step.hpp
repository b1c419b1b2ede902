// SPDX-License-Identifier: MIT
// y = 1 where x >= 0, else 0
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// The step of the first neurons (McCulloch and Pitts 1943). Its derivative is 0 wherever it has one and is taken as 0
/// at the step, so no gradient passes it: layers before it are never trained, only those after it. NaN stays NaN.
struct BinaryStep : Elementwise<BinaryStep> {
  static constexpr std::string_view name() { return "BinaryStep"; }
  auto value(auto x) const { return x >= 0 ? decltype(x)(1) : x < 0 ? decltype(x)(0) : x; }
  auto slope(auto x, auto) const { return decltype(x)(0); }
  constexpr bool operator==(const BinaryStep&) const = default;
};

}  // namespace nn
