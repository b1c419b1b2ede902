// SPDX-License-Identifier: MIT
#include <nn/layers/positional_encoding.hpp>

#include <cmath>

#include "image_cases.hpp"

TEST_CASE("PositionalEncoding is a layer that keeps the shape") {
  static_assert(nn::Layer<nn::PositionalEncoding> && nn::shape_is_in_type<nn::PositionalEncoding>);
  CHECK(nn::PositionalEncoding{}.output_shape({1, 7, 4}) == nn::Shape(1, 7, 4));
}

TEMPLATE_TEST_CASE("PositionalEncoding gives the known values", "", float, double) {
  // Channels 0 and 1 turn by 1 each step, channel 2 by 10000^(-2/3).
  const nn::Matrix<TestType> y =
      test::forward_image<TestType>(nn::PositionalEncoding{}, {1, 2, 3}, nn::Matrix<TestType>::Constant(6, 2, 10));
  const double slow = std::pow(10000.0, -2.0 / 3);
  const nn::Vector<double> expected{{10, 11, 10, 10 + std::sin(1.0), 10 + std::cos(1.0), 10 + std::sin(slow)}};
  for (nn::Index sample = 0; sample < 2; ++sample) CHECK(y.col(sample) == expected.cast<TestType>());
}

TEST_CASE("PositionalEncoding does what PyTorch's tutorials do") {
  test::check_fixture("encoding", nn::PositionalEncoding{}, {1, 7, 6}, "sequences");
}

TEST_CASE("PositionalEncoding's gradients are right") {
  test::check_gradients_of_image_layer(nn::PositionalEncoding{}, {1, 3, 2});
}
