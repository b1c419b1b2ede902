// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/metrics/calibration_error.hpp>

#include "../../../metrics_cases.hpp"

TEST_CASE("CalibrationError gives the values worked by hand") {
  // Two bins: with confidences up to 1/2 none; above, 0.75 and 1, of which one is right: |1/2 - 7/8|.
  nn::CalibrationError one_bin(2, 2);
  one_bin.add(nn::Matrix<double>{{0.75, 0}, {0.25, 1}}, std::vector<int>{0, 0});
  CHECK(one_bin.value() == 0.375);
  // Four bins: 0.75 belongs to the third, (1/2, 3/4], where it is right, and 1 to the fourth: (1/4 + 1) / 2.
  nn::CalibrationError two_bins(2, 4);
  two_bins.add(nn::Matrix<double>{{0.75, 0}, {0.25, 1}}, std::vector<int>{0, 0});
  CHECK(two_bins.value() == 0.625);
}

TEST_CASE("CalibrationError is that of the definition, written in Python") {
  nn::CalibrationError error(5);
  test::add_in_two_calls(error, test::fixture("metrics", "probabilities", 5), test::metric_labels("labels"));
  CHECK(std::abs(error.value() - test::metric("calibration")) < 1e-12);
}

TEST_CASE("CalibrationError of a single output counts the surer side") {
  nn::CalibrationError error(2);
  CHECK(error.value() == 0);
  error.add(nn::Matrix<double>{{0.25, 0.75}}, std::vector<int>{0, 1});  // 75% sure, both right
  CHECK(error.value() == 0.25);
}

TEST_CASE("CalibrationError takes probabilities alone") {
  nn::CalibrationError error(2);
  CHECK_THROWS_MATCHES(error.add(nn::Matrix<double>{{-1}, {2}}, std::vector<int>{0}), nn::data_error,
                       Catch::Matchers::Message("CalibrationError: the outputs are no probabilities but -1 to 2; end "
                                                "the network in Softmax or Sigmoid"));
  CHECK_THROWS_AS(error.add(nn::Matrix<double>{{1.5}}, std::vector<int>{1}), nn::data_error);
  CHECK_THROWS_AS(nn::CalibrationError(2, 0), nn::data_error);
  CHECK_THROWS_MATCHES(nn::CalibrationError(2, nn::Index{1} << 60), nn::data_error,
                       Catch::Matchers::Message("CalibrationError: needs 1 to 1000000 bins, got 1152921504606846976; "
                                                "15 are usual"));
  CHECK_THROWS_AS(nn::CalibrationError(1), nn::data_error);
}
