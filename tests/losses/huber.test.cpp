// SPDX-License-Identifier: MIT
#include <nn/losses/huber.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("Huber gives the known values", "", float, double) {
  // delta 2: 1/2 * 1, 2 (4 - 1) = 6, 0 and at the border 1/2 * 4 = 2 (2 - 1) = 2, over 4 outputs.
  const nn::Vector<TestType> y{{1, -4, 3, 2}}, t{{0, 0, 3, 0}};
  CHECK(test::loss_of<TestType>(nn::Huber{.delta = 2}, y, t) == TestType(8.5) / 4);
  CHECK(test::loss_gradient<TestType>(nn::Huber{.delta = 2}, y, t) ==
        nn::Vector<TestType>{{TestType(0.25), TestType(-0.5), 0, TestType(0.5)}});
}

TEST_CASE("Huber is that of PyTorch") { test::check_loss_against_pytorch(nn::Huber{.delta = 0.8}, "Huber", "target"); }

TEMPLATE_TEST_CASE("Huber's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::Huber{.delta = 0.3}, test::drawn<TestType>(9, 1, 1),
                                      test::drawn<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("Huber grows linearly far out, and NaN is seen", "", float, double) {
  using V = nn::Vector<TestType>;
  CHECK(test::loss_of<TestType>(nn::Huber{}, V{{1e30F}}, V{{0}}) == TestType(1e30F));
  CHECK(test::loss_gradient<TestType>(nn::Huber{}, V{{-1e30F}}, V{{0}}) == V{{-1}});
  CHECK(std::isnan(test::loss_of<TestType>(nn::Huber{}, V{{test::not_a_number<TestType>}}, V{{0}})));
}

TEST_CASE("Huber refuses a delta that is not positive") {
  test::check_validation(nn::Huber{}, {{0}, {-1}, {test::infinity<double>}, {test::not_a_number<double>}});
}

TEST_CASE("Huber that is told nothing has the border of PyTorch and Keras") { CHECK(nn::Huber{}.delta == 1); }
