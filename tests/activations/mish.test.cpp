// SPDX-License-Identifier: MIT
#include <nn/activations/mish.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("Mish is a layer") {
  static_assert(nn::Layer<nn::Mish>);
  static_assert(nn::shape_is_in_type<nn::Mish>);
  CHECK(nn::describe(nn::Mish{}) == nn::Description{.type = "Mish", .options = {}});
}

TEST_CASE("Mish keeps the shape") { CHECK(nn::Mish{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Mish gives the known values", "", float, double) {
  // log(1 + e^0) = ln 2, tanh(ln 2) = (4 - 1) / (4 + 1) = 3/5: slope 3/5 at 0. At ln 3: tanh(2 ln 2) = (16 - 1) /
  // (16 + 1) = 15/17, slope 15/17 + ln 3 (1 - (15/17)^2) 3/4 = 15/17 + ln 3 * 48/289.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const TestType log3 = std::log(TestType(3));
  const nn::Matrix<TestType> x{{0, log3}}, dy{{5, 289}};
  CHECK(test::forward<TestType>(nn::Mish{}, x).isApprox(nn::Matrix<TestType>{{0, log3 * 15 / 17}}, tolerance));
  CHECK(test::backward<TestType>(nn::Mish{}, x, dy).isApprox(nn::Matrix<TestType>{{3, 255 + 48 * log3}}, tolerance));
}

TEST_CASE("Mish is that of PyTorch") { test::check_against_pytorch(nn::Mish{}, "Mish"); }

TEST_CASE("Mish's gradients are right") { test::check_gradients_of(nn::Mish{}); }

TEST_CASE("Mish gives the same bits in every network") { test::check_same_bits_of(nn::Mish{}); }

TEMPLATE_TEST_CASE("Mish has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::Mish{}, [](TestType x) { return x > 0 ? x : TestType(0); }, [](TestType x) { return TestType(x > 0); });
}
