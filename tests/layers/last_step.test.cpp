// SPDX-License-Identifier: MIT
#include <nn/layers/last_step.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEMPLATE_TEST_CASE("LastStep puts out the last step of a sequence", "", float, double) {
  using M = nn::Matrix<TestType>;
  static_assert(nn::Layer<nn::LastStep> && nn::LastStep{}.output_shape(nn::Shape(1, 7, 3)) == nn::Shape(3));
  const M x{{1, 5}, {2, 6}, {3, 7}, {4, 8}}, dy{{1, 3}, {2, 4}};
  CHECK(test::forward_image<TestType>(nn::LastStep{}, {1, 2, 2}, x) == M{{3, 7}, {4, 8}});
  CHECK(test::backward_image<TestType>(nn::LastStep{}, {1, 2, 2}, x, dy) == M{{0, 0}, {0, 0}, {1, 3}, {2, 4}});
}

TEST_CASE("LastStep refuses what is no sequence") {
  CHECK_THROWS_MATCHES(nn::LastStep{}.output_shape(nn::Shape(2, 7, 3)), nn::shape_error,
                       Message("LastStep: reads a sequence, 1 x steps x features, got 2x7x3; put a Reshape{1, steps, "
                               "features} before it"));
}
