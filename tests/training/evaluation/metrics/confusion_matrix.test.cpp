// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/confusion_matrix.hpp>

#include <limits>

#include "../../../metrics_cases.hpp"

namespace {

void check_metrics(const nn::ClassMetrics& metrics, const std::string& key, nn::Index row = 0) {
  CAPTURE(key, row);
  CHECK(std::abs(metrics.precision - test::metric(key, 3 * row)) < 1e-12);
  CHECK(std::abs(metrics.recall - test::metric(key, 3 * row + 1)) < 1e-12);
  CHECK(std::abs(metrics.f1 - test::metric(key, 3 * row + 2)) < 1e-12);
}

}  // namespace

TEST_CASE("ConfusionMatrix gives the values worked by hand") {
  // Told 0 1 1 2 for 0 1 2 2 (the third has equal largest outputs, the first is taken): 2 of class 2, one missed.
  nn::ConfusionMatrix confusion(3);
  confusion.add(nn::Matrix<float>{{3, 0, 1, 0}, {1, 2, 2, 0}, {2, 1, 2, 1}}, std::vector<int>{0, 1, 2, 2});
  CHECK(confusion.samples() == 4);
  CHECK(confusion.count(2, 1) == 1);
  CHECK(confusion.count(1, 2) == 0);
  CHECK(confusion.support(2) == 2);
  CHECK(confusion.accuracy() == 0.75);
  CHECK(confusion.of_class(1).precision == 0.5);
  CHECK(confusion.of_class(1).recall == 1);
  CHECK(confusion.of_class(1).f1 == Approx(2.0 / 3));
  CHECK(confusion.of_class(2).recall == 0.5);
  CHECK(confusion.macro().precision == Approx((1 + 0.5 + 1) / 3));
  CHECK(confusion.weighted().precision == Approx((1 + 0.5 + 1 + 1) / 4));
}

TEST_CASE("ConfusionMatrix is that of scikit-learn, also of classes never told and never there") {
  nn::ConfusionMatrix confusion(5);
  test::add_in_two_calls(confusion, test::fixture("metrics", "probabilities", 5), test::metric_labels("labels"));
  for (nn::Index actual = 0; actual < 5; ++actual) {
    for (nn::Index predicted = 0; predicted < 5; ++predicted)
      CHECK(static_cast<double>(confusion.count(actual, predicted)) ==
            test::metric("confusion", 5 * actual + predicted));
    check_metrics(confusion.of_class(actual), "classes", actual);
  }
  CHECK(confusion.support(3) == 0);
  CHECK(std::abs(confusion.accuracy() - test::metric("accuracy")) < 1e-12);
  check_metrics(confusion.macro(), "macro");
  check_metrics(confusion.micro(), "micro");
  check_metrics(confusion.weighted(), "weighted");
}

TEST_CASE("ConfusionMatrix of a single output is that of scikit-learn") {
  nn::ConfusionMatrix confusion(2);
  const auto labels = test::metric_labels("binary.labels");
  confusion.add(test::fixture("metrics", "binary.probabilities", 1), labels);
  CHECK(std::abs(confusion.accuracy() - test::metric("binary", 0)) < 1e-12);
  CHECK(std::abs(confusion.of_class(1).precision - test::metric("binary", 1)) < 1e-12);
  CHECK(std::abs(confusion.of_class(1).recall - test::metric("binary", 2)) < 1e-12);
  CHECK(std::abs(confusion.of_class(1).f1 - test::metric("binary", 3)) < 1e-12);
  nn::ConfusionMatrix of_logits(2, 0);
  of_logits.add(nn::Matrix<double>{{-0.25, 0.25, 0}}, std::vector<int>{0, 1, 0});
  CHECK(of_logits.accuracy() == 1);
}

TEST_CASE("ConfusionMatrix of nothing is 0, and equal ones are equal") {
  nn::ConfusionMatrix confusion(2);
  CHECK(confusion.accuracy() == 0);
  CHECK(confusion.macro().f1 == 0);
  CHECK(confusion == nn::ConfusionMatrix(2));
  confusion.add(nn::Matrix<double>{{0}, {1}}, std::vector<int>{0});
  CHECK_FALSE(confusion == nn::ConfusionMatrix(2));
  CHECK_FALSE(nn::ConfusionMatrix(3) == nn::ConfusionMatrix(2));
  CHECK_THROWS_AS(nn::ConfusionMatrix(1), nn::data_error);
  CHECK_THROWS_AS(nn::ConfusionMatrix(2, std::numeric_limits<double>::infinity()), nn::data_error);
}

TEST_CASE("ConfusionMatrix prints a table") {
  nn::ConfusionMatrix confusion(2);
  confusion.add(nn::Matrix<double>{{0, 1, 0}, {1, 0, 1}}, std::vector<int>{0, 0, 1});
  std::ostringstream text;
  text << confusion;
  CHECK(text.str() ==
        "  actual       0       1\n"
        "       0       1       1\n"
        "       1       0       1\n");
}

TEST_CASE("balanced accuracy is that of scikit-learn, the mean recall of the classes that there are") {
  nn::ConfusionMatrix confusion(5), none(2);
  test::add_in_two_calls(confusion, test::fixture("metrics", "probabilities", 5), test::metric_labels("labels"));
  CHECK(std::abs(confusion.balanced_accuracy() - test::metric("balanced_accuracy")) < 1e-12);
  CHECK(none.balanced_accuracy() == 0);
}

TEST_CASE("classes have names, or are numbers") {
  nn::ConfusionMatrix confusion(2);
  CHECK(confusion.class_name(1) == "1");
  confusion.set_class_names({"no", "yes"});
  CHECK(confusion.class_name(1) == "yes");
  CHECK_THROWS_AS(confusion.set_class_names({"one"}), nn::data_error);
  CHECK(confusion.class_name(0) == "no");
}
