// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/thresholds.hpp>

#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/training/evaluation/multi_label_report.hpp>
#include <nn/training/evaluation/report.hpp>

#include "../../metrics_cases.hpp"

namespace {
using Outputs = nn::Matrix<double>;
}  // namespace

TEST_CASE("the threshold of a single output reaches the best F1 and balanced accuracy of scikit-learn's curves") {
  const nn::Sequential<double> network(nn::Input{1});
  const nn::Dataset data(test::fixture("metrics", "binary.probabilities", 1), test::metric_labels("binary.labels"));
  const double for_f1 = nn::choose_thresholds(network, data).at(0);
  CHECK(std::abs(nn::classification_report(network, data, {.decision_boundary = for_f1}).classes[1].f1 -
                 test::metric("binary.best_f1")) < 1e-12);
  const double balanced = nn::choose_thresholds(network, data, {.goal = nn::ThresholdGoal::balanced_accuracy}).at(0);
  CHECK(std::abs(nn::classification_report(network, data, {.decision_boundary = balanced}).balanced_accuracy -
                 test::metric("binary.best_balanced_accuracy")) < 1e-12);
}

TEST_CASE("every label has a threshold of its own, and one of which all samples are alike the usual one") {
  const nn::Sequential<double> network(nn::Input{3});
  const nn::Dataset data(Outputs{{0.9, 0.8, 0.1, 0.2}, {0.1, 0.2, 0.3, 0.4}, {0.9, 0.8, 0.7, 0.6}},
                         Outputs{{1, 1, 0, 0}, {-1, -1, 1, 1}, {0, 0, 0, 0}});
  const std::vector<double> thresholds = nn::choose_thresholds(network, data, {.otherwise = 0.75});
  REQUIRE(thresholds.size() == 3);
  CHECK(thresholds[0] == Approx(0.5));   // half way between 0.8 and 0.2
  CHECK(thresholds[1] == Approx(0.25));  // and between 0.3 and 0.2
  CHECK(thresholds[2] == 0.75);
  const auto report = nn::multi_label_report(network, data, {.decision_boundaries = {0.5, 0.25, 1}});
  CHECK(report.exact_match_ratio == 1);
}

TEST_CASE("no threshold is chosen for classes of which the largest output is told, or for other targets") {
  const nn::Sequential<double> network(nn::Input{2});
  CHECK_THROWS_AS(nn::choose_thresholds(network, nn::Dataset(Outputs::Zero(2, 1), std::vector<int>{1})),
                  nn::data_error);
  CHECK_THROWS_AS(nn::choose_thresholds(network, nn::Dataset(Outputs::Zero(2, 1), Outputs{{0.5}, {1}})),
                  nn::data_error);
}
