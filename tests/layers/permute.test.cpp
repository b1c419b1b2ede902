// SPDX-License-Identifier: MIT
#include <nn/layers/permute.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;
using nn::Permute;

TEST_CASE("Permute knows its output, and refuses what is no order") {
  static_assert(nn::Layer<Permute>);
  static_assert(Permute{2, 0, 1}.output_shape(nn::Shape(7, 5, 3)) == nn::Shape(3, 7, 5));
  CHECK_THROWS_MATCHES((Permute{0, 0, 1}.output_shape(nn::Shape(7, 5, 3))), nn::shape_error,
                       Message("Permute: 0, 0, 1 is no order of the dimensions 0, 1, 2; give each of them once"));
  CHECK_THROWS_AS((Permute{0, 1, 3}.output_shape(nn::Shape(7, 5, 3))), nn::shape_error);
  CHECK(nn::describe(Permute{2, 0, 1}) ==
        nn::Description{.type = "Permute",
                        .options = {{"height_from", 2.0}, {"width_from", 0.0}, {"channels_from", 1.0}}});
}

TEMPLATE_TEST_CASE("Permute brings channels first and back", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M x{{1}, {10}, {2}, {20}, {3}, {30}};  // 1 x 3 pixels of 2 channels
  const M first{{1}, {2}, {3}, {10}, {20}, {30}};
  CHECK(test::forward_image<TestType>(Permute{2, 0, 1}, {1, 3, 2}, x) == first);
  CHECK(test::backward_image<TestType>(Permute{2, 0, 1}, {1, 3, 2}, x, first) == x);
  CHECK(test::forward_image<TestType>(Permute{1, 2, 0}, {2, 1, 3}, first) == x);
}

TEST_CASE("Permute's gradients are right") { test::check_gradients_of_image_layer(Permute{1, 2, 0}, {2, 2, 3}); }
