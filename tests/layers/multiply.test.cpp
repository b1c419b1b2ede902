// SPDX-License-Identifier: MIT
#include <nn/layers/multiply.hpp>

#include "../merge_cases.hpp"

TEST_CASE("Multiply weighs the channels of an image by one number each") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Multiply{}, {{1, 2, 2}, {1, 1, 2}}, {M{{1}, {2}, {3}, {4}}, M{{10}, {100}}}) ==
        M{{10}, {200}, {30}, {400}});
}

TEST_CASE("Multiply's gradients are right, for two inputs and three") {
  test::check_gradients_of_merge(nn::Multiply{}, {{1, 2, 2}, {1, 1, 2}});
  test::check_gradients_of_merge(nn::Multiply{}, {nn::Shape(2), nn::Shape(2), nn::Shape(1)});
}
