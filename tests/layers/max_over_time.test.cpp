// SPDX-License-Identifier: MIT
#include <nn/layers/max_over_time.hpp>

#include <cmath>

#include "image_cases.hpp"

TEMPLATE_TEST_CASE("MaxOverTime puts out the largest of all steps, the first of which learns", "", float, double) {
  using M = nn::Matrix<TestType>;
  static_assert(nn::Layer<nn::MaxOverTime> && nn::MaxOverTime{}.output_shape(nn::Shape(1, 7, 3)) == nn::Shape(3));
  const M x{{1}, {9}, {4}, {2}, {4}, {3}}, dy{{5}, {6}};  // three steps of two features
  CHECK(test::forward_image<TestType>(nn::MaxOverTime{}, {1, 3, 2}, x) == M{{4}, {9}});
  CHECK(test::backward_image<TestType>(nn::MaxOverTime{}, {1, 3, 2}, x, dy) == M{{0}, {6}, {5}, {0}, {0}, {0}});
}

TEMPLATE_TEST_CASE("MaxOverTime lets NaN through, in its feature only", "", float, double) {
  const nn::Matrix<TestType> x{{1}, {2}, {test::not_a_number<TestType>}, {1}, {7}, {0}};
  const auto y = test::forward_image<TestType>(nn::MaxOverTime{}, {1, 3, 2}, x);
  CHECK((std::isnan(y(0)) && y(1) == 2));
}

TEST_CASE("MaxOverTime refuses what is no sequence") {
  CHECK_THROWS_AS(nn::MaxOverTime{}.output_shape(nn::Shape(2, 7, 3)), nn::shape_error);
}
