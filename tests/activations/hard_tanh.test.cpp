// SPDX-License-Identifier: MIT
#include <nn/activations/hard_tanh.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("HardTanh is a layer") {
  static_assert(nn::Layer<nn::HardTanh>);
  static_assert(nn::shape_is_in_type<nn::HardTanh>);
  CHECK(nn::describe(nn::HardTanh{-0.5, 2}) ==
        nn::Description{.type = "HardTanh", .options = {{"lowest", -0.5}, {"highest", 2}}});
  CHECK(nn::HardTanh{} == nn::HardTanh{-1, 1});
  CHECK_FALSE(nn::HardTanh{} == nn::HardTanh{0, 6});
}

TEST_CASE("HardTanh keeps the shape") { CHECK(nn::HardTanh{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("HardTanh gives the known values", "", float, double) {
  // Between -1 and 1 itself; at the kinks and beyond the slope is 0.
  const nn::Matrix<TestType> x{{-2, -1, TestType(0.25), 1, 3}}, dy{{1, 2, 3, 4, 5}};
  CHECK(test::forward<TestType>(nn::HardTanh{}, x) == nn::Matrix<TestType>{{-1, -1, TestType(0.25), 1, 1}});
  CHECK(test::backward<TestType>(nn::HardTanh{}, x, dy) == nn::Matrix<TestType>{{0, 0, 3, 0, 0}});
}

TEST_CASE("HardTanh is that of PyTorch") { test::check_against_pytorch(nn::HardTanh{-0.5, 2}, "HardTanh"); }

TEST_CASE("HardTanh's gradients are right") { test::check_gradients_of(nn::HardTanh{-0.5, 2}); }

TEST_CASE("HardTanh gives the same bits in every network") { test::check_same_bits_of(nn::HardTanh{-0.5, 2}); }

TEMPLATE_TEST_CASE("HardTanh has its limits", "", float, double) {
  test::check_extremes<TestType>(
      nn::HardTanh{-0.5, 2}, [](TestType x) { return x > 0 ? TestType(2) : TestType(-0.5); },
      [](TestType) { return TestType(0); });
}

TEST_CASE("HardTanh refuses an empty range") {
  CHECK_THROWS_MATCHES(
      (nn::HardTanh{1, 1}), nn::data_error,
      Catch::Matchers::Message("HardTanh: the lowest value must be below the highest, both of them finite, got "
                               "1 and 1; -1 and 1 are usual"));
  CHECK_THROWS_AS((nn::HardTanh{-test::infinity<double>, 1}), nn::data_error);
  CHECK_THROWS_AS((nn::HardTanh{0, test::not_a_number<double>}), nn::data_error);
}
