// SPDX-License-Identifier: MIT
#include <nn/layers/reshape.hpp>

#include "../layer_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("Reshape is a layer, with sizes in the type or at run time") {
  static_assert(nn::Layer<nn::Reshape<7, 7, 16>> && nn::Layer<nn::Reshape<>>);
  static_assert(std::is_empty_v<nn::Reshape<7, 7, 16>>);
  CHECK(nn::describe(nn::Reshape{7, 6, 16}) ==
        nn::Description{.type = "Reshape", .options = {{"height", 7.0}, {"width", 6.0}, {"channels", 16.0}}});
  CHECK(nn::describe(nn::Reshape<7, 6, 16>{}) == nn::describe(nn::Reshape{7, 6, 16}));
  CHECK_FALSE(nn::Reshape{7, 6, 16} == nn::Reshape{6, 7, 16});
}

TEST_CASE("Reshape makes an image of as many numbers") {
  static_assert(nn::Reshape<2, 3, 4>{}.output_shape(nn::Shape(24)) == nn::Shape(2, 3, 4));
  CHECK(nn::Reshape{2, 3, 4}.output_shape(nn::Shape(6, 4, 1)) == nn::Shape(2, 3, 4));
  CHECK_THROWS_MATCHES(
      (nn::Reshape{2, 3, 4}.output_shape(nn::Shape(25))), nn::shape_error,
      Message("Reshape: an input of 25 numbers cannot be read as 2x3x4; choose sizes whose product is the same"));
  CHECK_THROWS_AS((nn::Reshape{-2, -3, 4}.output_shape(nn::Shape(24))), nn::shape_error);
}

TEMPLATE_TEST_CASE("Reshape gives what it gets", "", float, double) {
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, 3}}, dy{{1, 2}, {3, 4}};
  CHECK(test::forward<TestType>(nn::Reshape{2, 1, 1}, x) == x);
  CHECK(test::backward<TestType>(nn::Reshape{2, 1, 1}, x, dy) == dy);
}

TEST_CASE("Reshape's gradients are right") { test::check_gradients_of(nn::Reshape{3, 2, 1}); }

TEST_CASE("Reshape gives the same bits in every network") {
  test::check_same_bits_of(nn::Reshape<3, 1, 2>{}, nn::Reshape{3, 1, 2});
}

TEMPLATE_TEST_CASE("Reshape passes the extremes on", "", float, double) {
  const nn::Matrix<TestType> x{{std::numeric_limits<TestType>::max()}, {test::not_a_number<TestType>}};
  CHECK(test::have_same_bits(test::forward<TestType>(nn::Reshape{1, 2, 1}, x), x));
}
