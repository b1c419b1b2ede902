// SPDX-License-Identifier: MIT
#include <nn/layers/subtract.hpp>

#include "../merge_cases.hpp"

TEST_CASE("Subtract takes all others from the first") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Subtract{}, {nn::Shape(1), nn::Shape(1), nn::Shape(1)}, {M{{10, 1}}, M{{2, 2}}, M{{3, 4}}}) ==
        M{{5, -5}});
}

TEST_CASE("Subtract's gradients are right") {
  test::check_gradients_of_merge(nn::Subtract{}, {nn::Shape(3), nn::Shape(1), nn::Shape(3)});
}
