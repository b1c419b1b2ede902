// SPDX-License-Identifier: MIT
#include <nn/losses/softmax_kl_divergence.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("SoftmaxKLDivergence gives the known values", "", float, double) {
  // softmax(0, ln 2, ln 5) = (1, 2, 5) / 8: 1/2 log(4) + 1/2 log(2) = 3/2 ln 2 for t = (1, 1, 0) / 2; softmax - t.
  const TestType log2 = std::log(TestType(2)), tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> z{{0, log2, std::log(TestType(5))}}, t{{0.5, 0.5, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::SoftmaxKLDivergence{}, z, t) - TestType(1.5) * log2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::SoftmaxKLDivergence{}, z, t)
            .isApprox(nn::Vector<TestType>{{TestType(-0.375), TestType(-0.25), TestType(0.625)}}, tolerance));
}

TEST_CASE("SoftmaxKLDivergence is that of PyTorch, and its mean is batchmean") {
  test::check_loss_against_pytorch(nn::SoftmaxKLDivergence{}, "SoftmaxKLDivergence", "distribution");
  CHECK(std::abs(test::fixture("losses", "SoftmaxKLDivergence").mean() - test::fixture("losses", "batchmean")[0]) <
        1e-10);
}

TEMPLATE_TEST_CASE("SoftmaxKLDivergence's gradient is right", "", float, double) {
  test::check_loss_gradient<TestType>(nn::SoftmaxKLDivergence{}, test::drawn<TestType>(9, 1, 1, -3, 3),
                                      test::drawn_probabilities<TestType>(9, 1, 2));
}

TEMPLATE_TEST_CASE("SoftmaxKLDivergence is finite at any logits", "", float, double) {
  using V = nn::Vector<TestType>;
  CHECK(test::loss_of<TestType>(nn::SoftmaxKLDivergence{}, V{{1e4, -1e4}}, V{{0, 1}}) == 2e4);
  CHECK(test::loss_gradient<TestType>(nn::SoftmaxKLDivergence{}, V{{1e4, -1e4}}, V{{0, 1}}) == V{{1, -1}});
}
