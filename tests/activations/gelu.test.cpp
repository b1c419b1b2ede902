// SPDX-License-Identifier: MIT
#include <nn/activations/gelu.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("GELU is a layer") {
  static_assert(nn::Layer<nn::GELU>);
  static_assert(nn::shape_is_in_type<nn::GELU>);
  CHECK(nn::describe(nn::GELU{}) == nn::Description{.type = "GELU", .options = {}});
}

TEST_CASE("GELU keeps the shape") { CHECK(nn::GELU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("GELU gives the known values", "", float, double) {
  // P(1) = 0.8413447460685429, P'(1) = 0.24197072451914337 (tables of the normal distribution);
  // P(-1) = 1 - P(1). Slope P + x P'; at 0: 1/2.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Matrix<TestType> x{{0, 1, -1}}, dy{{2, 1, 1}};
  CHECK(test::forward<TestType>(nn::GELU{}, x)
            .isApprox(nn::Matrix<TestType>{{0, TestType(0.84134474606854293), TestType(-0.15865525393145707)}},
                      tolerance));
  CHECK(test::backward<TestType>(nn::GELU{}, x, dy)
            .isApprox(nn::Matrix<TestType>{{1, TestType(1.0833154705876863), TestType(-0.083315470587686298)}},
                      tolerance));
}

TEST_CASE("GELU is that of PyTorch") { test::check_against_pytorch(nn::GELU{}, "GELU"); }

TEST_CASE("GELU's gradients are right") { test::check_gradients_of(nn::GELU{}); }

TEST_CASE("GELU gives the same bits in every network") { test::check_same_bits_of(nn::GELU{}); }

TEMPLATE_TEST_CASE("GELU has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::GELU{}, [](TestType x) { return x > 0 ? x : TestType(0); }, [](TestType x) { return TestType(x > 0); });
}
