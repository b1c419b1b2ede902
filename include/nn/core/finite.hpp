// SPDX-License-Identifier: MIT
// Is a number neither NaN nor infinite? Asked of its exponent bits, since -ffast-math deletes std::isfinite.
#pragma once

#include <bit>
#include <cstdint>
#include <type_traits>

#include <nn/core/views.hpp>

namespace nn {

constexpr bool is_finite(float x) { return (std::bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u; }
constexpr bool is_finite(double x) {
  return (std::bit_cast<std::uint64_t>(x) & 0x7ff0000000000000u) != 0x7ff0000000000000u;
}

/// The position of the first number in a contiguous range that is not finite, or the count when all are.
template <class T>
Index first_not_finite(const T* numbers, Index count) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr Index block = 64;  // looked at without a branch, so several numbers at a time
  Index i = 0;
  for (; i + block <= count; i += block) {
    Bits is_wrong = 0;
    for (Index j = 0; j < block; ++j) is_wrong |= is_finite(numbers[i + j]) ? Bits(0) : Bits(1);
    if (is_wrong != 0) break;
  }
  while (i < count && is_finite(numbers[i])) ++i;
  return i;
}

}  // namespace nn
