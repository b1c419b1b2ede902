// SPDX-License-Identifier: MIT
#include <nn/io/half.hpp>

#include <cmath>
#include <cstdint>

#include <nn/core/finite.hpp>

#include "../catch.hpp"

TEST_CASE("Every number of 16 bits is the float that its sign, exponent and mantissa say") {
  int wrong_halves = 0, wrong_bfloats = 0;
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto word = static_cast<std::uint16_t>(bits);
    const auto expected = [&](int exponent_bits, int mantissa_bits) {
      const int exponent = static_cast<int>(bits >> mantissa_bits) & ((1 << exponent_bits) - 1);
      const int mantissa = static_cast<int>(bits) & ((1 << mantissa_bits) - 1), bias = (1 << (exponent_bits - 1)) - 1;
      const double whole = exponent == 0 ? mantissa : mantissa + (1 << mantissa_bits);
      const double magnitude = std::ldexp(whole, std::max(exponent, 1) - bias - mantissa_bits);
      return (bits >> 15) != 0 ? -magnitude : magnitude;
    };
    const float half = nn::detail::float_of_half(word), bfloat = nn::detail::float_of_bfloat16(word);
    const bool has_half = (bits & 0x7C00) != 0x7C00, has_bfloat = (bits & 0x7F80) != 0x7F80;
    wrong_halves += has_half ? static_cast<double>(half) != expected(5, 10) : nn::is_finite(half);
    wrong_bfloats += has_bfloat ? static_cast<double>(bfloat) != expected(8, 7) : nn::is_finite(bfloat);
  }
  CHECK(wrong_halves == 0);
  CHECK(wrong_bfloats == 0);
}

TEST_CASE("Zeros keep their sign, and what is no number stays none") {
  CHECK(std::signbit(nn::detail::float_of_half(0x8000)));
  CHECK(!std::signbit(nn::detail::float_of_half(0)));
  CHECK(nn::is_nan(static_cast<double>(nn::detail::float_of_half(0x7E01))));
  CHECK(!nn::is_nan(static_cast<double>(nn::detail::float_of_half(0xFC00))));
  CHECK(nn::detail::float_of_half(0x3555) == 0x1.554p-2F);
}
