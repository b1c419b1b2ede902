// SPDX-License-Identifier: MIT
#include <nn/losses/class_weighted.hpp>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/focal.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/kl_divergence.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/output_losses.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../loss_cases.hpp"

TEMPLATE_TEST_CASE("ClassWeighted gives the known values", "", float, double) {
  // MeanSquaredError (1 + 4) / 2, gradient (1, -2), times the weight of the class; between classes a share of each.
  using V = nn::Vector<TestType>;
  const nn::ClassWeighted weighted{nn::MeanSquaredError{}, {2, 8}};
  CHECK(test::loss_of<TestType>(weighted, V{{1, 3}}, V{{0, 1}}) == TestType(2.5) * 8);
  CHECK(test::loss_gradient<TestType>(weighted, V{{1, 3}}, V{{0, 1}}) == V{{8, 16}});
  CHECK(test::loss_of<TestType>(weighted, V{{1, 1}}, V{{0.5, 0.5}}) == TestType(0.25) * 5);
}

TEST_CASE("ClassWeighted's cross entropy is that of PyTorch without reduction") {
  const std::vector<double> weights{1, 3, 0.5, 2};
  test::check_loss_against_pytorch(nn::ClassWeighted{nn::SoftmaxCrossEntropy{}, weights}, "ClassWeighted", "one_hot");
}

TEST_CASE("ClassWeighted's smoothed cross entropy is that of PyTorch without reduction, for labels and for shares") {
  const std::vector<double> weights{1, 3, 0.5, 2};
  test::check_loss_against_pytorch(nn::ClassWeighted{nn::SoftmaxCrossEntropy{.label_smoothing = 0.1}, weights},
                                   "SmoothedClassWeighted", "one_hot");
  test::check_loss_against_pytorch(nn::ClassWeighted{nn::SoftmaxCrossEntropy{.label_smoothing = 0.3}, weights},
                                   "SmoothedClassWeightedShares", "distribution");
  test::check_loss_against_pytorch(nn::ClassWeighted{nn::SoftmaxCrossEntropy{}, weights}, "ClassWeightedShares",
                                   "distribution");
}

TEMPLATE_TEST_CASE("ClassWeighted weights a sample by its class, whatever the others' targets are", "", float, double) {
  // Hinge of scores 0 is 1, and its gradient -t / n.
  using V = nn::Vector<TestType>;
  const nn::ClassWeighted one{nn::Hinge{}, {1, 5}}, three{nn::Hinge{}, {1, 2, 4}};
  for (const TestType no : {TestType(0), TestType(-1)}) {
    CHECK(test::loss_of<TestType>(one, V{{0}}, V{{no}}) == 1);
    CHECK(test::loss_of<TestType>(three, V{{0, 0, 0}}, V{{no, no, 1}}) == 4);
    CHECK(test::loss_of<TestType>(three, V{{0, 0, 0}}, V{{1, no, no}}) == 1);
    CHECK(test::loss_gradient<TestType>(one, V{{0}}, V{{no}}) == V{{1}});
    CHECK(test::loss_gradient<TestType>(nn::ClassWeighted{nn::Hinge{}, {1, 6, 4}}, V{{0, 0, 0}}, V{{no, 1, no}})
              .isApprox(V{{2, -2, 2}}));
  }
  CHECK(test::loss_of<TestType>(one, V{{0}}, V{{1}}) == 5);
  CHECK(test::loss_gradient<TestType>(one, V{{0}}, V{{1}}) == V{{-5}});
}

TEST_CASE("ClassWeighted's weight is never outside those of its classes") {
  using V = nn::Vector<double>;
  const nn::ClassWeighted weighted{nn::MeanSquaredError{}, {2, 8}};
  for (const double target : {-3.0, -1.0, 0.0, 0.25, 1.0, 7.0}) {
    const double weight = test::loss_of<double>(weighted, V{{target + 1}}, V{{target}});
    CHECK(weight == (target <= 0 ? 2 : target >= 1 ? 8 : 3.5));
  }
  // Two classes, one of them to a third.
  CHECK(test::loss_of<double>(weighted, V{{2, 3}}, V{{1, 2}}) == 6);
  // Shares of classes: of a divergence the mean weight, so that it stays 0 where the outputs are the targets.
  CHECK(std::abs(test::loss_of<double>(nn::ClassWeighted{nn::KLDivergence{}, {2, 8}}, V{{0.25, 0.75}},
                                       V{{0.25, 0.75}})) < 1e-15);
  CHECK_THROWS_MATCHES(test::loss_of<double>(weighted, V{{0, 0}}, V{{0, -1}}), nn::data_error,
                       Catch::Matchers::Message("ClassWeighted: a sample whose 2 targets are all 0 or less is of no "
                                                "class and has no weight; name its class, or weight samples instead "
                                                "(Dataset::with_weights)"));
}

TEMPLATE_TEST_CASE("ClassWeighted's gradient is right", "", float, double) {
  const nn::Vector<TestType> y = test::drawn_probabilities<TestType>(3, 1, 1);
  const nn::Vector<TestType> t = test::drawn_probabilities<TestType>(3, 1, 2);
  const std::vector<double> weights{1, 2, 3};
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::CrossEntropy{}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::CrossEntropy{.label_smoothing = 0.2}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::SoftmaxCrossEntropy{.label_smoothing = 1}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::Focal{}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::KLDivergence{}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::BinaryCrossEntropy{}, weights}, y, t);
  test::check_loss_gradient<TestType>(nn::ClassWeighted{nn::Hinge{}, weights}, y, nn::Vector<TestType>{{-1, 1, -1}});
}

TEMPLATE_TEST_CASE("ClassWeighted of a single output has a weight of no and one of yes", "", float, double) {
  using V = nn::Vector<TestType>;
  const nn::ClassWeighted weighted{nn::MeanSquaredError{}, {2, 8}};
  CHECK(test::loss_of<TestType>(weighted, V{{3}}, V{{0}}) == 18);
  CHECK(test::loss_of<TestType>(weighted, V{{3}}, V{{1}}) == 32);
  CHECK(test::loss_gradient<TestType>(weighted, V{{3}}, V{{1}}) == V{{32}});
}

TEST_CASE("ClassWeighted borders classes where its loss does") {
  CHECK(nn::ClassWeighted<nn::SigmoidBinaryCrossEntropy>::decision_boundary == 0);
  CHECK(nn::ClassWeighted<nn::Hinge>::decision_boundary == 0);
  CHECK_FALSE(nn::ClassWeighted<nn::MeanSquaredError>::decision_boundary.has_value());
  CHECK(nn::ClassWeighted<nn::KLDivergence>::output_kind == nn::OutputKind::class_probabilities);
}

TEST_CASE("ClassWeighted refuses weights that make no sense, and another number of them than classes") {
  using Weighted = nn::ClassWeighted<nn::CrossEntropy>;
  const double nan = test::not_a_number<double>;
  test::check_validation(Weighted{{}, {0, 1}},
                         {Weighted{{}, {}}, Weighted{{}, {1, -1}}, Weighted{{}, {nan}}, Weighted{{2}, {1, 1}}});
  const nn::Vector<double> y{{0.5, 0.25, 0.25}};
  CHECK_THROWS_MATCHES(test::loss_of<double>(Weighted{{}, {1, 2}}, y, y), nn::data_error,
                       Catch::Matchers::Message("ClassWeighted: 2 weights do not fit 3 classes; give one per class"));
}

TEST_CASE("ClassWeighted says before training which targets it cannot take") {
  const std::vector<double> weights{1, 2, 3};
  using V = nn::Vector<double>;
  const nn::ClassWeighted by_sample{nn::BinaryCrossEntropy{}, weights};
  CHECK_NOTHROW(nn::require_target(by_sample, V{{0, 0.5, 0}}));
  CHECK_THROWS_AS(nn::require_target(by_sample, V{{0, 0, 0}}), nn::data_error);
  CHECK_THROWS_AS(nn::require_target(by_sample, V{{0, 1}}), nn::data_error);
  const nn::ClassWeighted by_term{nn::CrossEntropy{}, weights};
  CHECK_NOTHROW(nn::require_target(by_term, V{{0, 0, 0}}));
  CHECK_THROWS_AS(nn::require_target(by_term, V{{0, 1}}), nn::data_error);
  CHECK_THROWS_AS(nn::require_target(nn::ClassWeighted{by_sample, weights}, V{{-1, 0, 0}}), nn::data_error);
  CHECK_NOTHROW(nn::require_target(nn::ClassWeighted{nn::MeanSquaredError{}, {1, 2}}, V{{0}}));
  CHECK_NOTHROW(nn::require_target(nn::MeanSquaredError{}, V{{0}}));
}

TEST_CASE("ClassWeighted takes the outputs that its loss takes: as many, and of a whole sample where it does") {
  const nn::OutputLosses two_and_two{nn::OutputLoss{nn::MeanSquaredError{}, 2},
                                     nn::OutputLoss{nn::MeanSquaredError{}, 2}};
  const nn::ClassWeighted weighted{two_and_two, {1, 1, 1}};
  static_assert(weighted.takes_whole_samples && !nn::ClassWeighted{nn::CrossEntropy{}, {1, 1}}.takes_whole_samples);
  CHECK(nn::detail::positions_of<decltype(weighted)>(nn::Shape(2, 2, 3)) == 1);
  nn::Sequential<float> network{nn::Input{2}, nn::Dense{3}};
  CHECK_THROWS_WITH((nn::Trainer{network, weighted, nn::SGD{}}),
                    Catch::Matchers::ContainsSubstring("its losses take 4 outputs, but the network has 3"));
}
