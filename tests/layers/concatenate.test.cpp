// SPDX-License-Identifier: MIT
#include <nn/layers/concatenate.hpp>

#include <array>

#include "../merge_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("Concatenate puts features one after the other, and the channels of each pixel") {
  using M = nn::Matrix<double>;
  CHECK(test::merged(nn::Concatenate{}, {nn::Shape(1), nn::Shape(2)}, {M{{1, 4}}, M{{2, 5}, {3, 6}}}) ==
        M{{1, 4}, {2, 5}, {3, 6}});
  CHECK(test::merged(nn::Concatenate{}, {{1, 2, 1}, {1, 2, 2}}, {M{{1}, {2}}, M{{3}, {4}, {5}, {6}}}) ==
        M{{1}, {3}, {4}, {2}, {5}, {6}});
}

TEST_CASE("Concatenate refuses images of different sizes") {
  const std::array<nn::Shape, 2> shapes{nn::Shape{2, 2, 1}, nn::Shape{2, 3, 1}};
  CHECK_THROWS_MATCHES(
      nn::Concatenate{}.output_shape(shapes), nn::shape_error,
      Message("Concatenate: input 0 is 2x2x1 and input 1 is 2x3x1, but only channels of images of one height and width "
              "can be put together; put both through nn::Flatten{} first, or give them one size"));
}

TEST_CASE("Concatenate's gradients are right") {
  test::check_gradients_of_merge(nn::Concatenate{}, {nn::Shape(2), nn::Shape(3), nn::Shape(1)});
  test::check_gradients_of_merge(nn::Concatenate{}, {{2, 1, 2}, {2, 1, 1}});
}
