// SPDX-License-Identifier: MIT
#include <nn/training/fit/clock.hpp>

#include "../../catch.hpp"

TEST_CASE("the clock does not go back") {
  const double earlier = nn::steady_seconds(), later = nn::steady_seconds();
  CHECK(later >= earlier);
}

TEST_CASE("a clock that is an empty function is refused by whoever was given it") {
  CHECK_NOTHROW(nn::detail::require_clock("fit", nn::steady_seconds));
  CHECK_THROWS_MATCHES(nn::detail::require_clock("fit", nullptr), nn::data_error,
                       Catch::Matchers::Message("fit: the clock is an empty function; give one that returns seconds, "
                                                "or leave it out"));
}
