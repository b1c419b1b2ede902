// SPDX-License-Identifier: MIT
// Numbers as text and back to the same bits, alike in every locale: std::from_chars and std::to_chars, or what stands
// for them where the standard library has none for floating-point numbers (libc++ before 20). POSIX only there.
#pragma once

#include <locale.h>
#include <stdlib.h>
#if __has_include(<xlocale.h>)
#include <xlocale.h>  // macOS keeps it there
#endif

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdio>
#include <limits>
#include <string>
#include <system_error>

namespace nn::detail {

/// The longest shortest text, -2.2250738585072014e-308, and the zero byte that the C library writes.
inline constexpr std::size_t longest_number = 25;

/// Where a decimal number ends that starts at `first`, and `first` where there is none; as std::from_chars has it, but
/// for "inf" and "nan".
constexpr const char* end_of_number(const char* first, const char* last) {
  const auto after_digits = [last](const char* at) {
    return std::find_if(at, last, [](char c) { return c < '0' || c > '9'; });
  };
  const char* const begin = first != last && *first == '-' ? first + 1 : first;
  const char* end = after_digits(begin);
  bool has_digits = end != begin;
  if (end != last && *end == '.') {
    const char* const point = end;
    end = after_digits(point + 1);
    has_digits = has_digits || end != point + 1;
  }
  if (!has_digits) return first;
  if (end != last && (*end == 'e' || *end == 'E')) {
    const char* exponent = end + 1;
    if (exponent != last && (*exponent == '-' || *exponent == '+')) ++exponent;
    if (const char* const stop = after_digits(exponent); stop != exponent) end = stop;
  }
  return end;
}

/// Of the C library, with a decimal point; it is never freed.
inline locale_t plain_locale() {
  static const locale_t plain = ::newlocale(LC_ALL_MASK, "C", nullptr);
  return plain;
}

/// std::from_chars by the C library, which rounds correctly, too.
template <std::floating_point T>
std::from_chars_result read_by_c_library(const char* first, const char* last, T& number) {
  const char* const end = end_of_number(first, last);
  if (end == first) return {first, std::errc::invalid_argument};
  const std::string text(first, end);
  errno = 0;
  T value;
  if constexpr (sizeof(T) == sizeof(float))
    value = ::strtof_l(text.c_str(), nullptr, plain_locale());
  else
    value = ::strtod_l(text.c_str(), nullptr, plain_locale());
  // A number below the smallest normal one is in range as long as it is not zero.
  if (errno == ERANGE && (value == 0 || value > 1 || value < -1)) return {end, std::errc::result_out_of_range};
  number = value;
  return {end, std::errc()};
}

/// std::to_chars by the C library: the fewest digits that read back to the same bits, but at least the 6 of a float and
/// the 15 of a double, of which zeros at the end are left out. There must be room for longest_number bytes.
template <std::floating_point T>
char* write_by_c_library(char* first, T number) {
  const locale_t before = ::uselocale(plain_locale());
  int size = 0;
  for (int digits = std::numeric_limits<T>::digits10; digits <= std::numeric_limits<T>::max_digits10; ++digits) {
    size = std::snprintf(first, longest_number, "%.*g", digits, static_cast<double>(number));
    T back{};
    read_by_c_library(first, first + size, back);
    if (back == number) break;
  }
  ::uselocale(before);
  return first + size;
}

/// Reads a decimal number from the start of a text; what std::from_chars returns, also where it is out of range.
template <std::floating_point T>
std::from_chars_result read_number(const char* first, const char* last, T& number) {
#ifdef __cpp_lib_to_chars
  return std::from_chars(first, last, number);
#else
  return read_by_c_library(first, last, number);
#endif
}

/// Writes a finite number so that it reads back to the same bits, and returns the end. There must be room for
/// longest_number bytes.
template <std::floating_point T>
char* write_number(char* first, T number) {
#ifdef __cpp_lib_to_chars
  return std::to_chars(first, first + longest_number, number).ptr;
#else
  return write_by_c_library(first, number);
#endif
}

}  // namespace nn::detail
