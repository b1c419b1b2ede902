// SPDX-License-Identifier: MIT
#include "calibration.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace mnist {

double calibrate(Network& network, const nn::Dataset& data) {
  // Log probabilities are the logits but for a number that is the same for all ten.
  constexpr nn::Index batch_size = 256;
  nn::Matrix<double> logits(10, data.size());
  for (nn::Index first = 0; first < data.size(); first += batch_size) {
    const nn::Index count = std::min(batch_size, data.size() - first);
    const nn::Matrix<float> y = network.predict(data.inputs(first, count));
    logits.middleCols(first, count) = y.cwiseMax(std::numeric_limits<float>::min()).cast<double>().array().log();
  }
  const auto cross_entropy = [&](double log_temperature) {
    const double inverse = std::exp(-log_temperature);
    double sum = 0;
    for (nn::Index i = 0; i < data.size(); ++i) {
      const auto scaled = inverse * (logits.col(i).array() - logits.col(i).maxCoeff());
      sum += std::log(scaled.exp().sum()) - scaled(data.labels()[static_cast<std::size_t>(i)]);
    }
    return sum;
  };
  // Golden section; the cross entropy is convex in 1 / temperature, so it has one valley.
  double low = std::log(0.05), high = std::log(20.0);
  while (high - low > 1e-4) {
    const double part = (high - low) / std::numbers::phi;
    if (cross_entropy(high - part) < cross_entropy(low + part))
      high = low + part;
    else
      low = high - part;
  }
  const double temperature = std::exp((low + high) / 2);
  const nn::Index last = network.weight_count() - 1;
  network.weight(last) /= static_cast<float>(temperature);
  network.bias(last) /= static_cast<float>(temperature);
  return temperature;
}

}  // namespace mnist
