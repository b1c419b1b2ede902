// SPDX-License-Identifier: MIT
// Numbers of 16 bits as other programs' files have them, IEEE 754's binary16 and bfloat16, as the floats that they are.
#pragma once

#include <cstdint>

#include <nn/core/bit_cast.hpp>

namespace nn::detail {

/// 1 bit of sign, 5 of exponent, 10 of mantissa; every one is a float exactly.
constexpr float float_of_half(std::uint16_t bits) {
  const std::uint32_t sign = (bits & 0x8000u) << 16, exponent = bits >> 10 & 0x1Fu, mantissa = bits & 0x3FFu;
  if (exponent == 0) {  // zero, or a number without the leading 1
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return sign != 0 ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFFu : exponent + 112;  // 127 - 15
  return bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

/// The upper half of a float.
constexpr float float_of_bfloat16(std::uint16_t bits) { return bit_cast<float>(std::uint32_t{bits} << 16); }

}  // namespace nn::detail
