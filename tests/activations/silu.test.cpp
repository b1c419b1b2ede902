// SPDX-License-Identifier: MIT
#include <nn/activations/silu.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("SiLU is a layer") {
  static_assert(nn::Layer<nn::SiLU>);
  static_assert(nn::shape_is_in_type<nn::SiLU>);
  CHECK(nn::describe(nn::SiLU{}) == nn::Description{.type = "SiLU", .options = {}});
}

TEST_CASE("SiLU keeps the shape") { CHECK(nn::SiLU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("SiLU gives the known values", "", float, double) {
  // sigmoid(ln 3) = 3/4: y = 3/4 ln 3, slope 3/4 + ln 3 * 3/16. At 0: 0, slope 1/2.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const TestType log3 = std::log(TestType(3));
  const nn::Matrix<TestType> x{{log3, 0}}, dy{{16, 2}};
  CHECK(test::forward<TestType>(nn::SiLU{}, x).isApprox(nn::Matrix<TestType>{{TestType(0.75) * log3, 0}}, tolerance));
  CHECK(test::backward<TestType>(nn::SiLU{}, x, dy).isApprox(nn::Matrix<TestType>{{12 + 3 * log3, 1}}, tolerance));
}

TEST_CASE("SiLU is that of PyTorch") { test::check_against_pytorch(nn::SiLU{}, "SiLU"); }

TEST_CASE("SiLU's gradients are right") { test::check_gradients_of(nn::SiLU{}); }

TEST_CASE("SiLU gives the same bits in every network") { test::check_same_bits_of(nn::SiLU{}); }

TEMPLATE_TEST_CASE("SiLU has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::SiLU{}, [](TestType x) { return x > 0 ? x : TestType(0); }, [](TestType x) { return TestType(x > 0); });
}
