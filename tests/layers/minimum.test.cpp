// SPDX-License-Identifier: MIT
#include <nn/layers/minimum.hpp>

#include "../merge_cases.hpp"

TEST_CASE("Minimum is the smallest of its inputs, and the first of equal ones has the gradient") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Minimum{}, {nn::Shape(3), nn::Shape(3)}, {M{{1}, {5}, {-2}}, M{{4}, {2}, {-3}}}) ==
        M{{1}, {2}, {-3}});
  const auto equal = [](nn::Index) { return 2.0; };
  CHECK(nn::Minimum::slope(equal, 2, 0, 2.0) == 1);
  CHECK(nn::Minimum::slope(equal, 2, 1, 2.0) == 0);
}

TEST_CASE("Minimum's gradients are right") {
  test::check_gradients_of_merge(nn::Minimum{}, {nn::Shape(3), nn::Shape(3), nn::Shape(1)});
}
