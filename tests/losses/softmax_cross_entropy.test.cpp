// SPDX-License-Identifier: MIT
#include <nn/losses/softmax_cross_entropy.hpp>

#include <nn/activations/softmax.hpp>
#include <nn/losses/cross_entropy.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("SoftmaxCrossEntropy gives the known values", "", float, double) {
  // softmax(0, ln 2, ln 5) = (1, 2, 5) / 8: -ln(2/8) = 2 ln 2 for the second class, gradient output - target.
  const TestType log2 = std::log(TestType(2)), tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  const nn::Vector<TestType> z{{0, log2, std::log(TestType(5))}}, t{{0, 1, 0}};
  CHECK(std::abs(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, z, t) - 2 * log2) < tolerance);
  CHECK(test::loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, z, t)
            .isApprox(nn::Vector<TestType>{{0.125, -0.75, 0.625}}, tolerance));
}

TEMPLATE_TEST_CASE("SoftmaxCrossEntropy's gradient is right, also for targets that do not sum to 1", "", float,
                   double) {
  const nn::Vector<TestType> z = test::drawn<TestType>(9, 1, 1, -3, 3);
  test::check_loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, z, test::drawn_probabilities<TestType>(9, 1, 2));
  test::check_loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, z, test::drawn<TestType>(9, 1, 3));
}

TEMPLATE_TEST_CASE("SoftmaxCrossEntropy is CrossEntropy after Softmax, where that is accurate", "", float, double) {
  const nn::Vector<TestType> z = test::drawn<TestType>(5, 1, 1, -4, 4);
  const nn::Vector<TestType> t = test::drawn_probabilities<TestType>(5, 1, 2);
  nn::Vector<TestType> y(5);
  nn::Softmax{}.forward(nn::Shape(5), 0, z, y);
  CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, z, t) ==
        Approx(test::loss_of<TestType>(nn::CrossEntropy{}, y, t)).epsilon(sizeof(TestType) == 8 ? 1e-14 : 1e-5));
  CHECK((test::loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, z, t) - (y - t)).cwiseAbs().maxCoeff() <
        (sizeof(TestType) == 8 ? 1e-14 : 1e-6));
}

TEMPLATE_TEST_CASE("SoftmaxCrossEntropy is finite at any finite logits", "", float, double) {
  using V = nn::Vector<TestType>;
  const TestType most = std::numeric_limits<TestType>::max();
  for (const TestType logit : {TestType(0), TestType(88.8), TestType(710), TestType(1e4), TestType(1e30), most / 2}) {
    CAPTURE(logit);
    for (const V& t : {V{{1, 0, 0}}, V{{0, 1, 0}}, V{{0.25, 0.25, 0.5}}})
      for (const V& z : {V{{logit, -logit, 0}}, V{{logit, logit, logit}}, V{{-logit, logit, -logit}}}) {
        CHECK(std::isfinite(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, z, t)));
        CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, z, t) >= 0);
        CHECK(test::loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, z, t).array().isFinite().all());
      }
  }
  // Far apart, the loss is the distance of the logits: no information is lost to a probability of 0.
  CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, V{{1000, 0}}, V{{0, 1}}) == 1000);
  CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, V{{1e30F, 0}}, V{{1, 0}}) == 0);
  CHECK(test::loss_gradient<TestType>(nn::SoftmaxCrossEntropy{}, V{{1000, 0}}, V{{0, 1}}) == V{{1, -1}});
}

TEMPLATE_TEST_CASE("SoftmaxCrossEntropy of one class is 0, and NaN is seen", "", float, double) {
  using V = nn::Vector<TestType>;
  CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, V{{-5}}, V{{1}}) == 0);
  for (nn::Index place = 0; place < 3; ++place) {
    V z = V::Zero(3);
    z[place] = test::not_a_number<TestType>;
    CHECK(std::isnan(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{}, z, V{{0, 1, 0}})));
  }
}

TEST_CASE("SoftmaxCrossEntropy that is told nothing smooths no label") {
  CHECK(nn::SoftmaxCrossEntropy{}.label_smoothing == 0);
}
