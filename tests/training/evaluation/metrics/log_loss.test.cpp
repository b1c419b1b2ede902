// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/log_loss.hpp>

#include "../../../metrics_cases.hpp"

TEST_CASE("LogLoss is that of scikit-learn, in one call or two, and of a single output") {
  nn::LogLoss loss(5), binary(2);
  test::add_in_two_calls(loss, test::fixture("metrics", "probabilities", 5), test::metric_labels("labels"));
  CHECK(std::abs(loss.value() - test::metric("log_loss")) < 1e-12);
  const nn::Matrix<double> clipped = test::fixture("metrics", "binary.probabilities", 1).cwiseMax(0.01).cwiseMin(0.99);
  binary.add(clipped, test::metric_labels("binary.labels"));
  CHECK(std::abs(binary.value() - test::metric("binary.log_loss")) < 1e-12);
}

TEST_CASE("LogLoss gives the value worked by hand, stays finite, and takes probabilities only") {
  using Columns = nn::Matrix<double>;
  nn::LogLoss loss(2);
  CHECK(std::isnan(loss.value()));
  loss.add(Columns{{0.25, 0.5}, {0.75, 0.5}}, std::vector<int>{0, 1});
  CHECK(loss.value() == Approx((std::log(4.0) + std::log(2.0)) / 2));
  nn::LogLoss wrong(2);
  wrong.add(Columns{{0}, {1}}, std::vector<int>{0});
  CHECK(wrong.value() == Approx(52 * std::log(2.0)));
  CHECK_THROWS_AS(wrong.add(Columns{{-1}, {2}}, std::vector<int>{0}), nn::data_error);
  CHECK_THROWS_AS(nn::LogLoss(1), nn::data_error);
}
