// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/multi_label_report.hpp>

#include <nn/layers/input.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/training/evaluation/evaluate.hpp>

#include "../../metrics_cases.hpp"

using Tags = nn::Matrix<double>;

TEST_CASE("a multi-label report is that of scikit-learn, whatever the batch size") {
  const nn::Sequential<double> network(nn::Input{4});
  const nn::Dataset data(test::fixture("metrics", "tag_scores", 4), test::fixture("metrics", "tags", 4));
  for (const nn::Index batch_size : {1, 7, 1000}) {
    CAPTURE(batch_size);
    const nn::MultiLabelReport report = nn::multi_label_report(network, data, {.batch_size = batch_size});
    CHECK(report.samples == 40);
    REQUIRE(report.labels.size() == 4);
    CHECK(std::abs(report.labels[1].f1 - test::metric("tags.labels", 5)) < 1e-12);
    CHECK(static_cast<double>(report.support[1]) == test::metric("tags.support", 1));
    CHECK(std::abs(report.macro.precision - test::metric("tags.macro", 0)) < 1e-12);
    CHECK(std::abs(report.micro.recall - test::metric("tags.micro", 1)) < 1e-12);
    CHECK(std::abs(report.weighted.f1 - test::metric("tags.weighted", 2)) < 1e-12);
    CHECK(std::abs(report.exact_match_ratio - test::metric("tags.exact")) < 1e-12);
    CHECK(std::abs(report.hamming_loss - test::metric("tags.hamming")) < 1e-12);
    REQUIRE(report.roc_auc.size() == 4);
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(std::abs(report.roc_auc[i] - test::metric("tags.roc_auc.tag" + std::to_string(i))) < 1e-12);
      CHECK(std::abs(report.average_precision[i] - test::metric("tags.average_precision.tag" + std::to_string(i))) <
            1e-12);
      sum += report.roc_auc[i];
    }
    CHECK(std::isnan(report.roc_auc[3]));
    CHECK(report.macro_roc_auc == Approx(sum / 3));
    CHECK(1 - report.hamming_loss == Approx(nn::evaluate(network, nn::BinaryCrossEntropy{}, data).accuracy));
  }
}

TEST_CASE("a multi-label report prints a table") {
  const nn::Sequential<double> network(nn::Input{2});
  std::ostringstream text;
  text << nn::multi_label_report(
      network, nn::Dataset(Tags{{0.75, 0.75, 0.25, 0}, {0.25, 0.75, 0.75, 0}}, Tags{{1, 0, 1, 0}, {0, 1, 1, 0}}));
  CHECK(text.str() ==
        "     label precision    recall        F1   ROC AUC   samples\n"
        "         0    0.5000    0.5000    0.5000    0.6250         2\n"
        "         1    1.0000    1.0000    1.0000    1.0000         2\n"
        "     macro    0.7500    0.7500    0.7500    0.8125         4\n"
        "     micro    0.7500    0.7500    0.7500         -         4\n"
        "  weighted    0.7500    0.7500    0.7500         -         4\n"
        "all labels of a sample right 0.5000, wrong labels (Hamming loss) 0.2500\n");
}

TEST_CASE("a multi-label report has a boundary of its own for logits") {
  const nn::Sequential<double> network(nn::Input{2});
  const nn::Dataset logits(Tags{{0.25, -3}, {0.125, 2}}, Tags{{1, 0}, {1, 1}});
  CHECK(nn::multi_label_report(network, logits, {.decision_boundary = 0}).exact_match_ratio == 1);
  CHECK(nn::multi_label_report(network, logits).exact_match_ratio == 0.5);
}

TEST_CASE("a multi-label report has a boundary and a name for each label") {
  const nn::Sequential<double> network(nn::Input{2});
  const nn::Dataset data(Tags{{0.25, 0.125}, {0.75, 0.875}}, Tags{{1, 0}, {0, 1}});
  const auto report =
      nn::multi_label_report(network, data, {.decision_boundaries = {0.2, 0.8}, .label_names = {"cat", "blue"}});
  CHECK(report.exact_match_ratio == 1);
  std::ostringstream text;
  text << report;
  CHECK(text.str().find("       cat    1.0000    1.0000    1.0000    1.0000         1\n") != std::string::npos);
  CHECK(text.str().find("      blue    1.0000    1.0000    1.0000    1.0000         1\n") != std::string::npos);
}

TEST_CASE("a multi-label report refuses what does not fit") {
  const nn::Sequential<double> network(nn::Input{2});
  const nn::Dataset sound(Tags::Zero(2, 1), Tags::Zero(2, 1));
  CHECK_THROWS_AS(nn::multi_label_report(network, sound, {.decision_boundaries = {0.5}}), nn::data_error);
  CHECK_THROWS_AS(nn::multi_label_report(network, sound, {.label_names = {"a", "b", "c"}}), nn::data_error);
  CHECK_THROWS_AS(nn::multi_label_report(network, nn::Dataset(Tags::Zero(2, 1), std::vector<int>{1})), nn::data_error);
  CHECK_THROWS_AS(nn::multi_label_report(network, nn::Dataset(Tags::Zero(2, 1), Tags{{0.5}, {1}})), nn::data_error);
  CHECK_THROWS_AS(nn::multi_label_report(network, nn::Dataset(Tags::Zero(2, 1), Tags::Zero(3, 1))), nn::shape_error);
  CHECK_THROWS_AS(nn::multi_label_report(network, nn::Dataset(Tags::Zero(2, 1), Tags::Zero(2, 1)), {.batch_size = 0}),
                  nn::data_error);
}
