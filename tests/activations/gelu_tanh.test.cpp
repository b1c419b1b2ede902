// SPDX-License-Identifier: MIT
#include <nn/activations/gelu_tanh.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("GELUTanh is a layer") {
  static_assert(nn::Layer<nn::GELUTanh>);
  static_assert(nn::shape_is_in_type<nn::GELUTanh>);
  CHECK(nn::describe(nn::GELUTanh{}) == nn::Description{.type = "GELUTanh", .options = {}});
}

TEST_CASE("GELUTanh keeps the shape") { CHECK(nn::GELUTanh{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("GELUTanh gives the known values", "", float, double) {
  // sqrt(2 / pi) (1 + 0.044715) = 0.83356189..., tanh of it 0.68238399...: y = (1 + 0.68238399...) / 2 at 1.
  // There u' = sqrt(2 / pi) (1 + 3 * 0.044715), and the slope y + (1 - tanh^2) u' / 2; at 0: 1/2.
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Matrix<TestType> x{{0, 1}}, dy{{2, 1}};
  CHECK(test::forward<TestType>(nn::GELUTanh{}, x)
            .isApprox(nn::Matrix<TestType>{{0, TestType(0.84119199060827676)}}, tolerance));
  CHECK(test::backward<TestType>(nn::GELUTanh{}, x, dy)
            .isApprox(nn::Matrix<TestType>{{1, TestType(1.0829640838457826)}}, tolerance));
}

TEST_CASE("GELUTanh is that of PyTorch") { test::check_against_pytorch(nn::GELUTanh{}, "GELUTanh"); }

TEST_CASE("GELUTanh's gradients are right") { test::check_gradients_of(nn::GELUTanh{}); }

TEST_CASE("GELUTanh gives the same bits in every network") { test::check_same_bits_of(nn::GELUTanh{}); }

TEMPLATE_TEST_CASE("GELUTanh has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::GELUTanh{}, [](TestType x) { return x > 0 ? x : TestType(0); }, [](TestType x) { return TestType(x > 0); });
}
