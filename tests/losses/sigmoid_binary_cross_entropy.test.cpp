// SPDX-License-Identifier: MIT
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>

#include <nn/activations/sigmoid.hpp>
#include <nn/losses/binary_cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("SigmoidBinaryCrossEntropy gives the known values", "", float, double) {
  // sigmoid(0) = 1/2, sigmoid(ln 3) = 3/4; t = (1, 0): (ln 2 + ln 4) / 2 = 1.5 ln 2, gradient (y - t) / 2.
  const TestType log2 = std::log(TestType(2)), tolerance = 4 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> z{{0, std::log(TestType(3))}}, t{{1, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, t) - TestType(1.5) * log2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, t)
            .isApprox(nn::Vector<TestType>{{-0.25, 0.375}}, tolerance));
}

TEMPLATE_TEST_CASE("SigmoidBinaryCrossEntropy's gradient is right", "", float, double) {
  const nn::Vector<TestType> z = test::drawn<TestType>(9, 1, 1, -3, 3);
  test::check_loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, test::drawn<TestType>(9, 1, 2, 0, 1));
  nn::Vector<TestType> hard(9);
  hard << 0, 1, 1, 0, 0, 1, 0, 1, 1;
  test::check_loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, hard);
  // At a logit of exactly 0 both branches of the loss meet.
  test::check_loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, nn::Vector<TestType>::Zero(9), hard);
}

TEMPLATE_TEST_CASE("SigmoidBinaryCrossEntropy is BinaryCrossEntropy after Sigmoid, where that is accurate", "", float,
                   double) {
  const nn::Vector<TestType> z = test::drawn<TestType>(5, 1, 1, -4, 4), t = test::drawn<TestType>(5, 1, 2, 0, 1);
  const nn::Vector<TestType> y = z.unaryExpr([](TestType x) { return nn::Sigmoid{}.value(x); });
  CHECK(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, t) ==
        Approx(test::loss_of<TestType>(nn::BinaryCrossEntropy{}, y, t)).epsilon(sizeof(TestType) == 8 ? 1e-13 : 1e-5));
  CHECK((test::loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, z, t) - (y - t) / 5).cwiseAbs().maxCoeff() <
        (sizeof(TestType) == 8 ? 1e-15 : 1e-6));
}

TEMPLATE_TEST_CASE("SigmoidBinaryCrossEntropy is finite at any finite logits", "", float, double) {
  using V = nn::Vector<TestType>;
  const TestType most = std::numeric_limits<TestType>::max();
  for (const TestType logit : {TestType(0), TestType(88.8), TestType(710), TestType(1e4), TestType(1e30), most}) {
    CAPTURE(logit);
    for (const TestType t : {TestType(0), TestType(1), TestType(0.25)})
      for (const TestType z : {logit, -logit}) {
        CHECK(std::isfinite(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{z}}, V{{t}})));
        CHECK(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{z}}, V{{t}}) >= 0);
        CHECK(std::isfinite(test::loss_gradient<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{z}}, V{{t}})[0]));
      }
  }
  CHECK(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{1000}}, V{{0}}) == 1000);
  CHECK(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{-1000}}, V{{1}}) == 1000);
  CHECK(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{1000}}, V{{1}}) == 0);
  CHECK(
      std::isnan(test::loss_of<TestType>(nn::SigmoidBinaryCrossEntropy{}, V{{test::not_a_number<TestType>}}, V{{1}})));
}
