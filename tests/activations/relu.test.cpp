// SPDX-License-Identifier: MIT
#include <nn/activations/relu.hpp>

#include <cmath>
#include <limits>

#include "../layer_cases.hpp"

TEST_CASE("ReLU is a layer") {
  static_assert(nn::Layer<nn::ReLU>);
  static_assert(std::is_empty_v<nn::ReLU>);
  static_assert(nn::ReLU::is_flat_where_zero);
  CHECK(nn::describe(nn::ReLU{}) == nn::Description{.type = "ReLU", .options = {}});
}

TEST_CASE("ReLU keeps the shape") {
  static_assert(nn::ReLU{}.output_shape(nn::Shape(7)) == nn::Shape(7));
  CHECK(nn::ReLU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("ReLU gives the known values", "", float, double) {
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, 3}, {TestType(1e-30), TestType(-1e-30)}};
  CHECK(test::forward<TestType>(nn::ReLU{}, x) == nn::Matrix<TestType>{{0, 0.5}, {0, 3}, {TestType(1e-30), 0}});
  // dx is dy where x > 0, else 0.
  const nn::Matrix<TestType> dy{{1, 2}, {3, 4}, {5, 6}};
  CHECK(test::backward<TestType>(nn::ReLU{}, x, dy) == nn::Matrix<TestType>{{0, 2}, {0, 4}, {5, 0}});
}

TEST_CASE("ReLU's gradients are right") { test::check_gradients_of(nn::ReLU{}); }

TEST_CASE("ReLU gives the same bits in every network") { test::check_same_bits_of(nn::ReLU{}); }

TEMPLATE_TEST_CASE("ReLU has its kink and its extremes", "", float, double) {
  using Limits = std::numeric_limits<TestType>;
  const TestType most = Limits::max(), infinity = Limits::infinity(), nan = Limits::quiet_NaN();
  const nn::Matrix<TestType> x{{0, TestType(-0.0), most, -most, infinity, -infinity, Limits::denorm_min()}};
  const nn::Matrix<TestType> y = test::forward<TestType>(nn::ReLU{}, x);
  CHECK(y == nn::Matrix<TestType>{{0, 0, most, 0, infinity, 0, Limits::denorm_min()}});
  // The slope at 0 is 0, and at the smallest number above it 1.
  CHECK(test::backward<TestType>(nn::ReLU{}, x, nn::Matrix<TestType>::Ones(1, 7)) ==
        nn::Matrix<TestType>{{0, 0, 1, 0, 1, 0, 1}});
  CHECK(std::isnan(test::forward<TestType>(nn::ReLU{}, nn::Matrix<TestType>{{nan}})(0, 0)));
  // Where the output is zero nobody may have written dy: whatever stands there must not come through.
  CHECK(test::backward<TestType>(nn::ReLU{}, nn::Matrix<TestType>{{-1, 0, 2}}, nn::Matrix<TestType>{{nan, nan, 3}}) ==
        nn::Matrix<TestType>{{0, 0, 3}});
}
