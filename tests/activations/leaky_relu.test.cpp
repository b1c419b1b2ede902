// SPDX-License-Identifier: MIT
#include <nn/activations/leaky_relu.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("LeakyReLU is a layer") {
  static_assert(nn::Layer<nn::LeakyReLU>);
  static_assert(nn::shape_is_in_type<nn::LeakyReLU>);
  CHECK(nn::describe(nn::LeakyReLU{}) == nn::Description{.type = "LeakyReLU", .options = {{"negative_slope", 0.01}}});
  CHECK(nn::describe(nn::LeakyReLU{1e-3}) ==
        nn::Description{.type = "LeakyReLU", .options = {{"negative_slope", 1e-3}}});
  CHECK(nn::LeakyReLU{1e-3} == nn::LeakyReLU{1e-3});
  CHECK_FALSE(nn::LeakyReLU{1e-3} == nn::LeakyReLU{});
}

TEST_CASE("LeakyReLU keeps the shape") {
  CHECK(nn::LeakyReLU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("LeakyReLU gives the known values", "", float, double) {
  // 0.25 can be written in binary, so everything here is exact: 0.25 * -2 = -0.5.
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, 3}}, dy{{1, 2}, {3, 4}};
  CHECK(test::forward<TestType>(nn::LeakyReLU{0.25}, x) == nn::Matrix<TestType>{{-0.5, 0.5}, {0, 3}});
  CHECK(test::backward<TestType>(nn::LeakyReLU{0.25}, x, dy) == nn::Matrix<TestType>{{0.25, 2}, {0.75, 4}});
  CHECK(test::forward<TestType>(nn::LeakyReLU{}, nn::Matrix<TestType>{{-1}})(0, 0) == TestType(-0.01));
}

TEST_CASE("LeakyReLU's gradients are right") { test::check_gradients_of(nn::LeakyReLU{0.3}); }

TEST_CASE("LeakyReLU gives the same bits in every network") { test::check_same_bits_of(nn::LeakyReLU{1e-3}); }

TEMPLATE_TEST_CASE("LeakyReLU has its kink and its extremes", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max(), infinity = test::infinity<TestType>;
  const nn::Matrix<TestType> x{{0, TestType(-0.0), most, -most, infinity, -infinity}};
  const TestType slope = TestType(0.25);
  CHECK(test::forward<TestType>(nn::LeakyReLU{0.25}, x) ==
        nn::Matrix<TestType>{{0, 0, most, slope * -most, infinity, -infinity}});
  // The slope at 0 is the negative slope.
  CHECK(test::backward<TestType>(nn::LeakyReLU{0.25}, x, nn::Matrix<TestType>::Ones(1, 6)) ==
        nn::Matrix<TestType>{{slope, slope, 1, slope, 1, slope}});
  CHECK(
      std::isnan(test::forward<TestType>(nn::LeakyReLU{}, nn::Matrix<TestType>{{test::not_a_number<TestType>}})(0, 0)));
}
