// SPDX-License-Identifier: MIT
// Results that are rounded where the source says so, whatever flags the compiler is given.
#pragma once

#include <cmath>
#include <cstdint>

namespace nn {

/// Hides from the compiler how a number, or a register of numbers, came about. Otherwise -ffast-math takes (x + c) - c
/// for x, and the registers of x87 go on with more digits than the type has.
template <class Number>
[[gnu::always_inline]] inline void hide_origin(Number& number) {
#if defined(__AVX512F__)
  asm("" : "+v"(number));
#elif defined(__SSE2__)
  asm("" : "+x"(number));
#elif defined(__aarch64__)
  asm("" : "+w"(number));
#else
  const volatile Number in_memory = number;
  number = in_memory;
#endif
}

/// Whether the compiler may compute otherwise than the source says. GCC tells; of others it has to be assumed.
#if defined(__GNUC__) && __GNUC__ >= 12 && !defined(__clang__) && !defined(__ASSOCIATIVE_MATH__) && \
    defined(__FLT_EVAL_METHOD__) && __FLT_EVAL_METHOD__ == 0
inline constexpr bool may_reorder = false;
#else
inline constexpr bool may_reorder = true;
#endif

/// hide_origin where the order of what comes before and after matters; a product may still be fused with a sum.
template <class Number>
[[gnu::always_inline]] inline void keep_order([[maybe_unused]] Number& number) {
  if constexpr (may_reorder) hide_origin(number);
}

namespace detail {

// One operation on doubles, rounded to a double: the same bits on every processor and under all flags.
template <class Operation>
[[gnu::always_inline]] inline double round_once(Operation operation, double a, double b) {
#if (defined(__i386__) || defined(__x86_64__)) && !defined(__SSE2_MATH__)
  // x87 rounds to 64 bits, and to the 53 of a double when it is told to; what is volatile stays between the two
  // changes.
  std::uint16_t before = 0;
  asm volatile("fnstcw %0" : "=m"(before));
  const auto to_double = static_cast<std::uint16_t>((before & ~0x0300U) | 0x0200U);
  const volatile double first = a, second = b;
  asm volatile("fldcw %0" : : "m"(to_double));
  const volatile double result = operation(first, second);
  asm volatile("fldcw %0" : : "m"(before));
  return result;
#else
  double result = operation(a, b);
  hide_origin(result);
  return result;
#endif
}

}  // namespace detail

/// a + b, a b, a / b and the square root of a, each rounded once: not fused with what follows, nor with more digits.
/// What a and b come from must be exact, or have been rounded by one of these.
inline double rounded_sum(double a, double b) {
  return detail::round_once([](double x, double y) { return x + y; }, a, b);
}
inline double rounded_product(double a, double b) {
  return detail::round_once([](double x, double y) { return x * y; }, a, b);
}
inline double rounded_quotient(double a, double b) {
  return detail::round_once([](double x, double y) { return x / y; }, a, b);
}
inline double rounded_root(double a) {
  return detail::round_once([](double x, double) { return std::sqrt(x); }, a, 0);
}

}  // namespace nn
