// SPDX-License-Identifier: MIT
#include <nn/layers/maximum.hpp>

#include "../merge_cases.hpp"

TEST_CASE("Maximum is the largest of its inputs, and the first of equal ones has the gradient") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Maximum{}, {nn::Shape(3), nn::Shape(3)}, {M{{1}, {5}, {-2}}, M{{4}, {2}, {-3}}}) ==
        M{{4}, {5}, {-2}});
  const auto equal = [](nn::Index) { return 2.0; };
  CHECK(nn::Maximum::slope(equal, 2, 0, 2.0) == 1);
  CHECK(nn::Maximum::slope(equal, 2, 1, 2.0) == 0);
}

TEST_CASE("Maximum's gradients are right") {
  test::check_gradients_of_merge(nn::Maximum{}, {nn::Shape(3), nn::Shape(3), nn::Shape(1)});
}
