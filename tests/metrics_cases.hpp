// SPDX-License-Identifier: MIT
// What the tests of the metrics have in common: scikit-learn's numbers, and labels out of a fixture.
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nn/core/views.hpp>

#include "catch.hpp"
#include "fixture.hpp"

namespace test {

inline double metric(const std::string& key, nn::Index i = 0) { return fixture("metrics", key)[i]; }

inline std::vector<int> metric_labels(const std::string& key) {
  std::vector<int> labels;
  for (const double label : fixture("metrics", key)) labels.push_back(static_cast<int>(label));
  return labels;
}

/// Columns 0 to 13, then the rest: what is added in two calls is what is added in one.
template <class Metric, class Labels>
void add_in_two_calls(Metric& metric, const nn::Matrix<double>& outputs, const Labels& labels) {
  metric.add(outputs.leftCols(14), Labels(labels.begin(), labels.begin() + 14));
  metric.add(outputs.rightCols(outputs.cols() - 14), Labels(labels.begin() + 14, labels.end()));
}

}  // namespace test
