// SPDX-License-Identifier: MIT
#include <nn/losses/cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("CrossEntropy gives the known values", "", float, double) {
  // -log(1/4) = 2 ln 2 for the second class; with targets (1/2, 1/2, 0): (ln 2 + 2 ln 2) / 2.
  const TestType log2 = std::log(TestType(2)), tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> y{{0.5, 0.25, 0.25}}, hard{{0, 1, 0}}, soft{{0.5, 0.5, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::CrossEntropy{}, y, hard) - 2 * log2) < tolerance);
  CHECK(std::abs(test::loss_of<TestType>(nn::CrossEntropy{}, y, soft) - TestType(1.5) * log2) < tolerance);
  // -t / y
  CHECK(test::loss_gradient<TestType>(nn::CrossEntropy{}, y, hard) == nn::Vector<TestType>{{0, -4, 0}});
  CHECK(test::loss_gradient<TestType>(nn::CrossEntropy{}, y, soft) == nn::Vector<TestType>{{-1, -2, 0}});
}

TEMPLATE_TEST_CASE("CrossEntropy's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::CrossEntropy{}, test::drawn_probabilities<TestType>(9, 1, 1),
                                      test::drawn_probabilities<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("CrossEntropy is finite for a probability of 0, and does not read where the target is 0", "", float,
                   double) {
  const nn::Vector<TestType> y{{0, 1, test::not_a_number<TestType>}};
  CHECK(test::loss_of<TestType>(nn::CrossEntropy{}, y, nn::Vector<TestType>{{1, 0, 0}}) == 100);
  CHECK(test::loss_of<TestType>(nn::CrossEntropy{}, y, nn::Vector<TestType>{{0, 1, 0}}) == 0);
  CHECK(test::loss_gradient<TestType>(nn::CrossEntropy{}, y, nn::Vector<TestType>{{1, 0, 0}}) ==
        nn::Vector<TestType>{{TestType(-1) / TestType(1e-12), 0, 0}});
  CHECK(std::isnan(test::loss_of<TestType>(nn::CrossEntropy{}, y, nn::Vector<TestType>{{0, 0, 1}})));
}

TEST_CASE("CrossEntropy that is told nothing smooths no label") { CHECK(nn::CrossEntropy{}.label_smoothing == 0); }
