// SPDX-License-Identifier: MIT
#include <nn/losses/log_cosh.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("LogCosh gives the known values", "", float, double) {
  // cosh(ln 2) = (2 + 1/2) / 2 = 5/4, tanh(ln 2) = (2 - 1/2) / (2 + 1/2) = 3/5; over 2 outputs, the other right.
  const TestType log2 = std::log(TestType(2)), tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> y{{1 - log2, 3}}, t{{1, 3}};
  CHECK(std::abs(test::loss_of<TestType>(nn::LogCosh{}, y, t) - std::log(TestType(1.25)) / 2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::LogCosh{}, y, t)
            .isApprox(nn::Vector<TestType>{{TestType(-0.3), 0}}, tolerance));
}

TEST_CASE("LogCosh is that of PyTorch") { test::check_loss_against_pytorch(nn::LogCosh{}, "LogCosh", "target"); }

TEMPLATE_TEST_CASE("LogCosh's gradient is right, at 0 too", "", float, double) {
  const nn::Vector<TestType> y = test::drawn<TestType>(9, 1, 1);
  test::check_loss_gradient<TestType>(nn::LogCosh{}, y, test::drawn<TestType>(9, 1, 2));
  test::check_loss_gradient<TestType>(nn::LogCosh{}, y, y);
}

TEMPLATE_TEST_CASE("LogCosh does not overflow, and NaN is seen", "", float, double) {
  using V = nn::Vector<TestType>;
  for (const TestType far : {TestType(1e4), TestType(1e30F), std::numeric_limits<TestType>::max()})
    for (const TestType d : {far, -far}) {
      CHECK(test::loss_of<TestType>(nn::LogCosh{}, V{{d}}, V{{0}}) == Approx(far - TestType(0.69314718)));
      CHECK(test::loss_gradient<TestType>(nn::LogCosh{}, V{{d}}, V{{0}}) == V{{TestType(d > 0 ? 1 : -1)}});
    }
  CHECK(std::isnan(test::loss_of<TestType>(nn::LogCosh{}, V{{test::not_a_number<TestType>}}, V{{0}})));
}
