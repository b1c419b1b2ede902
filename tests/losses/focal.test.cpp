// SPDX-License-Identifier: MIT
#include <nn/losses/focal.hpp>

#include <nn/losses/cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("Focal gives the known values", "", float, double) {
  // y = 1/4: (3/4)^2 * 2 ln 2; half of it for alpha = 1/2. dL/dy = alpha (2 (1 - y) log y - (1 - y)^2 / y).
  const TestType log2 = std::log(TestType(2)), tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> y{{0.5, 0.25, 0.25}}, t{{0, 1, 0}};
  const nn::Focal focal{.gamma = 2, .alpha = 0.5};
  CHECK(std::abs(test::loss_of<TestType>(focal, y, t) - TestType(0.5625) * log2) < tolerance);
  CHECK(test::loss_gradient<TestType>(focal, y, t)
            .isApprox(nn::Vector<TestType>{{0, TestType(-1.5) * log2 - TestType(1.125), 0}}, tolerance));
}

TEST_CASE("Focal is that of PyTorch") {
  test::check_loss_against_pytorch(nn::Focal{.gamma = 1.5, .alpha = 0.3}, "Focal", "one_hot");
}

TEMPLATE_TEST_CASE("Focal's gradient is right, and without focus it is the cross entropy", "", float, double) {
  const nn::Vector<TestType> y = test::drawn_probabilities<TestType>(9, 1, 1);
  const nn::Vector<TestType> t = test::drawn_probabilities<TestType>(9, 1, 2);
  for (const double gamma : {0.0, 0.5, 1.0, 2.0}) test::check_loss_gradient<TestType>(nn::Focal{.gamma = gamma}, y, t);
  const nn::Focal plain{.gamma = 0, .alpha = 1};
  CHECK(test::loss_of<TestType>(plain, y, t) == Approx(test::loss_of<TestType>(nn::CrossEntropy{}, y, t)));
  CHECK(test::loss_gradient<TestType>(plain, y, t)
            .isApprox(test::loss_gradient<TestType>(nn::CrossEntropy{}, y, t),
                      4 * std::numeric_limits<TestType>::epsilon()));
}

TEMPLATE_TEST_CASE("Focal is finite for probabilities of 0 and 1", "", float, double) {
  using V = nn::Vector<TestType>;
  for (const double gamma : {0.0, 0.5, 2.0}) {
    CAPTURE(gamma);
    const nn::Focal focal{.gamma = gamma, .alpha = 1};
    CHECK(test::loss_of<TestType>(focal, V{{0, 1}}, V{{1, 0}}) == 100);
    CHECK(test::loss_gradient<TestType>(focal, V{{0, 1}}, V{{1, 0}}) == V{{TestType(-1) / TestType(1e-12), 0}});
    CHECK(test::loss_of<TestType>(focal, V{{0, 1}}, V{{0, 1}}) == 0);
    CHECK(test::loss_gradient<TestType>(focal, V{{0, 1}}, V{{0, 1}}) == V{{0, TestType(gamma == 0 ? -1 : 0)}});
    CHECK(test::loss_of<TestType>(focal, V{{1 + std::numeric_limits<TestType>::epsilon()}}, V{{1}}) <= 0);
  }
}

TEST_CASE("Focal refuses options that make no sense") {
  const double nan = test::not_a_number<double>, infinity = test::infinity<double>;
  test::check_validation(nn::Focal{.gamma = 0},
                         {{.gamma = -1}, {.gamma = nan}, {.gamma = infinity}, {.alpha = 0}, {.alpha = nan}});
}

TEST_CASE("Focal that is told nothing has the paper's focus and weight") {
  const auto [gamma, alpha] = nn::Focal{};
  CHECK(gamma == 2);
  CHECK(alpha == 0.25);
}
