// SPDX-License-Identifier: MIT
#include <nn/training/step/field_problems.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

TEST_CASE("a count is outside below 0 and above the most") {
  CHECK(nn::detail::outside(0, 3).empty());
  CHECK(nn::detail::outside(3, 3).empty());
  CHECK(nn::detail::outside(4, 3) == "is 4, but must be from 0 to 3");
  CHECK(nn::detail::outside(-1, 3) == "is -1, but must be from 0 to 3");
}

TEST_CASE("numbers that are not finite, negative, or none are told from others") {
  const double nan = test::not_a_number<double>, infinity = test::infinity<double>;
  CHECK(nn::detail::not_finite(-1e300).empty());
  CHECK(nn::detail::not_finite(infinity) == "is inf, but must be a finite number");
  CHECK_FALSE(nn::detail::not_finite(nan).empty());
  CHECK(nn::detail::negative(0).empty());
  CHECK(nn::detail::negative(-0.5) == "is -0.5, but must not be negative");
  CHECK_FALSE(nn::detail::negative(infinity).empty());
  CHECK_FALSE(nn::detail::negative(nan).empty());
  CHECK(nn::detail::not_a_number(-infinity).empty());
  CHECK(nn::detail::not_a_number(infinity).empty());
  CHECK(nn::detail::not_a_number(0).empty());
  CHECK(nn::detail::not_a_number(nan) == "is not a number");
  CHECK(nn::detail::any_not_finite(nn::Vector<double>{{1, 2}}).empty());
  CHECK(nn::detail::any_not_finite(nn::Vector<double>{{1, infinity}}) == "has the number inf at 1, but must be finite");
}

TEST_CASE("a vector has its size, or nothing") {
  CHECK(nn::detail::wrong_size(0, 4).empty());
  CHECK(nn::detail::wrong_size(4, 4).empty());
  CHECK(nn::detail::wrong_size(5, 4) == "has 5 numbers, but must have 4");
  CHECK(nn::detail::either("", "b") == "b");
  CHECK(nn::detail::either("a", "b") == "a");
}
