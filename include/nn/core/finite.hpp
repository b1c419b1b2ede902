// SPDX-License-Identifier: MIT
// Is a number neither NaN nor infinite? Asked of its exponent bits, since -ffast-math deletes std::isfinite.
#pragma once

#include <bit>
#include <cstdint>

#include <nn/core/views.hpp>

namespace nn {

constexpr bool is_finite(float x) { return (std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u; }
constexpr bool is_finite(double x) {
  return (std::bit_cast<std::uint64_t>(x) & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

/// The position of the first number in a contiguous range that is not finite, or the count when all are.
template <class T>
Index first_not_finite(const T* numbers, Index count) {
  Index i = 0;
  while (i < count && is_finite(numbers[i])) ++i;
  return i;
}

}  // namespace nn
