// SPDX-License-Identifier: MIT
#include <nn/losses/mean_squared_error.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("MeanSquaredError gives the known values", "", float, double) {
  // (1 - 0)^2 + (2 - 5)^2 + (3 - 3)^2 + (-1 - 0)^2 = 11, over 4 outputs; gradient 2/4 (y - t).
  const nn::Vector<TestType> y{{1, 2, 3, -1}}, t{{0, 5, 3, 0}};
  CHECK(test::loss_of<TestType>(nn::MeanSquaredError{}, y, t) == TestType(2.75));
  CHECK(test::loss_gradient<TestType>(nn::MeanSquaredError{}, y, t) == nn::Vector<TestType>{{0.5, -1.5, 0, -0.5}});
}

TEMPLATE_TEST_CASE("MeanSquaredError's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::MeanSquaredError{}, test::drawn<TestType>(9, 1, 1),
                                      test::drawn<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("MeanSquaredError is 0 where all is right, infinite where it overflows, and NaN is seen", "", float,
                   double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(3, 1, 1);
  CHECK(test::loss_of<TestType>(nn::MeanSquaredError{}, y, y) == 0);
  CHECK(std::isinf(test::loss_of<TestType>(nn::MeanSquaredError{},
                                           nn::Vector<TestType>{{std::numeric_limits<TestType>::max()}},
                                           nn::Vector<TestType>{{0}})));
  CHECK(std::isnan(test::loss_of<TestType>(
      nn::MeanSquaredError{}, nn::Vector<TestType>{{0, test::not_a_number<TestType>}}, nn::Vector<TestType>{{0, 0}})));
}
