// SPDX-License-Identifier: MIT
#include <nn/layers/average_pool.hpp>

#include <cmath>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("AveragePool2D and AveragePool1D are layers, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::AveragePool2D<2>> && nn::Layer<nn::AveragePool2D<>>);
  static_assert(nn::Layer<nn::AveragePool1D<2>> && nn::Layer<nn::AveragePool1D<>>);
  static_assert(std::is_empty_v<nn::AveragePool2D<2>> && std::is_empty_v<nn::AveragePool1D<2>>);
  CHECK(nn::describe(nn::AveragePool2D<2>{}) == nn::describe(nn::AveragePool2D{{2, 2}, {.stride = 2}}));
  CHECK(nn::describe(nn::AveragePool2D{2}).type == "AveragePool2D");
  CHECK(nn::describe(nn::AveragePool1D<2>{}) == nn::describe(nn::AveragePool1D{2}));
  CHECK(nn::describe(nn::AveragePool1D{2}).type == "AveragePool1D");
  CHECK_FALSE(nn::AveragePool2D{2} == nn::AveragePool2D{3});
}

TEST_CASE("AveragePool2D knows its output, and refuses what does not fit") {
  static_assert(nn::AveragePool2D<2>{}.output_shape(nn::Shape(28, 29, 6)) == nn::Shape(14, 14, 6));
  static_assert(nn::AveragePool1D<2>{}.output_shape(nn::Shape(1, 9, 6)) == nn::Shape(1, 4, 6));
  CHECK_THROWS_MATCHES(nn::AveragePool2D{3}.output_shape(nn::Shape(2, 2, 6)), nn::shape_error,
                       Message("AveragePool2D: a 3x3 window does not fit an input of 2x2x6 without padding; use a "
                               "smaller window, more padding, or less pooling before it"));
}

TEMPLATE_TEST_CASE("AveragePool2D gives the known values, and the zeros of the padding count", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (1 5 | 2 2; 4 2 | 8 0)
  const M x{{1}, {5}, {2}, {2}, {4}, {2}, {8}, {0}}, dy{{4}, {8}};
  CHECK(test::forward_image<TestType>(nn::AveragePool2D{2}, {2, 4, 1}, x) == M{{3}, {3}});
  CHECK(test::backward_image<TestType>(nn::AveragePool2D{2}, {2, 4, 1}, x, dy) ==
        M{{1}, {1}, {2}, {2}, {1}, {1}, {2}, {2}});
  CHECK(test::forward_image<TestType>(nn::AveragePool1D{2, {.padding = 1}}, {1, 2, 1}, M{{6}, {2}}) == M{{3}, {1}});
}

TEST_CASE("AveragePool2D and AveragePool1D do what PyTorch's do") {
  test::check_fixture("average pool", nn::AveragePool2D{2}, {5, 6, 3});
  test::check_fixture("average pool, overlapping", nn::AveragePool2D{{3, 2}, {.stride = {2, 1}, .padding = 1}},
                      {5, 6, 3});
  test::check_fixture("1-D average pool", nn::AveragePool1D{3, {.stride = 2}}, {1, 9, 2});
}

TEST_CASE("AveragePool2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::AveragePool2D{3, {.stride = 1, .padding = 1}}, {3, 2, 2});
  test::check_gradients_of_image_layer(nn::AveragePool1D{2}, {1, 4, 2});
}

TEST_CASE("AveragePool2D gives the same bits in every network") {
  test::check_same_bits_after_image<6, 5, 3>(nn::AveragePool2D<2>{}, nn::AveragePool2D{2});
  test::check_same_bits_after_image<1, 5, 3>(nn::AveragePool1D<2>{}, nn::AveragePool1D{2});
}

TEMPLATE_TEST_CASE("AveragePool2D lets NaN through", "", float, double) {
  CHECK(std::isnan(test::forward_image<TestType>(
      nn::AveragePool2D{2}, {2, 2, 1}, nn::Matrix<TestType>{{1}, {test::not_a_number<TestType>}, {3}, {4}})(0, 0)));
}
