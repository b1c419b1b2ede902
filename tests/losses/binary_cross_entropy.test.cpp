// SPDX-License-Identifier: MIT
#include <nn/losses/binary_cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("BinaryCrossEntropy gives the known values", "", float, double) {
  // y = (1/2, 1/4), t = (1, 0): (ln 2 + ln 4/3) / 2 = ln(8/3) / 2; gradient (y - t) / (2 y (1 - y)) = (-1, 2/3).
  const TestType tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> y{{0.5, 0.25}}, t{{1, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::BinaryCrossEntropy{}, y, t) - std::log(TestType(8) / 3) / 2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::BinaryCrossEntropy{}, y, t)
            .isApprox(nn::Vector<TestType>{{-1, TestType(2) / 3}}, tolerance));
}

TEMPLATE_TEST_CASE("BinaryCrossEntropy's gradient is right", "", float, double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(9, 1, 1, 0.05, 0.95);
  test::check_loss_gradient<TestType>(nn::BinaryCrossEntropy{}, y, test::drawn<TestType>(9, 1, 2, 0, 1));
  nn::Vector<TestType> hard(9);
  hard << 0, 1, 1, 0, 0, 1, 0, 1, 1;
  test::check_loss_gradient<TestType>(nn::BinaryCrossEntropy{}, y, hard);
}

TEMPLATE_TEST_CASE("BinaryCrossEntropy is finite for probabilities of 0 and 1", "", float, double) {
  using V = nn::Vector<TestType>;
  CHECK(test::loss_of<TestType>(nn::BinaryCrossEntropy{}, V{{0, 1}}, V{{0, 1}}) == 0);
  CHECK(test::loss_of<TestType>(nn::BinaryCrossEntropy{}, V{{0, 1}}, V{{1, 0}}) == 100);
  CHECK(test::loss_gradient<TestType>(nn::BinaryCrossEntropy{}, V{{0, 1}}, V{{0, 1}}) == V::Zero(2));
  const V worst = test::loss_gradient<TestType>(nn::BinaryCrossEntropy{}, V{{0, 1}}, V{{1, 0}});
  CHECK(worst[0] == Approx(-0.5e12));
  CHECK(worst[1] == Approx(0.5e12));
  CHECK(std::isnan(test::loss_of<TestType>(nn::BinaryCrossEntropy{}, V{{test::not_a_number<TestType>}}, V{{1}})));
}
