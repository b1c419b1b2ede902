// SPDX-License-Identifier: MIT
#include <nn/layers/conv2d.hpp>

#include <cmath>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("Conv2D is a layer, with sizes in the type or at run time") {
  using Fixed = nn::Conv2D<6, nn::Sides{3, 5}, nn::ConvOptions{.padding = {1, 2}}>;
  static_assert(nn::Layer<Fixed> && nn::Layer<nn::Conv2D<>>);
  static_assert(nn::HasTensors<Fixed> && nn::HasShards<Fixed>);
  static_assert(std::is_empty_v<Fixed> && std::is_empty_v<nn::Conv2D<6, 5>>);
  static_assert(std::is_same_v<decltype(nn::Conv2D{6, 5}), nn::Conv2D<>>);
  static_assert(std::is_same_v<decltype(nn::Conv2D{6, {3, 5}, {.padding = nn::same_padding}}), nn::Conv2D<>>);
  CHECK(nn::describe(Fixed{}) == nn::describe(nn::Conv2D{6, {3, 5}, {.padding = {1, 2}}}));
  CHECK(nn::describe(Fixed{}).type == "Conv2D");
  CHECK(nn::describe(Fixed{}).options[2] == std::pair<std::string, double>("kernel_width", 5));
  CHECK_FALSE(nn::describe(nn::Conv2D{6, 5}) == nn::describe(nn::Conv2D{6, 5, {.bias = false}}));
  CHECK(nn::Conv2D{6, 5} == nn::Conv2D{6, {5, 5}});
  CHECK_FALSE(nn::Conv2D{6, 5} == nn::Conv2D{6, 5, {.groups = 2}});
}

TEST_CASE("Conv2D knows its output and counts its parameters") {
  static_assert(nn::Conv2D<6, 5>{}.output_shape(nn::Shape(28, 28, 1)) == nn::Shape(24, 24, 6));
  static_assert(nn::parameter_count(nn::Conv2D<6, 5>{}, nn::Shape(28, 28, 3)) == 6 * 75 + 6);
  CHECK(nn::Conv2D{6, 5, {.padding = 2}}.output_shape(nn::Shape(28, 28, 1)) == nn::Shape(28, 28, 6));
  CHECK(nn::Conv2D{6, 3, {.stride = 2, .padding = nn::same_padding}}.output_shape(nn::Shape(7, 8, 1)) ==
        nn::Shape(4, 4, 6));
  CHECK(nn::Conv2D{6, {1, 3}, {.dilation = {1, 2}}}.output_shape(nn::Shape(1, 9, 4)) == nn::Shape(1, 5, 6));
  // PyTorch has filters x channels x height x width; here the channels of a pixel stand together, then its row.
  const nn::Dimensions of_two_channels{{6, 1}, {2, 6}, {3, 36}, {3, 12}};
  CHECK(test::tensors_of(nn::Conv2D{6, 3, {.groups = 2}}, nn::Shape(5, 5, 4)) ==
        test::TensorShapes{{"weight", 6, 18, nn::Role::weight, of_two_channels}, {"bias", 6, 1, nn::Role::bias}});
  const nn::Dimensions of_four_channels{{6, 1}, {4, 6, true}, {3, 72}, {3, 24}};
  CHECK(test::tensors_of(nn::Conv2D{6, 3, {.bias = false}}, nn::Shape(5, 5, 4)) ==
        test::TensorShapes{{"weight", 6, 36, nn::Role::weight, of_four_channels}});
}

TEST_CASE("Conv2D refuses what does not fit") {
  const auto output = [](const auto& layer, nn::Shape input) { static_cast<void>(layer.output_shape(input)); };
  CHECK_THROWS_MATCHES(output(nn::Conv2D{16, 5}, nn::Shape(4, 4, 16)), nn::shape_error,
                       Message("Conv2D: a 5x5 kernel does not fit an input of 4x4x16 without padding; use a smaller "
                               "kernel, more padding, or less pooling before it"));
  CHECK_THROWS_MATCHES(output(nn::Conv2D{16, 3, {.padding = {0, 1}, .dilation = 2}}, nn::Shape(4, 4, 16)),
                       nn::shape_error,
                       Message("Conv2D: a 3x3 kernel with a dilation of 2x2 does not fit an input of 4x4x16 with a "
                               "padding of 0x1; use a smaller kernel, more padding, or less pooling before it"));
  CHECK_THROWS_MATCHES(output(nn::Conv2D{0, 5}, nn::Shape(8, 8, 1)), nn::shape_error,
                       Message("Conv2D: needs at least 1 filter, got 0; give it more"));
  CHECK_THROWS_MATCHES(output(nn::Conv2D{6, 3, {.groups = 4}}, nn::Shape(8, 8, 8)), nn::shape_error,
                       Message("Conv2D: 8 channels and 6 filters do not make 4 equal groups; use a number of groups "
                               "that divides both"));
  CHECK_THROWS_MATCHES(output(nn::Conv2D{6, {0, 3}}, nn::Shape(8, 8, 1)), nn::shape_error,
                       Message("Conv2D: the sides of the window must be at least 1, got 0x3; give a larger number"));
  CHECK_THROWS_AS(output(nn::Conv2D{6, 3, {.stride = 0}}, nn::Shape(8, 8, 1)), nn::shape_error);
  CHECK_THROWS_AS(output(nn::Conv2D{6, 3, {.padding = -1}}, nn::Shape(8, 8, 1)), nn::shape_error);
  CHECK_THROWS_AS(output(nn::Conv2D{6, 3, {.dilation = 0}}, nn::Shape(8, 8, 1)), nn::shape_error);
  CHECK_THROWS_AS(output(nn::Conv2D{6, 3, {.groups = 0}}, nn::Shape(8, 8, 1)), nn::shape_error);
  CHECK_THROWS_AS((nn::Sequential<float>(nn::Input{4, 4, 1}, nn::Conv2D{6, 5})), nn::shape_error);
}

TEMPLATE_TEST_CASE("Conv2D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // The image (1 2 3; 4 5 6; 7 8 9) under the kernel (1 2; 3 4) and a bias of 10: 1 + 4 + 12 + 20 + 10 = 47 above left.
  const M x{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}, {9}};
  const nn::Vector<TestType> parameters{{1, 2, 3, 4, 10}};
  // dy = (1 0; 0 2): dW = patch 1 + 2 * patch 4 = (1 2 4 5) + 2 * (5 6 8 9); db = 3.
  const M dy{{1}, {0}, {0}, {2}};
  const test::ImagePass<TestType> pass(nn::Conv2D{1, 2}, nn::Shape(3, 3, 1), x, parameters, dy);
  CHECK(pass.y == M{{47}, {57}, {77}, {87}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{11, 14, 20, 23, 3}});
  CHECK(pass.dx == M{{1}, {2}, {0}, {3}, {6}, {4}, {0}, {6}, {8}});
}

TEST_CASE("Conv2D does what PyTorch's does") {
  using nn::Conv2D;
  test::check_fixture("plain", Conv2D{3, 3}, nn::Shape(5, 4, 2));
  test::check_fixture("rectangular kernel, no bias", Conv2D{3, {2, 3}, {.bias = false}}, nn::Shape(4, 5, 2));
  test::check_fixture("stride and padding", Conv2D{3, {3, 2}, {.stride = {2, 1}, .padding = {1, 2}}},
                      nn::Shape(5, 6, 2));
  test::check_fixture("same padding", Conv2D{3, {3, 2}, {.padding = nn::same_padding}}, nn::Shape(4, 5, 2));
  test::check_fixture("dilation", Conv2D{3, {2, 3}, {.padding = {1, 2}, .dilation = {3, 2}}}, nn::Shape(6, 5, 2));
  test::check_fixture("groups", Conv2D{6, 3, {.padding = 1, .groups = 2}}, nn::Shape(4, 4, 4));
  test::check_fixture("depthwise", Conv2D{3, 3, {.stride = 2, .padding = 1, .groups = 3}}, nn::Shape(4, 5, 3));
  test::check_fixture("depthwise, two filters each", Conv2D{6, 2, {.groups = 3}}, nn::Shape(3, 4, 3));
  test::check_fixture("1x1", Conv2D{5, 1}, nn::Shape(3, 3, 4));
}

TEST_CASE("Conv2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::Conv2D{3, 2, {.padding = 1}}, nn::Shape(3, 2, 2));
  test::check_gradients_of_image_layer(nn::Conv2D{4, {1, 2}, {.dilation = {1, 2}, .groups = 2, .bias = false}},
                                       nn::Shape(2, 4, 2));
}

TEST_CASE("Conv2D gives the same bits in every network") {
  test::check_same_bits_after_image<6, 5, 2>(nn::Conv2D<17, 3, nn::ConvOptions{.padding = 1}>{},
                                             nn::Conv2D{17, 3, {.padding = 1}});
  test::check_same_bits_after_image<6, 5, 2>(nn::Conv2D<6, nn::Sides{2, 3}>{}, nn::Conv2D{6, {2, 3}});
}

TEST_CASE("Conv2D draws its weights by the initializer and starts with no bias") {
  nn::Vector<double> parameters = nn::Vector<double>::Constant(4 * 18 + 4, 9);
  nn::Random random(1), by_hand(1);
  nn::Conv2D{4, 3}.initialize(nn::Shape(8, 8, 2), parameters, nn::he_normal, random);
  for (nn::Index i = 0; i < 72; ++i) CHECK(parameters[i] == std::sqrt(2.0 / 18) * by_hand.normal());
  CHECK((parameters.tail(4).array() == 0).all());
  // Glorot with 3 * 3 * 2 inputs per output and 3 * 3 * 4 outputs per input has the variance 2 / (18 + 36).
  nn::Random again(1), by_hand_again(1);
  nn::Conv2D{4, 3}.initialize(nn::Shape(8, 8, 2), parameters, nn::glorot_normal, again);
  CHECK(parameters[0] == std::sqrt(2.0 / 54) * by_hand_again.normal());
  nn::Conv2D{4, 3}.initialize(nn::Shape(8, 8, 2), parameters, nn::pytorch_default, random);
  CHECK(((parameters.array() != 0) && (parameters.array().abs() <= 1 / std::sqrt(18.0))).all());
}

TEMPLATE_TEST_CASE("Conv2D lets NaN through where its kernel sees it", "", float, double) {
  const nn::Matrix<TestType> x{{1}, {test::not_a_number<TestType>}, {3}, {4}};
  const nn::Vector<TestType> parameters{{1, 1}};
  const nn::Matrix<TestType> y = test::ImagePass<TestType>(nn::Conv2D{1, {1, 1}}, nn::Shape(1, 4, 1), x, parameters,
                                                           nn::Matrix<TestType>::Ones(4, 1))
                                     .y;
  CHECK(std::isnan(y(1, 0)));
  CHECK((y(0, 0) == 2 && y(2, 0) == 4 && y(3, 0) == 5));
}
