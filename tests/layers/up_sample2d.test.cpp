// SPDX-License-Identifier: MIT
#include <nn/layers/up_sample2d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("UpSample2D is a layer, with factors in the type or at run time") {
  static_assert(nn::Layer<nn::UpSample2D<2>> && nn::Layer<nn::UpSample2D<>> && std::is_empty_v<nn::UpSample2D<2>>);
  CHECK(nn::describe(nn::UpSample2D{{2, 3}}) ==
        nn::Description{.type = "UpSample2D", .options = {{"height", 2.0}, {"width", 3.0}}});
  CHECK(nn::describe(nn::UpSample2D<nn::Sides{2, 3}>{}) == nn::describe(nn::UpSample2D{{2, 3}}));
  CHECK_FALSE(nn::UpSample2D{2} == nn::UpSample2D{{2, 3}});
}

TEST_CASE("UpSample2D knows its output, and refuses factors below 1") {
  static_assert(nn::UpSample2D<2>{}.output_shape(nn::Shape(7, 5, 3)) == nn::Shape(14, 10, 3));
  CHECK_THROWS_MATCHES((nn::UpSample2D{{2, 0}}.output_shape(nn::Shape(7, 5, 3))), nn::shape_error,
                       Message("UpSample2D: the factors must be at least 1, got 2x0; give a larger number"));
}

TEMPLATE_TEST_CASE("UpSample2D gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{1}, {2}}, dy{{1}, {2}, {3}, {4}, {5}, {6}, {7}, {8}};
  CHECK(test::forward_image<TestType>(nn::UpSample2D{2}, {1, 2, 1}, x) == M{{1}, {1}, {2}, {2}, {1}, {1}, {2}, {2}});
  CHECK(test::backward_image<TestType>(nn::UpSample2D{2}, {1, 2, 1}, x, dy) == M{{14}, {22}});
}

TEST_CASE("UpSample2D does what PyTorch's does") { test::check_fixture("upsample", nn::UpSample2D{{2, 3}}, {2, 3, 2}); }

TEST_CASE("UpSample2D's gradients are right") {
  test::check_gradients_of_image_layer(nn::UpSample2D{{3, 2}}, {2, 2, 2});
}

TEST_CASE("UpSample2D gives the same bits in every network") {
  test::check_same_bits_after_image<3, 2, 3>(nn::UpSample2D<2>{}, nn::UpSample2D{2});
}
