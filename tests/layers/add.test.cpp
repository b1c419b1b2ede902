// SPDX-License-Identifier: MIT
#include <nn/layers/add.hpp>

#include "../merge_cases.hpp"

TEST_CASE("Add sums its inputs, as many as there are") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Add{}, {nn::Shape(2), nn::Shape(2), nn::Shape(2)},
                     {M{{1}, {2}}, M{{10}, {20}}, M{{5}, {6}}}) == M{{16}, {28}});
}

TEST_CASE("Add's gradients are right, also where a dimension is repeated") {
  test::check_gradients_of_merge(nn::Add{}, {nn::Shape(2), nn::Shape(2)});
  test::check_gradients_of_merge(nn::Add{}, {{2, 1, 2}, {1, 2, 1}});
}
