// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/report.hpp>

#include <limits>
#include <sstream>

#include <nn/activations/softmax.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/networks/sequential.hpp>

#include "../../metrics_cases.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;

TEST_CASE("a classification report is that of scikit-learn, whatever the batch size") {
  // The logarithm of a probability is a logit of it.
  const nn::Sequential<double> network(nn::Input{5}, nn::Softmax{});
  const M logits = test::fixture("metrics", "probabilities", 5).array().log();
  const nn::Dataset data(logits, test::metric_labels("labels"), 5);
  for (const nn::Index batch_size : {1, 7, 40, 1000}) {
    CAPTURE(batch_size);
    const nn::ClassificationReport report =
        nn::classification_report(network, data, {.top_k = 3, .batch_size = batch_size});
    CHECK(std::abs(report.accuracy - test::metric("accuracy")) < 1e-12);
    CHECK(report.accuracy == Approx(nn::evaluate(network, nn::CrossEntropy{}, data).accuracy).epsilon(1e-15));
    CHECK(std::abs(report.top_k_accuracy - test::metric("top3")) < 1e-12);
    CHECK(std::abs(report.calibration_error - test::metric("calibration")) < 1e-12);
    CHECK(std::abs(report.macro.f1 - test::metric("macro", 2)) < 1e-12);
    CHECK(std::abs(report.micro.f1 - test::metric("micro", 2)) < 1e-12);
    CHECK(std::abs(report.weighted.f1 - test::metric("weighted", 2)) < 1e-12);
    REQUIRE(report.classes.size() == 5);
    for (std::size_t c = 0; c < 5; ++c)
      CHECK(std::abs(report.classes[c].recall - test::metric("classes", static_cast<nn::Index>(3 * c + 1))) < 1e-12);
    CHECK(report.roc_auc.size() == 5);
    CHECK(std::isnan(report.roc_auc[3]));
    CHECK(report.average_precision.size() == 5);
    CHECK(std::isnan(report.average_precision[3]));
    CHECK(std::abs(report.balanced_accuracy - test::metric("balanced_accuracy")) < 1e-12);
    CHECK(std::abs(report.log_loss - test::metric("log_loss")) < 1e-12);
    CHECK(report.confusion.samples() == 40);
  }
}

TEST_CASE("a classification report reads targets as labels, and a single output as no or yes") {
  const nn::Sequential<double> network(nn::Input{2}), single(nn::Input{1});
  const M outputs{{0.75, 0.25, 0.75}, {0.25, 0.75, 0.25}};
  const auto of_labels = nn::classification_report(network, nn::Dataset(outputs, std::vector<int>{0, 1, 1}));
  const auto of_targets = nn::classification_report(network, nn::Dataset(outputs, M{{1, 0, 0.25}, {0, 1, 0.75}}));
  const auto of_single = nn::classification_report(single, nn::Dataset(M(outputs.row(1)), M{{0, 1, 1}}));
  CHECK(of_labels.confusion == of_targets.confusion);
  CHECK(of_labels.confusion == of_single.confusion);
  CHECK(of_labels.roc_auc == of_single.roc_auc);
  CHECK(of_labels.calibration_error == of_single.calibration_error);
  CHECK(of_labels.accuracy == Approx(2.0 / 3));
  // Logits have another boundary, and no calibration.
  const nn::Dataset logits(M{{-0.25, 0.25, 3}}, std::vector<int>{0, 1, 1});
  const auto of_logits = nn::classification_report(single, logits, {.decision_boundary = 0});
  CHECK(of_logits.accuracy == 1);
  CHECK(of_logits.macro_roc_auc == 1);
  CHECK(std::isnan(of_logits.calibration_error));
  CHECK(std::isnan(of_logits.log_loss));
}

TEST_CASE("a classification report prints a table") {
  const nn::Sequential<float> network(nn::Input{3});
  std::ostringstream text;
  text << nn::classification_report(network,
                                    nn::Dataset(nn::Matrix<float>{{1, 0, 0.5F, 0}, {0, 1, 0.25F, 1}, {0, 0, 0.25F, 0}},
                                                std::vector<int>{0, 1, 1, 1}, 3));
  CHECK(text.str() ==
        "     class precision    recall        F1   ROC AUC   samples\n"
        "         0    0.5000    1.0000    0.6667    1.0000         1\n"
        "         1    1.0000    0.6667    0.8000    1.0000         3\n"
        "         2    0.0000    0.0000    0.0000         -         0\n"
        "     macro    0.5000    0.5556    0.4889    1.0000         4\n"
        "  weighted    0.8750    0.7500    0.7667         -         4\n"
        "accuracy 0.7500, top-2 accuracy 1.0000, expected calibration error 0.1250\n"
        "balanced accuracy 0.8333, log loss 0.3466\n");
}

TEST_CASE("a classification report calls classes by their names, however long and in whatever letters") {
  const nn::Sequential<float> network(nn::Input{2});
  const nn::Dataset data(nn::Matrix<float>{{0.75F, 0.25F}, {0.25F, 0.75F}}, std::vector<int>{0, 1});
  const auto report = nn::classification_report(network, data, {.class_names = {"sch\xc3\xb6n", "versicolor"}});
  std::ostringstream text;
  text << report << report.confusion;
  CHECK(text.str() ==
        "       class precision    recall        F1   ROC AUC   samples\n"
        "       sch\xc3\xb6n    1.0000    1.0000    1.0000    1.0000         1\n"
        "  versicolor    1.0000    1.0000    1.0000    1.0000         1\n"
        "       macro    1.0000    1.0000    1.0000    1.0000         2\n"
        "    weighted    1.0000    1.0000    1.0000         -         2\n"
        "accuracy 1.0000, top-2 accuracy 1.0000, expected calibration error 0.2500\n"
        "balanced accuracy 1.0000, log loss 0.2877\n"
        "      actual       sch\xc3\xb6n  versicolor\n"
        "       sch\xc3\xb6n           1           0\n"
        "  versicolor           0           1\n");
  CHECK_THROWS_MATCHES(nn::classification_report(network, data, {.class_names = {"one"}}), nn::data_error,
                       Message("ConfusionMatrix: 1 names do not fit 2 classes; give one per class, in the order of the "
                               "labels"));
}

TEST_CASE("a classification report refuses what does not fit") {
  const nn::Sequential<double> network(nn::Input{3}, nn::Softmax{});
  const nn::Dataset data(M::Zero(3, 1), std::vector<int>{1});
  CHECK_THROWS_AS(nn::classification_report(network, data, {.top_k = 4}), nn::data_error);
  CHECK_THROWS_AS(nn::classification_report(network, data, {.calibration_bins = 0}), nn::data_error);
  CHECK_THROWS_AS(nn::classification_report(network, data, {.batch_size = 0}), nn::data_error);
  CHECK_THROWS_AS(nn::classification_report(network, nn::Dataset(M::Zero(2, 1), std::vector<int>{1})), nn::shape_error);
  CHECK_THROWS_AS(nn::classification_report(network, nn::Dataset(M::Zero(3, 1), M::Zero(2, 1))), nn::shape_error);
  CHECK_THROWS_MATCHES(nn::classification_report(network, nn::Dataset(M::Zero(3, 1), M{{1}, {0}, {1}})), nn::data_error,
                       Message("classification_report: the targets are not of one class per sample; ask for a "
                               "multi_label_report, or give the data set class labels"));
  CHECK_THROWS_MATCHES(nn::classification_report(network, nn::Dataset(M::Zero(3, 1), M{{3}, {0}, {1}})), nn::data_error,
                       Message("classification_report: the targets are numbers and name no classes; ask for a "
                               "regression_report, or give the data set class labels"));
  nn::Sequential<double> broken(nn::Input{3}, nn::Dense{3});
  broken.bias(0)[0] = test::not_a_number<double>;
  CHECK_THROWS_AS(nn::classification_report(broken, data), nn::data_error);
}

TEST_CASE("a classification report that is told nothing looks at the best two classes and fifteen bins") {
  const nn::ClassificationReportOptions options;
  CHECK(options.top_k == 2);
  CHECK(options.calibration_bins == 15);
  CHECK(options.decision_boundary == 0.5);
  CHECK(options.batch_size == 256);
}

TEST_CASE("a history is printed as a line for each epoch, an evaluation as one line") {
  const double none = std::numeric_limits<double>::quiet_NaN();
  nn::History history;
  history.epochs = {{.loss = 0.5, .validation_loss = 0.25, .validation_accuracy = 0.875, .seconds = 1.5, .samples = 10},
                    {.loss = 0.125, .validation_loss = none, .validation_accuracy = none, .seconds = 2, .samples = 10}};
  std::ostringstream text;
  text << history << nn::Evaluation{.loss = 0.5, .accuracy = 0.75, .samples = 1200, .losses = {}};
  CHECK(text.str() ==
        "            epoch             loss  validation loss         accuracy          seconds\n"
        "                1           0.5000           0.2500           0.8750             1.50\n"
        "                2           0.1250                -                -             2.00\n"
        "loss 0.5000, accuracy 0.7500 of 1200 samples\n");
}
