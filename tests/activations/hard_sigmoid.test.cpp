// SPDX-License-Identifier: MIT
#include <nn/activations/hard_sigmoid.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("HardSigmoid is a layer") {
  static_assert(nn::Layer<nn::HardSigmoid>);
  static_assert(nn::shape_is_in_type<nn::HardSigmoid>);
  CHECK(nn::describe(nn::HardSigmoid{}) == nn::Description{.type = "HardSigmoid", .options = {}});
}

TEST_CASE("HardSigmoid keeps the shape") {
  CHECK(nn::HardSigmoid{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("HardSigmoid gives the known values", "", float, double) {
  // (x + 3) / 6 with slope 1/6 between the kinks, and at them 0 and 1 with slope 0.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Matrix<TestType> x{{-3, TestType(-1.5), 0, 3, 4}}, dy{{6, 6, 6, 6, 6}};
  CHECK(test::forward<TestType>(nn::HardSigmoid{}, x)
            .isApprox(nn::Matrix<TestType>{{0, TestType(0.25), TestType(0.5), 1, 1}}, tolerance));
  CHECK(test::backward<TestType>(nn::HardSigmoid{}, x, dy).isApprox(nn::Matrix<TestType>{{0, 1, 1, 0, 0}}, tolerance));
}

TEST_CASE("HardSigmoid is that of PyTorch") { test::check_against_pytorch(nn::HardSigmoid{}, "HardSigmoid"); }

TEST_CASE("HardSigmoid's gradients are right") { test::check_gradients_of(nn::HardSigmoid{}); }

TEST_CASE("HardSigmoid gives the same bits in every network") { test::check_same_bits_of(nn::HardSigmoid{}); }

TEMPLATE_TEST_CASE("HardSigmoid has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::HardSigmoid{}, [](TestType x) { return TestType(x > 0); }, [](TestType) { return TestType(0); });
}
