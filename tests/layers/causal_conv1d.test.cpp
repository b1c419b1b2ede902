// SPDX-License-Identifier: MIT
#include <nn/layers/causal_conv1d.hpp>

#include <limits>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("CausalConv1D is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::CausalConv1D<8, 3>> && nn::Layer<nn::CausalConv1D<>>);
  static_assert(std::is_empty_v<nn::CausalConv1D<8, 3>>);
  static_assert(std::is_same_v<decltype(nn::CausalConv1D{8, 3, {.dilation = 2}}), nn::CausalConv1D<>>);
  CHECK(nn::describe(nn::CausalConv1D<8, 3>{}) == nn::describe(nn::CausalConv1D{8, 3}));
  CHECK(nn::describe(nn::CausalConv1D{8, 3}).type == "CausalConv1D");
  CHECK(nn::CausalConv1D{8, 3, {.padding = 2}} == nn::CausalConv1D{8, 3});  // it pads by its kernel
  CHECK_FALSE(nn::CausalConv1D{8, 3} == nn::CausalConv1D{8, 3, {.dilation = 2}});
}

TEST_CASE("CausalConv1D keeps the number of steps, or divides it by its stride, and takes fewer than its kernel") {
  static_assert(nn::CausalConv1D<8, 3>{}.output_shape(nn::Shape(1, 9, 2)) == nn::Shape(1, 9, 8));
  CHECK(nn::CausalConv1D{8, 3, {.stride = 4, .dilation = 2}}.output_shape(nn::Shape(1, 9, 2)) == nn::Shape(1, 3, 8));
  CHECK(nn::CausalConv1D{8, 3, {.stride = 9}}.output_shape(nn::Shape(1, 9, 2)) == nn::Shape(1, 1, 8));
  CHECK(nn::CausalConv1D{8, 5, {.dilation = 64}}.output_shape(nn::Shape(1, 1, 2)) == nn::Shape(1, 1, 8));
  CHECK_THROWS_MATCHES((nn::CausalConv1D{8, 0}.output_shape(nn::Shape(1, 4, 2))), nn::shape_error,
                       Message("CausalConv1D: the sides of the window must be at least 1, got 1x0; give a larger "
                               "number"));
  CHECK_THROWS_AS((nn::CausalConv1D{8, 2, {.dilation = 0}}.output_shape(nn::Shape(1, 4, 2))), nn::shape_error);
  CHECK_THROWS_AS((nn::CausalConv1D{8, 2, {.groups = 3}}.output_shape(nn::Shape(1, 4, 2))), nn::shape_error);
  constexpr nn::Index top = std::numeric_limits<nn::Index>::max();
  CHECK_THROWS_AS((nn::CausalConv1D{8, top, {.dilation = 3}}.output_shape(nn::Shape(1, 4, 2))), nn::shape_error);
}

TEMPLATE_TEST_CASE("CausalConv1D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (0 1 2 4) under (3 -1) and a bias of 10: -1 + 10, 3 - 2 + 10, 6 - 4 + 10.
  const test::ImagePass<TestType> pass(nn::CausalConv1D{1, 2}, {1, 3, 1}, M{{1}, {2}, {4}},
                                       nn::Vector<TestType>{{3, -1, 10}}, M{{4}, {1}, {2}});
  CHECK(pass.y == M{{9}, {11}, {12}});
  CHECK(pass.dx == M{{-1}, {5}, {-2}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{5, 14, 7}});
}

TEST_CASE("CausalConv1D does what PyTorch's Conv1d does with zeros before the first step") {
  test::check_fixture("causal convolution", nn::CausalConv1D<3, 3>{}, {1, 7, 2}, "sequences");
  test::check_fixture("dilated causal convolution", nn::CausalConv1D{6, 2, {.stride = 2, .dilation = 3, .groups = 2}},
                      {1, 9, 4}, "sequences");
}

TEST_CASE("CausalConv1D sees no later step, with the same bits whatever comes") {
  const nn::Sequential<double> network{nn::Input{1, 12, 2}, nn::CausalConv1D{5, 2},
                                       nn::CausalConv1D{3, 2, {.dilation = 2}},
                                       nn::CausalConv1D{4, 2, {.dilation = 4}}};
  const nn::Matrix<double> x = test::drawn<double>(12 * 2, 3, 1);
  nn::Matrix<double> other = x;
  other.bottomRows(5 * 2).setConstant(1e9);
  const nn::Matrix<double> y = network.predict(x), with_others = network.predict(other);
  CHECK(test::have_same_bits(nn::Matrix<double>(y.topRows(7 * 4)), nn::Matrix<double>(with_others.topRows(7 * 4))));
  CHECK_FALSE(y.bottomRows(5 * 4) == with_others.bottomRows(5 * 4));
}

TEST_CASE("CausalConv1D's gradients are right") {
  test::check_gradients_of_image_layer(nn::CausalConv1D{3, 2, {.dilation = 2}}, {1, 4, 2});
  test::check_gradients_of_image_layer(nn::CausalConv1D{2, 2, {.groups = 2}}, {1, 3, 2});  // channel by channel
}

TEST_CASE("CausalConv1D gives the same bits in every network") {
  test::check_same_bits_after_image<1, 9, 3>(nn::CausalConv1D<17, 3>{}, nn::CausalConv1D{17, 3});
}
