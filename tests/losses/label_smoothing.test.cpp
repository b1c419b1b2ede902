// SPDX-License-Identifier: MIT
#include <nn/losses/label_smoothing.hpp>

#include <nn/activations/softmax.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>

#include "../loss_cases.hpp"

TEST_CASE("smoothed targets keep their share and their sum") {
  // 0.8 * 1 + 0.2 / 4 and 0.2 / 4
  const nn::Vector<double> t{{0, 1, 0, 0}};
  const nn::detail::SmoothedTarget<double, nn::Vector<double>> smoothed(t, 0.2, 4);
  CHECK(smoothed(0) == Approx(0.05).epsilon(1e-15));
  CHECK(smoothed(1) == Approx(0.85).epsilon(1e-15));
  CHECK(smoothed(0) + smoothed(1) + smoothed(2) + smoothed(3) == Approx(1).epsilon(1e-15));
  const nn::detail::SmoothedTarget<double, nn::Vector<double>> same(t, 0, 4);
  CHECK(same(0) == 0);
  CHECK(same(1) == 1);
}

TEST_CASE("label smoothing is that of PyTorch, for labels and for distributions") {
  test::check_loss_against_pytorch(nn::SoftmaxCrossEntropy{.label_smoothing = 0.1}, "SmoothedCrossEntropy", "one_hot");
  test::check_loss_against_pytorch(nn::SoftmaxCrossEntropy{.label_smoothing = 0.3}, "SmoothedSoftTargets",
                                   "distribution");
}

TEMPLATE_TEST_CASE("label smoothing has right gradients, and is the same before and after a softmax", "", float,
                   double) {
  const nn::Vector<TestType> z = test::drawn<TestType>(5, 1, 1, -3, 3), t{{0, 0, 1, 0, 0}};
  nn::Vector<TestType> y(5);
  nn::Softmax{}.forward(nn::Shape(5), 0, z, y);
  test::check_loss_gradient<TestType>(nn::SoftmaxCrossEntropy{.label_smoothing = 0.2}, z, t);
  test::check_loss_gradient<TestType>(nn::CrossEntropy{.label_smoothing = 0.2}, y, t);
  CHECK(test::loss_of<TestType>(nn::SoftmaxCrossEntropy{.label_smoothing = 0.2}, z, t) ==
        Approx(test::loss_of<TestType>(nn::CrossEntropy{.label_smoothing = 0.2}, y, t)).epsilon(1e-5));
}

TEST_CASE("label smoothing is a share") {
  const double nan = test::not_a_number<double>;
  test::check_validation(nn::CrossEntropy{.label_smoothing = 1}, {{-0.1}, {1.1}, {nan}});
  test::check_validation(nn::SoftmaxCrossEntropy{}, {{-0.1}, {1.1}, {nan}});
  CHECK_THROWS_MATCHES(nn::CrossEntropy{2}.validate(), nn::data_error,
                       Catch::Matchers::Message("CrossEntropy: label smoothing must be a share from 0 to 1, got 2; 0.1 "
                                                "is usual, 0 is none"));
}
