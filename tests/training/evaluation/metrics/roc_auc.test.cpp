// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/roc_auc.hpp>

#include "../../../metrics_cases.hpp"

TEST_CASE("RocAuc gives the values worked by hand") {
  // Of class 1: 0.8 and 0.5; of class 0: 0.5 and 0.1. Of the four pairs three are right and one is a tie: 3.5 / 4.
  nn::RocAuc area(2);
  area.add(nn::Matrix<double>{{0.8, 0.5, 0.5, 0.1}}, std::vector<int>{1, 1, 0, 0});
  CHECK(area.of_class(1) == 0.875);
  CHECK(area.of_class(0) == 0.875);
  CHECK(area.macro() == 0.875);
}

TEST_CASE("RocAuc is that of scikit-learn, with many ties") {
  nn::RocAuc area(5);
  test::add_in_two_calls(area, test::fixture("metrics", "rounded", 5), test::metric_labels("labels"));
  double sum = 0;
  for (nn::Index i = 0; i < 4; ++i) {
    const nn::Index of_class = i < 3 ? i : 4;
    CAPTURE(of_class);
    CHECK(std::abs(area.of_class(of_class) - test::metric("roc_auc", i)) < 1e-12);
    CHECK(std::abs(area.ranking(of_class).average_precision() - test::metric("average_precision", i)) < 1e-12);
    sum += test::metric("roc_auc", i);
  }
  CHECK(std::isnan(area.of_class(3)));  // there is none
  CHECK(std::abs(area.macro() - sum / 4) < 1e-12);
  nn::RocAuc binary(2);
  test::add_in_two_calls(binary, test::fixture("metrics", "binary.probabilities", 1),
                         test::metric_labels("binary.labels"));
  CHECK(std::abs(binary.of_class(1) - test::metric("binary", 4)) < 1e-12);
}

TEST_CASE("RocAuc is 1 for a perfect order, 0 for its reverse, 1/2 for none, and NaN without two classes") {
  const auto area_of = [](const nn::Matrix<double>& logits, const std::vector<int>& labels) {
    nn::RocAuc area(2);
    area.add(logits, labels);
    return area.of_class(1);
  };
  CHECK(area_of(nn::Matrix<double>{{-3, -2, 5}}, {0, 0, 1}) == 1);
  CHECK(area_of(nn::Matrix<double>{{-3, -2, 5}}, {1, 1, 0}) == 0);
  CHECK(area_of(nn::Matrix<double>{{2, 2, 2}}, {1, 1, 0}) == 0.5);
  CHECK(std::isnan(area_of(nn::Matrix<double>{{2, 2}}, {1, 1})));
  CHECK(std::isnan(nn::RocAuc(2).macro()));
  CHECK_THROWS_AS(nn::RocAuc(0), nn::data_error);
}
