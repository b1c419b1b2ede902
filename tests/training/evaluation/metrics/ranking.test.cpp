// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/ranking.hpp>

#include "../../../metrics_cases.hpp"
#include "../../../numbers.hpp"

namespace {

nn::Ranking ranking_of(const std::vector<std::pair<double, bool>>& samples) {
  nn::Ranking ranking;
  for (const auto& [score, is_member] : samples) ranking.add(score, is_member);
  return ranking;
}

nn::Ranking binary_ranking() {
  const std::vector<int> labels = test::metric_labels("binary.labels");
  nn::Ranking ranking;
  for (std::size_t i = 0; i < labels.size(); ++i)
    ranking.add(test::metric("binary.probabilities", static_cast<nn::Index>(i)), labels[i] == 1);
  return ranking;
}

}  // namespace

TEST_CASE("a ranking gives the curve, the areas and the thresholds worked by hand") {
  const nn::Ranking ranking = ranking_of({{0.8, true}, {0.5, true}, {0.5, false}, {0.1, false}});
  const std::vector<nn::CurvePoint> curve = ranking.curve();
  REQUIRE(curve.size() == 3);  // equal scores are told together
  CHECK(curve[0].threshold == 0.8);
  CHECK(curve[0].precision == 1);
  CHECK(curve[0].recall == 0.5);
  CHECK(curve[0].false_positive_rate == 0);
  CHECK(curve[1].precision == Approx(2.0 / 3));
  CHECK(curve[1].recall == 1);
  CHECK(curve[1].false_positive_rate == 0.5);
  CHECK(curve[2].precision == 0.5);
  CHECK(curve[2].false_positive_rate == 1);
  CHECK(ranking.roc_auc() == 0.875);
  CHECK(ranking.average_precision() == Approx(0.5 + 0.5 * 2 / 3));
  // F1 is 2/3 at 0.8, 4/5 at 0.5, 2/3 at 0.1; recall less false positive rate is 1/2, 1/2 and 0.
  CHECK(ranking.best_threshold(nn::ThresholdGoal::f1) == Approx(0.3));
  CHECK(ranking.best_threshold(nn::ThresholdGoal::balanced_accuracy) == Approx(0.65));
  CHECK(ranking.samples() == 4);
  CHECK(ranking.members() == 2);
}

TEST_CASE("curves and average precision are those of scikit-learn") {
  const nn::Ranking ranking = binary_ranking();
  const std::vector<nn::CurvePoint> curve = ranking.curve();
  const nn::Vector<double> precision = test::fixture("metrics", "binary.precision"),
                           recall = test::fixture("metrics", "binary.recall"),
                           thresholds = test::fixture("metrics", "binary.thresholds"),
                           rate = test::fixture("metrics", "binary.false_positive_rate");
  REQUIRE(static_cast<nn::Index>(curve.size()) == rate.size());
  for (nn::Index i = 0; i < rate.size(); ++i) {
    CAPTURE(i);
    const nn::CurvePoint& point = curve[static_cast<std::size_t>(i)];
    CHECK(std::abs(point.false_positive_rate - rate[i]) < 1e-12);
    CHECK(std::abs(point.recall - test::metric("binary.true_positive_rate", i)) < 1e-12);
    if (i >= precision.size()) continue;  // where all are found, scikit-learn's other curve ends
    CHECK(std::abs(point.precision - precision[i]) < 1e-12);
    CHECK(std::abs(point.recall - recall[i]) < 1e-12);
    CHECK(point.threshold == thresholds[i]);
  }
}

TEST_CASE("without members, or without others, there is no area and no threshold") {
  for (const bool all : {true, false}) {
    const nn::Ranking ranking = ranking_of({{0.5, all}, {0.25, all}});
    CHECK(std::isnan(ranking.roc_auc()));
    CHECK(std::isnan(ranking.average_precision()) == !all);
    CHECK_THROWS_AS(ranking.best_threshold(nn::ThresholdGoal::f1), nn::data_error);
  }
  CHECK(nn::Ranking().curve().empty());
  CHECK_THROWS_AS(ranking_of({{test::not_a_number<double>, true}}), nn::data_error);
}

TEST_CASE("a threshold lies below the scores it is to tell, even where nothing is between them or below") {
  const double next = std::nextafter(0.5, 1.0);
  const double between = ranking_of({{next, true}, {0.5, false}}).best_threshold(nn::ThresholdGoal::f1);
  CHECK(between == 0.5);
  const double below = ranking_of({{0.5, true}, {0.5, false}}).best_threshold(nn::ThresholdGoal::f1);
  CHECK(below < 0.5);
  CHECK(below > 0.49);
}
