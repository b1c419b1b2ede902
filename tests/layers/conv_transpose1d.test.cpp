// SPDX-License-Identifier: MIT
#include <nn/layers/conv_transpose1d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("ConvTranspose1D is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::ConvTranspose1D<8, 3>> && nn::Layer<nn::ConvTranspose1D<>>);
  static_assert(std::is_empty_v<nn::ConvTranspose1D<8, 3>> && nn::HasShards<nn::ConvTranspose1D<>>);
  static_assert(std::is_same_v<decltype(nn::ConvTranspose1D{8, 3, {.stride = 2}}), nn::ConvTranspose1D<>>);
  CHECK(nn::describe(nn::ConvTranspose1D<8, 3>{}) == nn::describe(nn::ConvTranspose1D{8, 3}));
  CHECK(nn::describe(nn::ConvTranspose1D{8, 3}).type == "ConvTranspose1D");
  CHECK(nn::ConvTranspose1D{8, 3, {.stride = 2}} == nn::ConvTranspose1D{8, 3, {.stride = {1, 2}}});
  CHECK_FALSE(nn::ConvTranspose1D{8, 3} == nn::ConvTranspose1D{8, 4});
}

TEST_CASE("ConvTranspose1D knows its output, and refuses what leaves nothing") {
  static_assert(nn::ConvTranspose1D<8, 3>{}.output_shape(nn::Shape(1, 7, 2)) == nn::Shape(1, 9, 8));
  CHECK(nn::ConvTranspose1D{8, 4, {.stride = 2, .padding = 1}}.output_shape(nn::Shape(1, 7, 2)) == nn::Shape(1, 14, 8));
  CHECK_THROWS_MATCHES((nn::ConvTranspose1D{8, 2, {.padding = 2}}.output_shape(nn::Shape(1, 3, 2))), nn::shape_error,
                       Message("ConvTranspose1D: an input of 1x3x2 becomes 4 long, of which a padding of 2 cuts off 4; "
                               "use less padding"));
  CHECK_THROWS_MATCHES((nn::ConvTranspose1D{8, 2, {.output_padding = 1}}.output_shape(nn::Shape(1, 3, 2))),
                       nn::shape_error,
                       Message("ConvTranspose1D: an output padding of 0x1 is not less than the stride, 1x1, or the "
                               "dilation, 1x1; give a smaller one"));
}

TEMPLATE_TEST_CASE("ConvTranspose1D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // 1 and 2 lay (3 -1) two apart, on a bias of 10: 3 + 10, -1 + 10, 6 + 10, -2 + 10.
  const test::ImagePass<TestType> pass(nn::ConvTranspose1D{1, 2, {.stride = 2}}, {1, 2, 1}, M{{1}, {2}},
                                       nn::Vector<TestType>{{3, -1, 10}}, M{{1}, {2}, {3}, {4}});
  CHECK(pass.y == M{{13}, {9}, {16}, {8}});
  CHECK(pass.dx == M{{1}, {5}});  // 3 * 1 - 2, 3 * 3 - 4
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{7, 10, 10}});
}

TEST_CASE("ConvTranspose1D does what PyTorch's does") {
  test::check_fixture("transposed convolution", nn::ConvTranspose1D<2, 4>{}, {1, 5, 3}, "sequences");
  test::check_fixture(
      "transposed convolution with options",
      nn::ConvTranspose1D{
          6, 3, {.stride = 3, .padding = 2, .output_padding = 1, .dilation = 2, .groups = 2, .bias = false}},
      {1, 4, 4}, "sequences");
}

TEST_CASE("ConvTranspose1D's gradients are right") {
  test::check_gradients_of_image_layer(nn::ConvTranspose1D{3, 2, {.stride = 2, .padding = 1}}, {1, 3, 2});
}

TEST_CASE("ConvTranspose1D gives the same bits in every network") {
  test::check_same_bits_after_image<1, 5, 3>(nn::ConvTranspose1D<17, 3>{}, nn::ConvTranspose1D{17, 3});
}
