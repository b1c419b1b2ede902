// SPDX-License-Identifier: MIT
#include <nn/losses/kl_divergence.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("KLDivergence gives the known values", "", float, double) {
  // 1/2 log((1/2) / (1/4)) + 1/2 log((1/2) / (1/2)) = ln(2) / 2; the target of 0 costs nothing. -t / y.
  const TestType tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> y{{0.25, 0.5, 0.25}}, t{{0.5, 0.5, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::KLDivergence{}, y, t) - std::log(TestType(2)) / 2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::KLDivergence{}, y, t) == nn::Vector<TestType>{{-2, -1, 0}});
  CHECK(test::loss_of<TestType>(nn::KLDivergence{}, t, t) == 0);
}

TEST_CASE("KLDivergence is that of PyTorch") {
  test::check_loss_against_pytorch(nn::KLDivergence{}, "KLDivergence", "distribution");
}

TEMPLATE_TEST_CASE("KLDivergence's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::KLDivergence{}, test::drawn_probabilities<TestType>(9, 1, 1),
                                      test::drawn_probabilities<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("KLDivergence is finite for a probability of 0", "", float, double) {
  const nn::Vector<TestType> y{{0, 1}}, t{{1, 0}};
  CHECK(test::loss_of<TestType>(nn::KLDivergence{}, y, t) == 100);
  CHECK(test::loss_gradient<TestType>(nn::KLDivergence{}, y, t) ==
        nn::Vector<TestType>{{TestType(-1) / TestType(1e-12), 0}});
}
