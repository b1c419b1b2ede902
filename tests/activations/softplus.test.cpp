// SPDX-License-Identifier: MIT
#include <nn/activations/softplus.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("Softplus is a layer") {
  static_assert(nn::Layer<nn::Softplus>);
  static_assert(nn::shape_is_in_type<nn::Softplus>);
  CHECK(nn::describe(nn::Softplus{}) == nn::Description{.type = "Softplus", .options = {}});
}

TEST_CASE("Softplus keeps the shape") { CHECK(nn::Softplus{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Softplus gives the known values", "", float, double) {
  // log(1 + 3) = 2 ln 2 at ln 3, slope sigmoid(ln 3) = 3/4; log(1 + 1/3) at -ln 3, slope 1/4; ln 2 at 0, slope 1/2.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const TestType log3 = std::log(TestType(3));
  const nn::Matrix<TestType> x{{log3, -log3, 0}}, dy{{4, 4, 4}};
  CHECK(
      test::forward<TestType>(nn::Softplus{}, x)
          .isApprox(nn::Matrix<TestType>{{2 * std::log(TestType(2)), std::log(TestType(4) / 3), std::log(TestType(2))}},
                    tolerance));
  CHECK(test::backward<TestType>(nn::Softplus{}, x, dy).isApprox(nn::Matrix<TestType>{{3, 1, 2}}, tolerance));
}

TEST_CASE("Softplus is that of PyTorch") { test::check_against_pytorch(nn::Softplus{}, "Softplus"); }

TEST_CASE("Softplus's gradients are right") { test::check_gradients_of(nn::Softplus{}); }

TEST_CASE("Softplus gives the same bits in every network") { test::check_same_bits_of(nn::Softplus{}); }

TEMPLATE_TEST_CASE("Softplus has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::Softplus{}, [](TestType x) { return x > 0 ? x : TestType(0); }, [](TestType x) { return TestType(x > 0); });
}
