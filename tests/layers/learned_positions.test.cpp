// SPDX-License-Identifier: MIT
#include <nn/layers/learned_positions.hpp>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("LearnedPositions is a layer, with its length in the type or at run time") {
  static_assert(nn::Layer<nn::LearnedPositions<5>> && nn::HasShards<nn::LearnedPositions<>>);
  static_assert(nn::shape_is_in_type<nn::LearnedPositions<5>> && !nn::shape_is_in_type<nn::LearnedPositions<>>);
  CHECK(nn::describe(nn::LearnedPositions<5>{}) == nn::describe(nn::LearnedPositions{5}));
  CHECK_FALSE(nn::LearnedPositions{5} == nn::LearnedPositions{6});
}

TEST_CASE("LearnedPositions has as many parameters for every length, and refuses longer sequences") {
  const test::TensorShapes expected{{"weight", 5, 3, nn::Role::weight, {{.size = 5}, {.size = 3, .stride = 5}}}};
  CHECK(test::tensors_of(nn::LearnedPositions{5}, {1, 2, 3}) == expected);
  CHECK(test::tensors_of(nn::LearnedPositions{5}, {1, 5, 3}) == expected);
  CHECK(nn::LearnedPositions{5}.output_shape({1, 5, 3}) == nn::Shape(1, 5, 3));
  CHECK_THROWS_MATCHES((nn::LearnedPositions{5}.output_shape({1, 6, 3})), nn::shape_error,
                       Message("LearnedPositions: an input of 1x6x3 has 6 steps, and positions are learned for 5; give "
                               "it as many as there may be"));
}

TEMPLATE_TEST_CASE("LearnedPositions gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // Positions (1 4), (2 5) and (3 6), of which two steps use two.
  const test::ImagePass<TestType> pass(nn::LearnedPositions{3}, {1, 2, 2}, M{{10, 0}, {20, 0}, {30, 0}, {40, 0}},
                                       nn::Vector<TestType>{{1, 2, 3, 4, 5, 6}}, M{{1, 10}, {2, 20}, {3, 30}, {4, 40}});
  CHECK(pass.y == M{{11, 1}, {24, 4}, {32, 2}, {45, 5}});
  CHECK(pass.dx == M{{1, 10}, {2, 20}, {3, 30}, {4, 40}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{11, 33, 0, 22, 44, 0}});
}

TEST_CASE("LearnedPositions begins small") {
  nn::Vector<double> parameters(4000);
  nn::Random random(1);
  nn::LearnedPositions{1000}.initialize({1, 9, 4}, parameters, nn::zeros, random);
  CHECK(std::abs(parameters.norm() / std::sqrt(4000) - 0.02) < 0.002);
}

TEST_CASE("LearnedPositions' gradients are right") {
  test::check_gradients_of_image_layer(nn::LearnedPositions{4}, {1, 3, 2});
}

TEST_CASE("LearnedPositions gives the same bits in every network") {
  test::check_same_bits_after_image<1, 3, 4>(nn::LearnedPositions<5>{}, nn::LearnedPositions{5});
}
