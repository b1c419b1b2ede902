// SPDX-License-Identifier: MIT
#include <nn/losses/softmax_focal.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("SoftmaxFocal gives the known values", "", float, double) {
  // softmax(0, ln 2, ln 5) = (1, 2, 5) / 8. Of the second class: (3/4)^2 2 ln 2; h = (3/4)^2 (2 (1/4) (-2 ln 2) 4/3 -
  // 1) = -3/4 ln 2 - 9/16, and the gradient (0, h, 0) - softmax h.
  const TestType log2 = std::log(TestType(2)), tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> z{{0, log2, std::log(TestType(5))}}, t{{0, 1, 0}};
  const nn::SoftmaxFocal focal{.gamma = 2, .alpha = 1};
  const TestType h = TestType(-0.75) * log2 - TestType(0.5625);
  CHECK(std::abs(test::loss_of<TestType>(focal, z, t) - TestType(1.125) * log2) < tolerance);
  CHECK(test::loss_gradient<TestType>(focal, z, t)
            .isApprox(h * nn::Vector<TestType>{{TestType(-0.125), TestType(0.75), TestType(-0.625)}}, tolerance));
}

TEST_CASE("SoftmaxFocal is that of PyTorch") {
  test::check_loss_against_pytorch(nn::SoftmaxFocal{.gamma = 1.5, .alpha = 0.3}, "SoftmaxFocal", "one_hot");
}

TEMPLATE_TEST_CASE("SoftmaxFocal's gradient is right", "", float, double) {
  for (const double gamma : {0.0, 0.5, 1.0, 2.0})
    test::check_loss_gradient<TestType>(nn::SoftmaxFocal{.gamma = gamma}, test::drawn<TestType>(9, 1, 1, -3, 3),
                                        test::drawn_probabilities<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("SoftmaxFocal is finite at any logits", "", float, double) {
  using V = nn::Vector<TestType>;
  for (const double gamma : {0.0, 0.5, 2.0}) {
    const nn::SoftmaxFocal focal{.gamma = gamma, .alpha = 1};
    CHECK(test::loss_of<TestType>(focal, V{{1e4, -1e4}}, V{{0, 1}}) == 2e4);
    CHECK(test::loss_gradient<TestType>(focal, V{{1e4, -1e4}}, V{{0, 1}}) == V{{1, -1}});
    CHECK(test::loss_of<TestType>(focal, V{{1e4, -1e4}}, V{{1, 0}}) == 0);
    CHECK(test::loss_gradient<TestType>(focal, V{{1e4, -1e4}}, V{{1, 0}}) == V{{0, 0}});
  }
}

TEST_CASE("SoftmaxFocal refuses options that make no sense") {
  test::check_validation(nn::SoftmaxFocal{}, {{.gamma = -1}, {.alpha = 0}});
}

TEST_CASE("SoftmaxFocal that is told nothing has the defaults of Focal") {
  const auto [gamma, alpha] = nn::SoftmaxFocal{};
  CHECK(gamma == nn::Focal{}.gamma);
  CHECK(alpha == nn::Focal{}.alpha);
}
