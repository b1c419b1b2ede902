// SPDX-License-Identifier: MIT
#include <nn/layers/conv1d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("Conv1D is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::Conv1D<8, 3>> && nn::Layer<nn::Conv1D<>> && std::is_empty_v<nn::Conv1D<8, 3>>);
  static_assert(std::is_same_v<decltype(nn::Conv1D{8, 3, {.padding = 1}}), nn::Conv1D<>>);
  CHECK(nn::describe(nn::Conv1D<8, 3>{}) == nn::describe(nn::Conv1D{8, 3}));
  CHECK(nn::describe(nn::Conv1D{8, 3}).type == "Conv1D");
  CHECK(nn::Conv1D{8, 3, {.stride = 2}} == nn::Conv1D{8, 3, {.stride = {1, 2}}});  // heights are ignored
  CHECK_FALSE(nn::Conv1D{8, 3} == nn::Conv1D{8, 4});
}

TEST_CASE("Conv1D knows its output, and refuses what does not fit") {
  static_assert(nn::Conv1D<8, 3>{}.output_shape(nn::Shape(1, 9, 2)) == nn::Shape(1, 7, 8));
  CHECK(nn::Conv1D{8, 3, {.stride = 2, .padding = 1, .dilation = 2}}.output_shape(nn::Shape(1, 9, 2)) ==
        nn::Shape(1, 4, 8));
  CHECK(nn::Conv1D{8, 3, {.padding = nn::same_padding}}.output_shape(nn::Shape(1, 9, 2)) == nn::Shape(1, 9, 8));
  CHECK_THROWS_MATCHES((nn::Conv1D{8, 5}.output_shape(nn::Shape(1, 4, 2))), nn::shape_error,
                       Message("Conv1D: a 1x5 kernel does not fit an input of 1x4x2 without padding; use a smaller "
                               "kernel, more padding, or less pooling before it"));
}

TEMPLATE_TEST_CASE("Conv1D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (1 2 4) under (3 -1) and a bias of 10: 3 - 2 + 10, 6 - 4 + 10.
  const test::ImagePass<TestType> pass(nn::Conv1D{1, 2}, {1, 3, 1}, M{{1}, {2}, {4}}, nn::Vector<TestType>{{3, -1, 10}},
                                       M{{1}, {2}});
  CHECK(pass.y == M{{11}, {12}});
  CHECK(pass.dx == M{{3}, {5}, {-2}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{5, 10, 3}});
}

TEST_CASE("Conv1D does what PyTorch's does") {
  test::check_fixture("1-D", nn::Conv1D{3, 4, {.stride = 2, .padding = 1}}, {1, 9, 2});
}

TEST_CASE("Conv1D's gradients are right") {
  test::check_gradients_of_image_layer(nn::Conv1D{3, 2, {.padding = 1, .dilation = 2}}, {1, 4, 2});
}

TEST_CASE("Conv1D gives the same bits in every network") {
  test::check_same_bits_after_image<1, 9, 3>(nn::Conv1D<17, 3>{}, nn::Conv1D{17, 3});
}
