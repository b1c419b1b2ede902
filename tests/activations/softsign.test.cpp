// SPDX-License-Identifier: MIT
#include <nn/activations/softsign.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("Softsign is a layer") {
  static_assert(nn::Layer<nn::Softsign>);
  static_assert(nn::shape_is_in_type<nn::Softsign>);
  CHECK(nn::describe(nn::Softsign{}) == nn::Description{.type = "Softsign", .options = {}});
}

TEST_CASE("Softsign keeps the shape") { CHECK(nn::Softsign{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Softsign gives the known values", "", float, double) {
  // 3 / 4 with slope 1 / 16, -1 / 2 with slope 1 / 4, 0 with slope 1, 1/4 / (5/4) = 1/5 with slope 16/25.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Matrix<TestType> x{{3, -1, 0, TestType(0.25)}}, dy{{16, 4, 2, 25}};
  CHECK(test::forward<TestType>(nn::Softsign{}, x)
            .isApprox(nn::Matrix<TestType>{{TestType(0.75), TestType(-0.5), 0, TestType(0.2)}}, tolerance));
  CHECK(test::backward<TestType>(nn::Softsign{}, x, dy).isApprox(nn::Matrix<TestType>{{1, 1, 2, 16}}, tolerance));
}

TEST_CASE("Softsign is that of PyTorch") { test::check_against_pytorch(nn::Softsign{}, "Softsign"); }

TEST_CASE("Softsign's gradients are right") { test::check_gradients_of(nn::Softsign{}); }

TEST_CASE("Softsign gives the same bits in every network") { test::check_same_bits_of(nn::Softsign{}); }

TEMPLATE_TEST_CASE("Softsign has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::Softsign{}, [](TestType x) { return TestType(x < 0 ? -1 : 1) / (1 + 1 / std::abs(x)); },
      [](TestType x) { return std::pow(1 / (1 + std::abs(x)), TestType(2)); });
}
