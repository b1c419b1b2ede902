// SPDX-License-Identifier: MIT
#include <nn/activations/tanh.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("Tanh is a layer") {
  static_assert(nn::Layer<nn::Tanh>);
  static_assert(std::is_empty_v<nn::Tanh>);
  CHECK(nn::describe(nn::Tanh{}) == nn::Description{.type = "Tanh", .options = {}});
}

TEST_CASE("Tanh keeps the shape") { CHECK(nn::Tanh{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Tanh gives the known values", "", float, double) {
  // tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 0.6, slope 1 - 0.36; tanh(-ln 3) = -(3 - 1/3) / (3 + 1/3) = -0.8, slope 0.36.
  const nn::Matrix<TestType> x{{std::log(TestType(2)), -std::log(TestType(3)), 0}}, dy{{1, 2, 4}};
  const TestType tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  CHECK(test::forward<TestType>(nn::Tanh{}, x)
            .isApprox(nn::Matrix<TestType>{{TestType(0.6), TestType(-0.8), 0}}, tolerance));
  CHECK(test::backward<TestType>(nn::Tanh{}, x, dy)
            .isApprox(nn::Matrix<TestType>{{TestType(0.64), TestType(0.72), 4}}, tolerance));
}

TEST_CASE("Tanh's gradients are right") { test::check_gradients_of(nn::Tanh{}); }

TEST_CASE("Tanh gives the same bits in every network") { test::check_same_bits_of(nn::Tanh{}); }

TEMPLATE_TEST_CASE("Tanh is finite at any finite number", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max(), infinity = test::infinity<TestType>;
  const nn::Matrix<TestType> x{{88, 710, 1e4, most, infinity}};
  CHECK(test::forward<TestType>(nn::Tanh{}, x) == nn::Matrix<TestType>::Ones(1, 5));
  CHECK(test::forward<TestType>(nn::Tanh{}, -x) == -nn::Matrix<TestType>::Ones(1, 5));
  CHECK(test::backward<TestType>(nn::Tanh{}, x, nn::Matrix<TestType>::Ones(1, 5)) == nn::Matrix<TestType>::Zero(1, 5));
  CHECK(std::isnan(test::forward<TestType>(nn::Tanh{}, nn::Matrix<TestType>{{test::not_a_number<TestType>}})(0, 0)));
}
