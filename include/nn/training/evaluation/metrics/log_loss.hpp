// SPDX-License-Identifier: MIT
// -1/n sum log p: how surprised are the predicted probabilities by the right classes?
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>

#include <nn/training/evaluation/metrics/calibration_error.hpp>
#include <nn/training/evaluation/metrics/class_scores.hpp>

namespace nn {

/// The mean of -log of the probability that the right class was given, natural logarithm. A probability counts as
/// 2^-52 at least and 1 - 2^-52 at most, as in scikit-learn (log_loss of double), so that one mistake does not make it
/// infinite.
class LogLoss {
 public:
  /// Throws data_error for fewer than two classes.
  explicit LogLoss(Index classes) : classes_(detail::checked_class_count("LogLoss", classes)) {}

  /// As ConfusionMatrix::add; throws data_error also for an output that is not a probability.
  template <class Outputs, ClassLabels Labels>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Labels& labels) {
    constexpr double least = std::numeric_limits<double>::epsilon();
    detail::for_each_scored(
        "LogLoss", classes_, 0.5, outputs, labels, [&](const OwnVector<double>& probabilities, Index label) {
          if (!CalibrationError::are_probabilities(probabilities))
            throw data_error("LogLoss: the outputs are no probabilities but ", probabilities.minCoeff(), " to ",
                             probabilities.maxCoeff(), "; end the network in Softmax or Sigmoid");
          sum_ -= std::log(std::clamp(probabilities[label], least, 1 - least));
          ++samples_;
        });
  }

  /// NaN without a sample.
  double value() const { return sum_ / samples_; }

 private:
  Index classes_;
  double sum_ = 0, samples_ = 0;
};

}  // namespace nn
