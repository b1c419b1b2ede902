// SPDX-License-Identifier: MIT
#include <nn/layers/layer_norm.hpp>

#include <cmath>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("LayerNorm is a layer") {
  static_assert(nn::Layer<nn::LayerNorm> && nn::shape_is_in_type<nn::LayerNorm>);
  static_assert(nn::HasTensors<nn::LayerNorm> && nn::HasShards<nn::LayerNorm>);
  CHECK(nn::describe(nn::LayerNorm{1e-3}) == nn::Description{.type = "LayerNorm", .options = {{"epsilon", 1e-3}}});
  CHECK_FALSE(nn::LayerNorm{1e-3} == nn::LayerNorm{});
}

TEST_CASE("LayerNorm keeps the shape, counts gamma and beta, and refuses an epsilon that is not above 0") {
  CHECK(nn::LayerNorm{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
  const nn::Dimensions channels{{.size = 2, .is_input = true}};
  CHECK(test::tensors_of(nn::LayerNorm{}, nn::Shape(3, 5, 2)) ==
        test::TensorShapes{{"weight", 2, 1, nn::Role::scale, channels}, {"bias", 2, 1, nn::Role::bias, channels}});
  CHECK(nn::parameter_count(nn::LayerNorm{}, nn::Shape(7)) == 14);
  CHECK_THROWS_MATCHES(nn::LayerNorm{0}.output_shape(nn::Shape(2)), nn::shape_error,
                       Message("LayerNorm: epsilon must be above 0, got 0; 1e-5 is usual"));
  CHECK_THROWS_AS(nn::LayerNorm{std::nan("")}.output_shape(nn::Shape(2)), nn::shape_error);
}

TEMPLATE_TEST_CASE("LayerNorm gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (1 3) has the mean 2 and, with an epsilon of 3, the deviation sqrt(1 + 3) = 2: (-0.5 0.5).
  const test::ImagePass<TestType> pass(nn::LayerNorm{3}, nn::Shape(2), M{{1}, {3}},
                                       nn::Vector<TestType>{{2, 4, 10, 20}}, M{{1}, {1}});
  CHECK(pass.y == M{{9}, {22}});
  // g = (2 4): mean 3, mean with x' = (-1 + 2) / 2 = 0.5; dx = (2 - 3 + 0.25, 4 - 3 - 0.25) / 2.
  CHECK(pass.dx == M{{-0.375}, {0.375}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{-0.5, 0.5, 1, 1}});
}

TEST_CASE("LayerNorm starts with gamma 1 and beta 0, and draws nothing") {
  nn::Vector<double> parameters = nn::Vector<double>::Constant(6, 9);
  nn::Random random(1), untouched(1);
  nn::LayerNorm{}.initialize(nn::Shape(3), parameters, nn::he_normal, random);
  CHECK(parameters == nn::Vector<double>{{1, 1, 1, 0, 0, 0}});
  CHECK(random.normal() == untouched.normal());
}

TEST_CASE("LayerNorm does what PyTorch's does") { test::check_fixture("layer norm", nn::LayerNorm{}, {2, 3, 4}); }

TEST_CASE("LayerNorm's gradients are right") {
  test::check_gradients_of(nn::LayerNorm{});
  test::check_gradients_of_image_layer(nn::LayerNorm{}, {2, 1, 3});
}

TEST_CASE("LayerNorm gives the same bits in every network") {
  test::check_same_bits_after_image<3, 2, 19>(nn::LayerNorm{}, nn::LayerNorm{});
}

TEMPLATE_TEST_CASE("LayerNorm makes numbers that are all alike zero, however large", "", float, double) {
  const nn::Matrix<TestType> x{{1e6}, {1e6}, {1e6}};
  const test::ImagePass<TestType> pass(nn::LayerNorm{}, nn::Shape(3), x, nn::Vector<TestType>{{1, 1, 1, 0, 0, 0}},
                                       nn::Matrix<TestType>::Ones(3, 1));
  CHECK((pass.y.array() == 0).all());
  CHECK(pass.dx.array().isFinite().all());
}

TEST_CASE("LayerNorm over sizes that cannot be counted is a shape_error") {
  constexpr nn::Index much = nn::Index(1) << 62;
  CHECK_THROWS_AS(nn::LayerNorm{}.output_shape({much, 2, 1}), nn::shape_error);
  CHECK_THROWS_AS(nn::parameter_count(nn::LayerNorm{}, nn::Shape(much)), nn::shape_error);
}

TEST_CASE("LayerNorm that is told nothing has PyTorch's epsilon") { CHECK(nn::LayerNorm{}.epsilon == 1e-5); }
