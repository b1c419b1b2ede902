// SPDX-License-Identifier: MIT
#include <nn/layers/global_average_pool2d.hpp>

#include <cmath>

#include "image_cases.hpp"

TEST_CASE("GlobalAveragePool2D is a layer, and puts out one number per channel") {
  static_assert(nn::Layer<nn::GlobalAveragePool2D> && std::is_empty_v<nn::GlobalAveragePool2D>);
  static_assert(nn::GlobalAveragePool2D{}.output_shape(nn::Shape(7, 5, 3)) == nn::Shape(3));
  CHECK(nn::describe(nn::GlobalAveragePool2D{}) == nn::Description{.type = "GlobalAveragePool2D", .options = {}});
}

TEMPLATE_TEST_CASE("GlobalAveragePool2D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{1, 0}, {10, 0}, {3, 4}, {30, 8}}, dy{{2, 4}, {6, 8}};  // two pixels of two channels
  CHECK(test::forward_image<TestType>(nn::GlobalAveragePool2D{}, {2, 1, 2}, x) == M{{2, 2}, {20, 4}});
  CHECK(test::backward_image<TestType>(nn::GlobalAveragePool2D{}, {2, 1, 2}, x, dy) ==
        M{{1, 2}, {3, 4}, {1, 2}, {3, 4}});
}

TEST_CASE("GlobalAveragePool2D does what PyTorch's does") {
  test::check_fixture("global average pool", nn::GlobalAveragePool2D{}, {5, 4, 3});
}

TEST_CASE("GlobalAveragePool2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::GlobalAveragePool2D{}, {3, 2, 2});
}

TEST_CASE("GlobalAveragePool2D gives the same bits in every network") {
  test::check_same_bits_after_image<6, 5, 3>(nn::GlobalAveragePool2D{}, nn::GlobalAveragePool2D{});
}

TEMPLATE_TEST_CASE("GlobalAveragePool2D lets NaN through, in its channel only", "", float, double) {
  const nn::Matrix<TestType> x{{1}, {test::not_a_number<TestType>}, {3}, {4}};
  const auto y = test::forward_image<TestType>(nn::GlobalAveragePool2D{}, {1, 2, 2}, x);
  CHECK((y(0, 0) == 2 && std::isnan(y(1, 0))));
}
