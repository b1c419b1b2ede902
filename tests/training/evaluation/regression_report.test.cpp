// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/regression_report.hpp>

#include <sstream>

#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../../metrics_cases.hpp"

namespace {
using Numbers = nn::Matrix<double>;
}  // namespace

TEST_CASE("a regression report is that of scikit-learn, and prints its numbers") {
  const nn::Sequential<double> network(nn::Input{3});
  const nn::Dataset data(test::fixture("metrics", "output", 3), test::fixture("metrics", "target", 3));
  for (const nn::Index batch_size : {1, 7, 1000}) {
    const nn::RegressionReport report =
        nn::regression_report(network, data, {.quantiles = {0.5, 0.25}, .batch_size = batch_size});
    CHECK(report.samples == 40);
    CHECK(std::abs(report.mean_absolute_error - test::metric("mean_absolute_error")) < 1e-12);
    CHECK(std::abs(report.mean_squared_error - test::metric("mean_squared_error")) < 1e-12);
    CHECK(report.root_mean_squared_error == std::sqrt(report.mean_squared_error));
    CHECK(std::abs(report.r2 - test::metric("r2_mean")) < 1e-12);
    REQUIRE(report.r2_of.size() == 3);
    CHECK(std::abs(report.r2_of[1] - test::metric("r2", 1)) < 1e-12);
    CHECK(std::abs(report.mean_error - test::metric("mean_error")) < 1e-12);
    CHECK(std::abs(report.max_error - test::metric("max_error")) < 1e-12);
    REQUIRE(report.absolute_error_quantiles.size() == 2);
    CHECK(std::abs(report.absolute_error_quantiles[0] - test::metric("median_absolute_error")) < 1e-12);
    CHECK(std::abs(report.absolute_error_quantiles[1] - test::metric("quantile0.25")) < 1e-12);
  }
  std::ostringstream text;
  const nn::Sequential<double> single(nn::Input{1});
  text << nn::regression_report(single, nn::Dataset(Numbers{{1, 3, 5}}, Numbers{{0, 3, 6}}));
  CHECK(text.str() ==
        "mean absolute error            0.666667\n"
        "mean squared error             0.666667\n"
        "root mean squared error        0.816497\n"
        "R^2                            0.888889\n"
        "mean error                     0.000000\n"
        "50.0 % of errors below         1.000000\n"
        "90.0 % of errors below         1.000000\n"
        "99.0 % of errors below         1.000000\n"
        "largest error                  1.000000\n"
        "of 3 samples\n");
  CHECK_THROWS_AS(nn::regression_report(network, nn::Dataset(Numbers::Zero(3, 1), std::vector<int>{1})),
                  nn::data_error);
  CHECK_THROWS_AS(nn::regression_report(network, data, {.quantiles = {1.5}}), nn::data_error);
  CHECK(nn::regression_report(network, data, 7).samples == 40);
}
