// SPDX-License-Identifier: MIT
#include <nn/activations/binary_step.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("BinaryStep is a layer") {
  static_assert(nn::Layer<nn::BinaryStep>);
  static_assert(std::is_empty_v<nn::BinaryStep>);
  CHECK(nn::describe(nn::BinaryStep{}) == nn::Description{.type = "BinaryStep", .options = {}});
}

TEST_CASE("BinaryStep keeps the shape") {
  CHECK(nn::BinaryStep{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("BinaryStep is 1 where x >= 0, its slope 0 everywhere", "", float, double) {
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, TestType(-1e-30)}};
  CHECK(test::forward<TestType>(nn::BinaryStep{}, x) == nn::Matrix<TestType>{{0, 1}, {1, 0}});
  CHECK(test::backward<TestType>(nn::BinaryStep{}, x, nn::Matrix<TestType>::Ones(2, 2)) ==
        nn::Matrix<TestType>::Zero(2, 2));
}

TEST_CASE("BinaryStep's gradients are right") { test::check_gradients_of(nn::BinaryStep{}); }

TEST_CASE("BinaryStep gives the same bits in every network") { test::check_same_bits_of(nn::BinaryStep{}); }

TEST_CASE("no gradient passes BinaryStep: layers before it are not trained") {
  nn::Sequential<double> network(nn::Input{3}, nn::Dense{4}, nn::BinaryStep{}, nn::Dense{2});
  const auto pass = test::pass_through(network, test::drawn<double>(3, 1, 5));
  CHECK((pass.gradient.head(16).array() == 0).all());
  CHECK((pass.gradient.tail(2).array() == 1).all());
  CHECK((pass.input_gradient.array() == 0).all());
}

TEMPLATE_TEST_CASE("BinaryStep has its step and its extremes", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max(), infinity = test::infinity<TestType>;
  const nn::Matrix<TestType> x{{0, TestType(-0.0), most, -most, infinity, -infinity}};
  CHECK(test::forward<TestType>(nn::BinaryStep{}, x) == nn::Matrix<TestType>{{1, 1, 1, 0, 1, 0}});
  CHECK(std::isnan(
      test::forward<TestType>(nn::BinaryStep{}, nn::Matrix<TestType>{{test::not_a_number<TestType>}})(0, 0)));
}
