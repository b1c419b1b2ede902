// SPDX-License-Identifier: MIT
#include <nn/layers/slice.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;
using nn::Slice;

TEST_CASE("Slice knows its output, and negative numbers count from the end") {
  static_assert(nn::Layer<Slice>);
  static_assert(Slice{}.output_shape(nn::Shape(7, 5, 3)) == nn::Shape(7, 5, 3));
  static_assert(Slice{.rows = {1, 4}, .columns = {-2}, .channels = {0, -1}}.output_shape(nn::Shape(7, 5, 3)) ==
                nn::Shape(3, 2, 2));
  CHECK_THROWS_MATCHES((Slice{.channels = {2, 9}}.output_shape(nn::Shape(8))), nn::shape_error,
                       Message("Slice: channels from 2 to before 9 are none of 8; give a range within them"));
  CHECK_THROWS_AS((Slice{.channels = {3, 3}}.output_shape(nn::Shape(8))), nn::shape_error);
  CHECK_THROWS_AS((Slice{.rows = {-2}}.output_shape(nn::Shape(8))), nn::shape_error);
  CHECK(nn::describe(Slice{.columns = {1, 2}}) == nn::Description{.type = "Slice",
                                                                  .options = {{"first_row", 0.0},
                                                                              {"last_row", 0.0},
                                                                              {"first_column", 1.0},
                                                                              {"last_column", 2.0},
                                                                              {"first_channel", 0.0},
                                                                              {"last_channel", 0.0}}});
}

TEMPLATE_TEST_CASE("Slice gives the known values, and a gradient of zero to what it leaves out", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}};  // 2 x 2 pixels of 2 channels
  const Slice last{.rows = {-1}, .channels = {0, 1}};
  CHECK(test::forward_image<TestType>(last, {2, 2, 2}, x) == M{{5}, {7}});
  CHECK(test::backward_image<TestType>(last, {2, 2, 2}, x, M{{10}, {20}}) ==
        M{{0}, {0}, {0}, {0}, {10}, {0}, {20}, {0}});
}

TEST_CASE("Slice's gradients are right") {
  test::check_gradients_of_image_layer(Slice{.rows = {0, -1}, .columns = {1}, .channels = {-2, -1}}, {2, 2, 3});
}
