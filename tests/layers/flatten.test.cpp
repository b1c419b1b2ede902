// SPDX-License-Identifier: MIT
#include <nn/layers/flatten.hpp>

#include "../layer_cases.hpp"

TEST_CASE("Flatten is a layer") {
  static_assert(nn::Layer<nn::Flatten>);
  static_assert(std::is_empty_v<nn::Flatten>);
  CHECK(nn::describe(nn::Flatten{}) == nn::Description{.type = "Flatten", .options = {}});
}

TEST_CASE("Flatten makes features of an image, and refuses one that cannot be counted") {
  static_assert(nn::Flatten{}.output_shape(nn::Shape(28, 28, 3)) == nn::Shape(2352));
  CHECK(nn::Flatten{}.output_shape(nn::Shape(7)) == nn::Shape(7));
  CHECK_THROWS_AS(nn::Flatten{}.output_shape(nn::Shape(nn::Index(1) << 40, nn::Index(1) << 40, 1)), nn::shape_error);
}

TEMPLATE_TEST_CASE("Flatten gives what it gets", "", float, double) {
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, 3}}, dy{{1, 2}, {3, 4}};
  CHECK(test::forward<TestType>(nn::Flatten{}, x) == x);
  CHECK(test::backward<TestType>(nn::Flatten{}, x, dy) == dy);
}

TEST_CASE("Flatten's gradients are right") { test::check_gradients_of(nn::Flatten{}); }

TEST_CASE("Flatten gives the same bits in every network") { test::check_same_bits_of(nn::Flatten{}); }

TEST_CASE("an image is read row by row, pixel by pixel, channel by channel, with and without Flatten") {
  const nn::Network<nn::Input<2, 3, 2>, nn::Flatten> flat;
  CHECK(flat.output_shape() == nn::Shape(12));
  const nn::Matrix<float> x = test::drawn<float>(12, 2, 1);
  CHECK(flat.predict(x) == x);
  const nn::Network<nn::Input<2, 3, 2>, nn::Flatten, nn::Dense<4>> with;
  const nn::Network<nn::Input<2, 3, 2>, nn::Dense<4>> without;
  CHECK(test::have_same_bits(with.predict(x), without.predict(x)));
}

TEMPLATE_TEST_CASE("Flatten passes the extremes on", "", float, double) {
  const nn::Matrix<TestType> x{{std::numeric_limits<TestType>::max(), TestType(-0.0), test::not_a_number<TestType>}};
  CHECK(test::have_same_bits(test::forward<TestType>(nn::Flatten{}, x), x));
}
