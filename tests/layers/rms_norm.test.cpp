// SPDX-License-Identifier: MIT
#include <nn/layers/rms_norm.hpp>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("RMSNorm is a layer") {
  static_assert(nn::Layer<nn::RMSNorm> && nn::shape_is_in_type<nn::RMSNorm> && nn::HasShards<nn::RMSNorm>);
  CHECK(nn::describe(nn::RMSNorm{1e-3}) == nn::Description{.type = "RMSNorm", .options = {{"epsilon", 1e-3}}});
  CHECK(nn::RMSNorm{}.epsilon == 1e-5);
}

TEST_CASE("RMSNorm keeps the shape, has a scale for each channel, and refuses an epsilon that is not above 0") {
  CHECK(nn::RMSNorm{}.output_shape({3, 5, 2}) == nn::Shape(3, 5, 2));
  CHECK(test::tensors_of(nn::RMSNorm{}, {1, 5, 2}) ==
        test::TensorShapes{{"weight", 2, 1, nn::Role::scale, nn::one_per_channel(2)}});
  CHECK_THROWS_MATCHES(nn::RMSNorm{0}.output_shape(nn::Shape(2)), nn::shape_error,
                       Message("RMSNorm: epsilon must be above 0, got 0; 1e-5 is usual"));
  CHECK_THROWS_AS(nn::RMSNorm{test::not_a_number<double>}.output_shape(nn::Shape(2)), nn::shape_error);
}

TEMPLATE_TEST_CASE("RMSNorm gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (1 3) has the mean square 5 and, with an epsilon of 11, the root 4.
  const test::ImagePass<TestType> pass(nn::RMSNorm{11}, nn::Shape(2), M{{1}, {3}}, nn::Vector<TestType>{{8, 16}},
                                       M{{1}, {2}});
  CHECK(pass.y == M{{2}, {12}});
  // g = (8 32), mean of g x = 52; dx = (8 - 52 / 16, 32 - 3 * 52 / 16) / 4.
  CHECK(pass.dx == M{{1.1875}, {5.5625}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{0.25, 1.5}});
}

TEST_CASE("RMSNorm does what PyTorch's does") {
  test::check_fixture("root mean square", nn::RMSNorm{}, {1, 3, 5}, "sequences");
}

TEST_CASE("RMSNorm starts with a scale of 1, and draws nothing") {
  nn::Vector<double> parameters = nn::Vector<double>::Constant(3, 9);
  nn::Random random(1), untouched(1);
  nn::RMSNorm{}.initialize(nn::Shape(3), parameters, nn::he_normal, random);
  CHECK(parameters == nn::Vector<double>::Ones(3));
  CHECK(random.normal() == untouched.normal());
}

TEST_CASE("RMSNorm's gradients are right") { test::check_gradients_of_image_layer(nn::RMSNorm{}, {1, 2, 3}); }

TEST_CASE("RMSNorm gives the same bits in every network") {
  test::check_same_bits_after_image<1, 3, 4>(nn::RMSNorm{}, nn::RMSNorm{});
}
