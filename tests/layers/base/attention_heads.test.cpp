// SPDX-License-Identifier: MIT
#include <nn/layers/base/attention_heads.hpp>

#include "../../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("Channels make equal heads, which share those of keys and values") {
  static_assert(nn::detail::key_value_heads_of(4, 0) == 4);
  static_assert(nn::detail::key_value_heads_of(4, 2) == 2);
  CHECK_NOTHROW(nn::detail::require_heads("L", 6, 6, 3));
  CHECK_THROWS_AS(nn::detail::require_heads("L", 6, 0, 0), nn::shape_error);
  CHECK_THROWS_AS(nn::detail::require_heads("L", 6, 6, -1), nn::shape_error);
  CHECK_THROWS_MATCHES(nn::detail::require_heads("L", 6, 4, 0), nn::shape_error,
                       Message("L: 6 channels do not make 4 equal heads; use a number of heads that divides them"));
  CHECK_THROWS_MATCHES(
      nn::detail::require_heads("L", 6, 6, 4), nn::shape_error,
      Message("L: 6 heads cannot share 4 heads of keys and values; use a number that divides them, or 0 "
              "for one each"));
}
