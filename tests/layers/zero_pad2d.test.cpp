// SPDX-License-Identifier: MIT
#include <nn/layers/zero_pad2d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("ZeroPad2D is a layer, with borders in the type or at run time") {
  using Fixed = nn::ZeroPad2D<nn::Borders{2, 1, 1, 0}>;
  static_assert(nn::Layer<Fixed> && nn::Layer<nn::ZeroPad2D<>> && std::is_empty_v<Fixed>);
  CHECK(
      nn::describe(Fixed{}) ==
      nn::Description{.type = "ZeroPad2D", .options = {{"top", 2.0}, {"bottom", 1.0}, {"left", 1.0}, {"right", 0.0}}});
  CHECK(nn::describe(Fixed{}) == nn::describe(nn::ZeroPad2D{{2, 1, 1, 0}}));
  CHECK_FALSE(nn::ZeroPad2D{1} == nn::ZeroPad2D{2});
}

TEST_CASE("ZeroPad2D knows its output, and refuses negative borders") {
  static_assert(nn::ZeroPad2D<1>{}.output_shape(nn::Shape(7, 5, 3)) == nn::Shape(9, 7, 3));
  CHECK_THROWS_MATCHES((nn::ZeroPad2D{{0, 0, -1, 0}}.output_shape(nn::Shape(7, 5, 3))), nn::shape_error,
                       Message("ZeroPad2D: a border cannot be negative, got 0, 0, -1, 0; give 0 or more"));
}

TEMPLATE_TEST_CASE("ZeroPad2D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{1}, {2}}, dy{{1}, {2}, {3}, {4}, {5}, {6}};
  CHECK(test::forward_image<TestType>(nn::ZeroPad2D{{1, 0, 0, 1}}, {1, 2, 1}, x) == M{{0}, {0}, {0}, {1}, {2}, {0}});
  CHECK(test::backward_image<TestType>(nn::ZeroPad2D{{1, 0, 0, 1}}, {1, 2, 1}, x, dy) == M{{4}, {5}});
}

TEST_CASE("ZeroPad2D does what PyTorch's does") {
  test::check_fixture("zero pad", nn::ZeroPad2D{{2, 1, 1, 0}}, {2, 3, 2});
}

TEST_CASE("ZeroPad2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::ZeroPad2D{{2, 1, 1, 0}}, {2, 2, 2});
}

TEST_CASE("ZeroPad2D gives the same bits in every network") {
  test::check_same_bits_after_image<3, 2, 3>(nn::ZeroPad2D<1>{}, nn::ZeroPad2D{1});
}
