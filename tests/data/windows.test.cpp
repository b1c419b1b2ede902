// SPDX-License-Identifier: MIT
#include <nn/data/windows.hpp>

#include <vector>

#include <nn/data/split.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("windows gives every window of a series and the steps after it") {
  const nn::Matrix<float> series{{1, 2, 3, 4, 5}, {10, 20, 30, 40, 50}};
  const nn::Dataset data = nn::windows(series, 2, 2);
  CHECK(data.sample_shape() == nn::Shape(1, 2, 2));
  CHECK(data.inputs() == nn::Matrix<float>{{1, 2}, {10, 20}, {2, 3}, {20, 30}});
  CHECK(data.targets() == nn::Matrix<float>{{3, 4}, {30, 40}, {4, 5}, {40, 50}});
  CHECK(nn::windows(series.row(0), 4).targets() == nn::Matrix<float>{{5}});
  CHECK(nn::windows(nn::Matrix<double>{{1, 2, 3}}, 1).size() == 2);
}

TEST_CASE("A series too short for a window is refused") {
  const nn::Matrix<float> series{{1, 2, 3, 4, 5}};
  CHECK_THROWS_MATCHES(nn::windows(series, 5, 1), nn::data_error,
                       Message("windows: 5 steps and 1 ahead do not fit a series of 5 steps; give lengths of at least "
                               "1, and a series of features x steps"));
  CHECK_THROWS_AS(nn::windows(series, 0), nn::data_error);
  CHECK_THROWS_AS(nn::windows(series, 2, 0), nn::data_error);
  CHECK_THROWS_AS(nn::windows(series.transpose(), 3), nn::data_error);
}

TEST_CASE("A chronological split trains on the first windows and tests on the last") {
  nn::Matrix<float> series(1, 12);
  for (nn::Index i = 0; i < 12; ++i) series(0, i) = static_cast<float>(i);
  const nn::Dataset data = nn::windows(series, 2);
  const nn::Split parts =
      nn::split(data, {.train = 0.6, .validation = 0.2, .test = 0.2, .chronological = true}, nn::Random(1));
  CHECK(parts.train == data.subset(0, 6));
  CHECK(*parts.validation == data.subset(6, 2));
  CHECK(*parts.test == data.subset(8, 2));
  const nn::Dataset labelled(nn::Matrix<float>::Zero(1, 4), std::vector{0, 1, 0, 1});
  CHECK_THROWS_AS(nn::split(labelled, {.stratified = true, .chronological = true}, nn::Random(1)), nn::data_error);
}
