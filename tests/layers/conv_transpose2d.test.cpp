// SPDX-License-Identifier: MIT
#include <nn/layers/conv_transpose2d.hpp>

#include <limits>

#include "image_cases.hpp"

TEST_CASE("ConvTranspose2D is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::ConvTranspose2D<8, 3>> && nn::Layer<nn::ConvTranspose2D<>>);
  static_assert(std::is_empty_v<nn::ConvTranspose2D<8, 3>> && nn::HasShards<nn::ConvTranspose2D<>>);
  static_assert(std::is_same_v<decltype(nn::ConvTranspose2D{8, {3, 2}, {.stride = 2}}), nn::ConvTranspose2D<>>);
  CHECK(nn::describe(nn::ConvTranspose2D<8, 3>{}) == nn::describe(nn::ConvTranspose2D{8, 3}));
  CHECK_FALSE(nn::ConvTranspose2D{8, {3, 4}} == nn::ConvTranspose2D{8, 4});
}

TEST_CASE("ConvTranspose2D knows its output and its work") {
  using Doubled = nn::ConvTranspose2D<8, 4, nn::ConvTransposeOptions{.stride = 2, .padding = 1}>;
  static_assert(Doubled{}.output_shape(nn::Shape(5, 7, 2)) == nn::Shape(10, 14, 8));
  static_assert(nn::place_of(Doubled{}, nn::Shape(5, 7, 2)).multiply_adds == 5 * 7 * 2 * 16 * 8);
  CHECK_THROWS_AS((nn::ConvTranspose2D{8, {2, 0}}.output_shape(nn::Shape(3, 3, 2))), nn::shape_error);
  CHECK_THROWS_AS((nn::ConvTranspose2D{0, 2}.output_shape(nn::Shape(3, 3, 2))), nn::shape_error);
  CHECK_THROWS_AS((nn::ConvTranspose2D{4, 2, {.groups = 4}}.output_shape(nn::Shape(3, 3, 2))), nn::shape_error);
  CHECK_THROWS_AS((nn::ConvTranspose2D{4, 2, {.stride = {1, 0}}}.output_shape(nn::Shape(3, 3, 2))), nn::shape_error);
  constexpr nn::Index top = std::numeric_limits<nn::Index>::max();
  CHECK_THROWS_AS((nn::ConvTranspose2D{4, 2, {.stride = top / 2}}.output_shape(nn::Shape(3, 3, 2))), nn::shape_error);
}

TEMPLATE_TEST_CASE("ConvTranspose2D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // (1 2) over (5) under a kernel of (1 10 / 100 1000), one filter, no bias: 1x2 becomes 2x3.
  const test::ImagePass<TestType> pass(nn::ConvTranspose2D{1, 2, {.bias = false}}, {1, 2, 1}, M{{1}, {2}},
                                       nn::Vector<TestType>{{1, 10, 100, 1000}}, M{{1}, {0}, {2}, {0}, {1}, {0}});
  CHECK(pass.y == M{{1}, {12}, {20}, {100}, {1200}, {2000}});
  CHECK(pass.dx == M{{1001}, {120}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{1, 4, 2, 1}});
}

TEST_CASE("ConvTranspose2D does what PyTorch's does") {
  test::check_fixture("transposed", nn::ConvTranspose2D<2, nn::Sides{3, 2}>{}, {3, 2, 3});
  test::check_fixture(
      "transposed, with options",
      nn::ConvTranspose2D{
          6, {2, 3}, {.stride = {1, 3}, .padding = {1, 2}, .output_padding = {1, 2}, .dilation = {2, 1}, .groups = 2}},
      {2, 3, 4});
}

TEST_CASE("ConvTranspose2D's tensors have PyTorch's dimensions") {
  const nn::Sequential<float> network{nn::Input{2, 3, 4}, nn::ConvTranspose2D{6, {2, 3}, {.groups = 2}}};
  std::vector<nn::Index> sizes;
  nn::ConvTranspose2D{6, {2, 3}, {.groups = 2}}.tensors({2, 3, 4}, [&](const nn::TensorShape& tensor) {
    for (const nn::Dimension& dimension : tensor.dimensions) sizes.push_back(dimension.size);
  });
  CHECK(sizes == std::vector<nn::Index>{4, 3, 2, 3});
}

TEST_CASE("ConvTranspose2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::ConvTranspose2D{2, {2, 3}, {.stride = 2, .padding = {0, 1}}}, {2, 2, 2});
}

TEST_CASE("ConvTranspose2D gives the same bits in every network") {
  test::check_same_bits_after_image<3, 4, 2>(nn::ConvTranspose2D<9, 3>{}, nn::ConvTranspose2D{9, 3});
}
