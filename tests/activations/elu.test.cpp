// SPDX-License-Identifier: MIT
#include <nn/activations/elu.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("ELU is a layer") {
  static_assert(nn::Layer<nn::ELU>);
  static_assert(nn::shape_is_in_type<nn::ELU>);
  CHECK(nn::describe(nn::ELU{0.7}) == nn::Description{.type = "ELU", .options = {{"alpha", 0.7}}});
  CHECK(nn::ELU{} == nn::ELU{1});
  CHECK_FALSE(nn::ELU{} == nn::ELU{0.7});
}

TEST_CASE("ELU keeps the shape") { CHECK(nn::ELU{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("ELU gives the known values", "", float, double) {
  // At -ln 2: (1/2 - 1) / 2 = -1/4, slope 1/2 * 1/2 = 1/4. At 0 the slope is alpha.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const TestType log2 = std::log(TestType(2));
  const nn::Matrix<TestType> x{{-log2, 0, 3}}, dy{{1, 2, 4}};
  CHECK(test::forward<TestType>(nn::ELU{0.5}, x).isApprox(nn::Matrix<TestType>{{TestType(-0.25), 0, 3}}, tolerance));
  CHECK(
      test::backward<TestType>(nn::ELU{0.5}, x, dy).isApprox(nn::Matrix<TestType>{{TestType(0.25), 1, 4}}, tolerance));
}

TEST_CASE("ELU is that of PyTorch") { test::check_against_pytorch(nn::ELU{0.7}, "ELU"); }

TEST_CASE("ELU's gradients are right") { test::check_gradients_of(nn::ELU{0.7}); }

TEST_CASE("ELU gives the same bits in every network") { test::check_same_bits_of(nn::ELU{0.7}); }

TEMPLATE_TEST_CASE("ELU has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::ELU{0.7}, [](TestType x) { return x > 0 ? x : TestType(-0.7); }, [](TestType x) { return TestType(x > 0); });
}
