// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/regression_errors.hpp>

#include <limits>

#include "../../../metrics_cases.hpp"

using M = nn::Matrix<double>;

TEST_CASE("RegressionErrors gives the values worked by hand") {
  // Errors 1, 0, -2: 3/3 and 5/3. Targets 0, 3, 6: their squares about 3 sum to 18, so R^2 = 1 - 5/18.
  nn::RegressionErrors errors(1);
  errors.add(M{{1, 3, 4}}, M{{0, 3, 6}});
  CHECK(errors.samples() == 3);
  CHECK(errors.mean_absolute_error() == 1);
  CHECK(errors.mean_squared_error() == Approx(5.0 / 3));
  CHECK(errors.root_mean_squared_error() == Approx(std::sqrt(5.0 / 3)));
  CHECK(errors.r2() == Approx(13.0 / 18));
}

TEST_CASE("RegressionErrors are those of scikit-learn, also where a target never changes") {
  const M output = test::fixture("metrics", "output", 3), target = test::fixture("metrics", "target", 3);
  nn::RegressionErrors errors(3);
  errors.add(output.leftCols(14), target.leftCols(14));
  errors.add(output.rightCols(26), target.rightCols(26));
  CHECK(std::abs(errors.mean_absolute_error() - test::metric("mean_absolute_error")) < 1e-12);
  CHECK(std::abs(errors.mean_squared_error() - test::metric("mean_squared_error")) < 1e-12);
  for (nn::Index i = 0; i < 3; ++i) CHECK(std::abs(errors.r2(i) - test::metric("r2", i)) < 1e-12);
  CHECK(errors.r2(2) == 0);
  CHECK(std::abs(errors.r2() - test::metric("r2_mean")) < 1e-12);
}

TEST_CASE("RegressionErrors keep their digits far from 0") {
  nn::RegressionErrors near(1), far(1);
  near.add(M{{1, 2, 4}}, M{{0, 2, 3}});
  far.add(M{{1 + 1e9, 2 + 1e9, 4 + 1e9}}, M{{1e9, 2 + 1e9, 3 + 1e9}});
  CHECK(far.r2() == Approx(near.r2()).epsilon(1e-6));
}

TEST_CASE("RegressionErrors of constant targets, of one sample and of none") {
  nn::RegressionErrors errors(1);
  CHECK(std::isnan(errors.mean_absolute_error()));
  errors.add(M{{2}}, M{{2}});
  CHECK(errors.mean_absolute_error() == 0);
  CHECK(std::isnan(errors.r2()));
  errors.add(M{{2}}, M{{2}});
  CHECK(errors.r2() == 1);
}

TEST_CASE("RegressionErrors refuse what does not fit") {
  nn::RegressionErrors errors(2);
  CHECK_THROWS_AS(errors.add(M::Zero(1, 3), M::Zero(1, 3)), nn::shape_error);
  CHECK_THROWS_AS(errors.add(M::Zero(2, 3), M::Zero(2, 4)), nn::shape_error);
  CHECK_THROWS_AS(errors.add(M::Constant(2, 1, std::numeric_limits<double>::infinity()), M::Zero(2, 1)),
                  nn::data_error);
  CHECK_THROWS_AS(nn::RegressionErrors(0), nn::data_error);
}

TEST_CASE("quantiles, the largest and the mean error are those of numpy and scikit-learn") {
  nn::RegressionErrors errors(3);
  errors.add(test::fixture("metrics", "output", 3), test::fixture("metrics", "target", 3));
  CHECK(std::abs(errors.absolute_error_quantile(0.5) - test::metric("median_absolute_error")) < 1e-12);
  CHECK(std::abs(errors.absolute_error_quantile(0.25) - test::metric("quantile0.25")) < 1e-12);
  CHECK(std::abs(errors.absolute_error_quantile(0.9) - test::metric("quantile0.9")) < 1e-12);
  CHECK(std::abs(errors.pinball_loss(0.25) - test::metric("pinball0.25")) < 1e-12);
  CHECK(std::abs(errors.pinball_loss(0.9) - test::metric("pinball0.9")) < 1e-12);
  CHECK(std::abs(errors.max_error() - test::metric("max_error")) < 1e-12);
  CHECK(std::abs(errors.mean_error() - test::metric("mean_error")) < 1e-12);
}

TEST_CASE("quantiles of errors are worked by hand, between two samples half way") {
  nn::RegressionErrors errors(1);
  CHECK(std::isnan(errors.max_error()));
  CHECK(std::isnan(errors.absolute_error_quantile(0.5)));
  errors.add(nn::Matrix<double>{{1, -2, 3, 0}}, nn::Matrix<double>::Zero(1, 4));
  CHECK(errors.absolute_error_quantile(0) == 0);
  CHECK(errors.absolute_error_quantile(0.5) == 1.5);
  CHECK(errors.absolute_error_quantile(1) == 3);
  CHECK(errors.max_error() == 3);
  CHECK(errors.mean_error() == 0.5);
  CHECK(errors.pinball_loss(0.75) == (0.25 * 4 + 0.75 * 2) / 4);
  CHECK_THROWS_AS(errors.absolute_error_quantile(-0.1), nn::data_error);
  CHECK_THROWS_AS(errors.pinball_loss(1.1), nn::data_error);
}
