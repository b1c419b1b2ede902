// SPDX-License-Identifier: MIT
#include <nn/losses/mean_absolute_error.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("MeanAbsoluteError gives the known values", "", float, double) {
  // |1 - 0| + |2 - 4| + |3 - 3| + |-1 - 0| = 4, over 4 outputs.
  const nn::Vector<TestType> y{{1, 2, 3, -1}}, t{{0, 4, 3, 0}};
  CHECK(test::loss_of<TestType>(nn::MeanAbsoluteError{}, y, t) == 1);
  CHECK(test::loss_gradient<TestType>(nn::MeanAbsoluteError{}, y, t) == nn::Vector<TestType>{{0.25, -0.25, 0, -0.25}});
}

TEMPLATE_TEST_CASE("MeanAbsoluteError's gradient is right", "", float, double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(9, 1, 1), t = test::drawn<TestType>(9, 1, 2);
  test::check_loss_gradient<TestType>(nn::MeanAbsoluteError{}, y, t);
  test::check_loss_gradient<TestType>(nn::MeanAbsoluteError{}, t, t);  // at the kink: 0
}

TEMPLATE_TEST_CASE("MeanAbsoluteError is 0 where all is right, and NaN is seen", "", float, double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(3, 1, 1);
  CHECK(test::loss_of<TestType>(nn::MeanAbsoluteError{}, y, y) == 0);
  CHECK(std::isnan(test::loss_of<TestType>(
      nn::MeanAbsoluteError{}, nn::Vector<TestType>{{0, test::not_a_number<TestType>}}, nn::Vector<TestType>{{0, 0}})));
}
