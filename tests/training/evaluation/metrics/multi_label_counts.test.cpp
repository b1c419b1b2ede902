// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/multi_label_counts.hpp>

#include "../../../metrics_cases.hpp"
#include "../../../numbers.hpp"

using Catch::Matchers::Message;

TEST_CASE("counts of labels and what follows are those of scikit-learn, in one call or two") {
  const nn::Matrix<double> scores = test::fixture("metrics", "tag_scores", 4),
                           tags = test::fixture("metrics", "tags", 4);
  nn::MultiLabelCounts once(4), twice(4);
  once.add(scores, tags);
  twice.add(scores.leftCols(14), tags.leftCols(14));
  twice.add(scores.rightCols(26), tags.rightCols(26));
  for (const nn::MultiLabelCounts* counts : {&once, &twice}) {
    const auto check = [](const nn::ClassMetrics& metrics, const std::string& key, nn::Index label) {
      CAPTURE(key, label);
      CHECK(std::abs(metrics.precision - test::metric(key, 3 * label)) < 1e-12);
      CHECK(std::abs(metrics.recall - test::metric(key, 3 * label + 1)) < 1e-12);
      CHECK(std::abs(metrics.f1 - test::metric(key, 3 * label + 2)) < 1e-12);
    };
    for (nn::Index label = 0; label < 4; ++label) {
      check(counts->of_label(label), "tags.labels", label);
      CHECK(static_cast<double>(counts->support(label)) == test::metric("tags.support", label));
    }
    check(counts->macro(), "tags.macro", 0);
    check(counts->micro(), "tags.micro", 0);
    check(counts->weighted(), "tags.weighted", 0);
    CHECK(std::abs(counts->exact_match_ratio() - test::metric("tags.exact")) < 1e-12);
    CHECK(std::abs(counts->hamming_loss() - test::metric("tags.hamming")) < 1e-12);
    CHECK(counts->labels() == 4);
    CHECK(counts->samples() == 40);
  }
}

TEST_CASE("a label is told above the boundary, and a target of -1 is a no") {
  using Floats = nn::Matrix<float>;
  nn::MultiLabelCounts probabilities(2), logits(2, 0);
  probabilities.add(Floats{{0.5F, 0.75F}, {0.25F, 0.75F}}, Floats{{1, 1}, {-1, -1}});
  CHECK(probabilities.of_label(0).recall == 0.5);
  CHECK(probabilities.of_label(1).precision == 0);
  CHECK(probabilities.exact_match_ratio() == 0);
  CHECK(probabilities.hamming_loss() == 0.5);
  logits.add(Floats{{0.25F}, {-0.25F}}, Floats{{1}, {0}});
  CHECK(logits.exact_match_ratio() == 1);
}

TEST_CASE("without a sample or a label all is 0") {
  const nn::MultiLabelCounts counts(2);
  CHECK(counts.macro().f1 == 0);
  CHECK(counts.micro().f1 == 0);
  CHECK(counts.weighted().f1 == 0);
  CHECK(counts.exact_match_ratio() == 0);
  CHECK(counts.hamming_loss() == 0);
}

TEST_CASE("counts of labels refuse what does not fit") {
  using Doubles = nn::Matrix<double>;
  CHECK_THROWS_AS(nn::MultiLabelCounts(0), nn::data_error);
  CHECK_THROWS_AS(nn::MultiLabelCounts(2, test::not_a_number<double>), nn::data_error);
  nn::MultiLabelCounts counts(2);
  CHECK_THROWS_AS(counts.add(Doubles::Zero(3, 1), Doubles::Zero(2, 1)), nn::shape_error);
  CHECK_THROWS_AS(counts.add(Doubles::Zero(2, 1), Doubles::Zero(3, 1)), nn::shape_error);
  CHECK_THROWS_AS(counts.add(Doubles::Zero(2, 1), Doubles::Zero(2, 2)), nn::shape_error);
  CHECK_THROWS_MATCHES(counts.add(Doubles::Zero(2, 1), Doubles{{0}, {0.5}}), nn::data_error,
                       Message("MultiLabelCounts: the target of label 1 of sample 0 is 0.5; give 1 for yes and 0 or -1 "
                               "for no"));
  CHECK_THROWS_AS(counts.add(Doubles{{0}, {test::not_a_number<double>}}, Doubles::Zero(2, 1)), nn::data_error);
}
