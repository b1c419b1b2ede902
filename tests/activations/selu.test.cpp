// SPDX-License-Identifier: MIT
#include <nn/activations/selu.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("SELU is a layer") {
  static_assert(nn::Layer<nn::SELU>);
  static_assert(nn::shape_is_in_type<nn::SELU>);
  CHECK(nn::describe(nn::SELU{}) == nn::Description{.type = "SELU", .options = {}});
}

TEST_CASE("SELU keeps the shape") { CHECK(nn::SELU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("SELU gives the known values", "", float, double) {
  // scale = 1.0507..., scale alpha = 1.7580...: half of it at -ln 2, there the slope, too; in front of 0, all of it.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const TestType log2 = std::log(TestType(2));
  const nn::Matrix<TestType> x{{-log2, 0, 2}}, dy{{1, 1, 1}};
  CHECK(
      test::forward<TestType>(nn::SELU{}, x)
          .isApprox(nn::Matrix<TestType>{{TestType(-0.8790496704236883), 0, TestType(2.101401974710961)}}, tolerance));
  CHECK(test::backward<TestType>(nn::SELU{}, x, dy)
            .isApprox(nn::Matrix<TestType>{{TestType(0.8790496704236883), TestType(1.7580993408473766),
                                            TestType(1.0507009873554805)}},
                      tolerance));
}

TEST_CASE("SELU is that of PyTorch") { test::check_against_pytorch(nn::SELU{}, "SELU"); }

TEST_CASE("SELU's gradients are right") { test::check_gradients_of(nn::SELU{}); }

TEST_CASE("SELU gives the same bits in every network") { test::check_same_bits_of(nn::SELU{}); }

TEMPLATE_TEST_CASE("SELU has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::SELU{},
      [](TestType x) { return x > 0 ? TestType(TestType(nn::SELU::scale) * x) : TestType(-1.7580993408473766); },
      [](TestType x) { return x > 0 ? TestType(nn::SELU::scale) : TestType(0); });
}
