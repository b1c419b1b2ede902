// SPDX-License-Identifier: MIT
#include <nn/activations/identity.hpp>

#include "../layer_cases.hpp"

TEST_CASE("Identity is a layer") {
  static_assert(nn::Layer<nn::Identity>);
  static_assert(std::is_empty_v<nn::Identity>);
  CHECK(nn::describe(nn::Identity{}) == nn::Description{.type = "Identity", .options = {}});
}

TEST_CASE("Identity keeps the shape") { CHECK(nn::Identity{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Identity gives what it gets", "", float, double) {
  const nn::Matrix<TestType> x{{-2, 0.5}, {0, 3}}, dy{{1, 2}, {3, 4}};
  CHECK(test::forward<TestType>(nn::Identity{}, x) == x);
  CHECK(test::backward<TestType>(nn::Identity{}, x, dy) == dy);
}

TEST_CASE("Identity's gradients are right") { test::check_gradients_of(nn::Identity{}); }

TEST_CASE("Identity gives the same bits in every network") { test::check_same_bits_of(nn::Identity{}); }

TEMPLATE_TEST_CASE("Identity passes the extremes on", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max();
  const nn::Matrix<TestType> x{{TestType(-0.0), most, -most, test::infinity<TestType>, test::not_a_number<TestType>}};
  CHECK(test::have_same_bits(test::forward<TestType>(nn::Identity{}, x), x));
}
