// SPDX-License-Identifier: MIT
// y = max(0, x)
#pragma once

#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// Rectified linear unit (Nair and Hinton 2010). Its slope at 0 is taken as 0. NaN stays NaN.
struct ReLU : Elementwise<ReLU> {
  static constexpr bool is_flat_where_zero = true;
  static constexpr std::string_view name() { return "ReLU"; }
  // Asked this way round, NaN is not lost, and a dual number at 0 has the slope 0.
  auto value(auto x) const { return x <= 0 ? decltype(x)(0) : x; }
  constexpr bool operator==(const ReLU&) const = default;

  // Chosen, not multiplied by 0 or 1: where the output is zero, nobody may have written the gradient.
  void backward(Shape, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    const auto* y = values.output.data();
    const auto* dy = gradients.output.data();
    auto* dx = gradients.input.data();
    for (Index i = 0, size = values.output.size(); i < size; ++i) {
      const auto slope_one = dy[i];  // read in any case, so that the compiler can do several at once
      dx[i] = y[i] > 0 ? slope_one : 0;
    }
  }
};

}  // namespace nn
