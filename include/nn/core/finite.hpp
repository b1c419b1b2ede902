// SPDX-License-Identifier: MIT
// Is a number neither NaN nor infinite? Asked of its exponent bits, since -ffast-math deletes std::isfinite.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include <nn/core/bit_cast.hpp>

namespace nn {

/// Whether the compiler was told that neither NaN nor infinities occur (-ffast-math): its comparisons then let NaN pass
/// either way.
#ifdef __FINITE_MATH_ONLY__
inline constexpr bool assumes_finite_math = __FINITE_MATH_ONLY__ != 0;
#else
inline constexpr bool assumes_finite_math = false;
#endif

constexpr bool is_finite(float x) { return (bit_cast<std::uint32_t>(x) & 0x7f800000u) != 0x7f800000u; }
constexpr bool is_finite(double x) { return (bit_cast<std::uint64_t>(x) & 0x7ff0000000000000u) != 0x7ff0000000000000u; }

constexpr bool is_nan(double x) { return (bit_cast<std::uint64_t>(x) & 0x7fffffffffffffffu) > 0x7ff0000000000000u; }

/// The position of the first number in a contiguous range that is not finite, or the count when all are.
template <class T>
std::ptrdiff_t first_not_finite(const T* numbers, std::ptrdiff_t count) {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  constexpr std::ptrdiff_t block = 64;  // looked at without a branch, so several numbers at a time
  std::ptrdiff_t i = 0;
  for (; i + block <= count; i += block) {
    Bits is_wrong = 0;
    for (std::ptrdiff_t j = 0; j < block; ++j) is_wrong |= is_finite(numbers[i + j]) ? Bits(0) : Bits(1);
    if (is_wrong != 0) break;
  }
  while (i < count && is_finite(numbers[i])) ++i;
  return i;
}

}  // namespace nn
