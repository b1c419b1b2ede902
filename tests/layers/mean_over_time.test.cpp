// SPDX-License-Identifier: MIT
#include <nn/layers/mean_over_time.hpp>

#include "image_cases.hpp"

TEMPLATE_TEST_CASE("MeanOverTime puts out the mean of all steps", "", float, double) {
  using M = nn::Matrix<TestType>;
  static_assert(nn::Layer<nn::MeanOverTime> && nn::MeanOverTime{}.output_shape(nn::Shape(1, 7, 3)) == nn::Shape(3));
  const M x{{1, 5}, {2, 6}, {3, 7}, {4, 8}}, dy{{2, 6}, {4, 8}};
  CHECK(test::forward_image<TestType>(nn::MeanOverTime{}, {1, 2, 2}, x) == M{{2, 6}, {3, 7}});
  CHECK(test::backward_image<TestType>(nn::MeanOverTime{}, {1, 2, 2}, x, dy) == M{{1, 3}, {2, 4}, {1, 3}, {2, 4}});
}

TEST_CASE("MeanOverTime refuses what is no sequence") {
  CHECK_THROWS_AS(nn::MeanOverTime{}.output_shape(nn::Shape(2, 7, 3)), nn::shape_error);
}
