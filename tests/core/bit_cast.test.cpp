// SPDX-License-Identifier: MIT
#include <nn/core/bit_cast.hpp>

#include <cstdint>

#include "../catch.hpp"

TEST_CASE("Bits are those of the number, also for the compiler") {
  static_assert(nn::bit_cast<std::uint32_t>(1.0F) == 0x3f800000u);
  static_assert(nn::bit_cast<double>(std::uint64_t{0x4000000000000000u}) == 2);
  float number = -0.0F;
  CHECK(nn::bit_cast<std::uint32_t>(number) == 0x80000000u);
}
