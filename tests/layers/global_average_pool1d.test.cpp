// SPDX-License-Identifier: MIT
#include <nn/layers/global_average_pool1d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("GlobalAveragePool1D is a layer that puts out one number per channel, and refuses images") {
  static_assert(nn::Layer<nn::GlobalAveragePool1D> && std::is_empty_v<nn::GlobalAveragePool1D>);
  CHECK(nn::GlobalAveragePool1D{}.output_shape({1, 7, 3}) == nn::Shape(3));
  CHECK_THROWS_MATCHES(nn::GlobalAveragePool1D{}.output_shape({2, 7, 3}), nn::shape_error,
                       Message("GlobalAveragePool1D: an input of 2x7x3 has several rows and is no sequence; take "
                               "GlobalAveragePool2D"));
}

TEMPLATE_TEST_CASE("GlobalAveragePool1D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  const test::ImagePass<TestType> pass(nn::GlobalAveragePool1D{}, {1, 2, 2}, M{{1, 0}, {2, 0}, {3, 4}, {6, 8}}, {},
                                       M{{2, 4}, {6, 8}});
  CHECK(pass.y == M{{2, 2}, {4, 4}});
  CHECK(pass.dx == M{{1, 2}, {3, 4}, {1, 2}, {3, 4}});
}

TEST_CASE("GlobalAveragePool1D does what PyTorch's mean does") {
  test::check_fixture("mean over time", nn::GlobalAveragePool1D{}, {1, 5, 3}, "sequences");
}

TEST_CASE("GlobalAveragePool1D's gradients are right") {
  test::check_gradients_of_image_layer(nn::GlobalAveragePool1D{}, {1, 3, 2});
}
