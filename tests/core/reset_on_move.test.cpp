// SPDX-License-Identifier: MIT
#include <nn/core/reset_on_move.hpp>

#include <utility>

#include "../catch.hpp"

TEST_CASE("A number that was moved from is zero, one that was copied is not") {
  nn::ResetOnMove<int> first = 3, second = first;
  CHECK(first == 3);
  nn::ResetOnMove<int> third = std::move(first);
  CHECK((first == 0 && second == 3 && third == 3));
  first = std::move(third);
  CHECK((first == 3 && third == 0));
  third = second;
  CHECK((second == 3 && third == 3));
}
