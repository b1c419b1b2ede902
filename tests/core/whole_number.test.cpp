// SPDX-License-Identifier: MIT
#include <nn/core/whole_number.hpp>

#include <limits>

#include <nn/core/dual.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

TEST_CASE("A whole number from 0 to the largest is read of any kind of number, and others are refused") {
  CHECK(nn::whole_number(0.0F, 3, "x") == 0);
  CHECK(nn::whole_number(3.0, 3, "x") == 3);
  CHECK(nn::whole_number(nn::Dual<double>(2), 3, "x") == 2);
  for (const double wrong : {-1.0, 0.5, 4.0, std::numeric_limits<double>::infinity(), test::not_a_number<double>})
    CHECK_THROWS_AS(nn::whole_number(wrong, 3, "x"), nn::data_error);
  CHECK_THROWS_MATCHES(nn::whole_number(0.5, 3, "step ", 7), nn::data_error,
                       Catch::Matchers::Message("step 7 is 0.5; give integers from 0 to 3"));
}
