// SPDX-License-Identifier: MIT
#include <nn/core/extent.hpp>

#include <type_traits>

#include "../catch.hpp"

TEST_CASE("an Extent known to the compiler takes no memory") {
  static_assert(std::is_empty_v<nn::Extent<256>>);
  static_assert(nn::Extent<256>{}.value() == 256);
  struct Holder {
    [[no_unique_address]] nn::Extent<256> extent;
    char other;
  };
  CHECK(sizeof(Holder) == 1);
}

TEST_CASE("an Extent known at run time holds its number") {
  static_assert(!std::is_empty_v<nn::Extent<nn::dynamic>>);
  static_assert(!std::is_default_constructible_v<nn::Extent<nn::dynamic>>);
  CHECK(nn::Extent<nn::dynamic>(7).value() == 7);
  CHECK(nn::Extent<nn::dynamic>(7) == nn::Extent<nn::dynamic>(7));
  CHECK_FALSE(nn::Extent<nn::dynamic>(7) == nn::Extent<nn::dynamic>(8));
}
