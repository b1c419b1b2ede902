// SPDX-License-Identifier: MIT
#include <nn/core/shape.hpp>

#include <limits>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {
constexpr nn::Index most = std::numeric_limits<nn::Index>::max();
}

TEST_CASE("a Shape knows its size and how it is written") {
  CHECK(nn::Shape(784).size() == 784);
  CHECK(nn::Shape(3, 5, 7).size() == 105);
  CHECK(nn::Shape{}.size() == 1);
  CHECK(nn::to_string(nn::Shape(784)) == "784");
  CHECK(nn::to_string(nn::Shape(28, 28, 1)) == "28x28x1");
  CHECK(nn::to_string(nn::Shape(1, 5, 2)) == "1x5x2");
  static_assert(nn::Shape(2, 3, 4).size() == 24);
}

TEST_CASE("Shapes are equal when all three sizes are") {
  CHECK(nn::Shape(4) == nn::Shape(1, 1, 4));
  CHECK_FALSE(nn::Shape(4) == nn::Shape(4, 1, 1));
  CHECK_FALSE(nn::Shape(1, 4, 1) == nn::Shape(4, 1, 1));
  CHECK_FALSE(nn::Shape(2, 3, 4) == nn::Shape(2, 3, 5));
}

TEST_CASE("checked_product multiplies, also at the edge") {
  CHECK(nn::checked_product(6, 7) == 42);
  CHECK(nn::checked_product(0, most) == 0);
  CHECK(nn::checked_product(most, 0) == 0);
  CHECK(nn::checked_product(most, 1) == most);
  CHECK(nn::checked_product(1, most) == most);
  CHECK(nn::checked_product(most / 2, 2) == most - 1);
}

TEST_CASE("checked_product refuses what does not fit") {
  CHECK_THROWS_AS(nn::checked_product(most / 2 + 1, 2), nn::shape_error);
  CHECK_THROWS_AS(nn::checked_product(2, most / 2 + 1), nn::shape_error);
  CHECK_THROWS_AS(nn::checked_product(most, most), nn::shape_error);
  CHECK_THROWS_MATCHES(nn::checked_product(-2, 3), nn::shape_error,
                       Message("a size cannot be negative, got -2 x 3; check the sizes given"));
  CHECK_THROWS_AS(nn::checked_product(3, -2), nn::shape_error);
  CHECK_THROWS_AS(nn::checked_product(0, -1), nn::shape_error);
  CHECK_THROWS_AS(nn::Shape(most, 2, 1).size(), nn::shape_error);
  CHECK_THROWS_AS(nn::Shape(1, most / 2, 3).size(), nn::shape_error);
}

TEST_CASE("checked_sum adds, and refuses what does not fit") {
  CHECK(nn::checked_sum(40, 2) == 42);
  CHECK(nn::checked_sum(most - 2, 2) == most);
  CHECK_THROWS_AS(nn::checked_sum(most, 1), nn::shape_error);
  CHECK_THROWS_AS(nn::checked_sum(1, most), nn::shape_error);
  CHECK_THROWS_MATCHES(nn::checked_sum(1, -1), nn::shape_error,
                       Message("a size cannot be negative, got 1 + -1; check the sizes given"));
}

TEST_CASE("a layer that reads sequences takes rows of steps, and its name is in the refusal") {
  CHECK_NOTHROW(nn::require_sequence("GRU", {1, 7, 3}));
  CHECK_NOTHROW(nn::require_sequence("GRU", nn::Shape(3)));
  CHECK_THROWS_MATCHES(nn::require_sequence("GRU", {2, 7, 3}), nn::shape_error,
                       Message("GRU: reads a sequence, 1 x steps x features, got 2x7x3; put a Reshape{1, steps, "
                               "features} before it"));
}
