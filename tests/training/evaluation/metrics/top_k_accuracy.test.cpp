// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/top_k_accuracy.hpp>

#include "../../../metrics_cases.hpp"

namespace {

double top_k(nn::Index k, const nn::Matrix<double>& outputs, const std::vector<int>& labels) {
  nn::TopKAccuracy accuracy(outputs.rows(), k);
  accuracy.add(outputs, labels);
  return accuracy.value();
}

}  // namespace

TEST_CASE("TopKAccuracy gives the values worked by hand") {
  // The right class is first, second and third.
  const nn::Matrix<double> outputs{{3, 3, 3}, {2, 2, 2}, {1, 1, 1}};
  CHECK(top_k(1, outputs, {0, 1, 2}) == Approx(1.0 / 3));
  CHECK(top_k(2, outputs, {0, 1, 2}) == Approx(2.0 / 3));
  CHECK(top_k(3, outputs, {0, 1, 2}) == 1);
}

TEST_CASE("TopKAccuracy takes the first of equal outputs") {
  const nn::Matrix<double> equal = nn::Matrix<double>::Ones(3, 3);
  CHECK(top_k(1, equal, {0, 1, 2}) == Approx(1.0 / 3));
  CHECK(top_k(2, equal, {0, 0, 2}) == Approx(2.0 / 3));
}

TEST_CASE("TopKAccuracy is that of scikit-learn") {
  for (nn::Index k = 1; k <= 5; ++k) {
    CAPTURE(k);
    nn::TopKAccuracy accuracy(5, k);
    test::add_in_two_calls(accuracy, test::fixture("metrics", "probabilities", 5), test::metric_labels("labels"));
    CHECK(std::abs(accuracy.value() - test::metric("top" + std::to_string(k))) < 1e-12);
  }
}

TEST_CASE("TopKAccuracy of a single output, and of nothing") {
  nn::TopKAccuracy first(2, 1);
  CHECK(first.value() == 0);
  first.add(nn::Matrix<float>{{0.25F, 0.75F, 0.5F, 0.75F}}, std::vector<int>{0, 1, 0, 0});
  CHECK(first.value() == 0.75);
}

TEST_CASE("TopKAccuracy refuses a k that the classes do not have") {
  CHECK_THROWS_MATCHES(nn::TopKAccuracy(3, 4), nn::data_error,
                       Catch::Matchers::Message("TopKAccuracy: k must be from 1 to the 3 classes, got 4; 1 is the "
                                                "accuracy, 5 is usual where there are many classes"));
  CHECK_THROWS_AS(nn::TopKAccuracy(3, 0), nn::data_error);
  CHECK_THROWS_AS(nn::TopKAccuracy(1, 1), nn::data_error);
}
