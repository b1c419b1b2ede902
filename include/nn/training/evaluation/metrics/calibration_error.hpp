// SPDX-License-Identifier: MIT
// sum_b n_b / n |accuracy_b - confidence_b|: of predictions made with 80% confidence, are 80% right?
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include <nn/training/evaluation/metrics/class_scores.hpp>

namespace nn {

/// The expected calibration error of Guo et al. 2017, eq. 3: predictions are sorted by their confidence, the largest
/// probability, into bins of equal width ((b - 1) / bins, b / bins].
class CalibrationError {
 public:
  /// Throws data_error for fewer than two classes, no bin, or more than a million.
  explicit CalibrationError(Index classes, Index bins = 15)
      : classes_(detail::checked_class_count("CalibrationError", classes)) {
    if (bins < 1 || bins > 1'000'000)
      throw data_error("CalibrationError: needs 1 to 1000000 bins, got ", bins, "; 15 are usual");
    excess_.resize(static_cast<std::size_t>(bins));
  }

  /// As ConfusionMatrix::add; throws data_error also for an output that is not a probability.
  template <class Outputs, ClassLabels Labels>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Labels& labels) {
    detail::for_each_scored(
        "CalibrationError", classes_, 0.5, outputs, labels, [&](const OwnVector<double>& probabilities, Index label) {
          if (!are_probabilities(probabilities))
            throw data_error("CalibrationError: the outputs are no probabilities but ", probabilities.minCoeff(),
                             " to ", probabilities.maxCoeff(), "; end the network in Softmax or Sigmoid");
          const Index told = detail::largest_score(probabilities), bins = static_cast<Index>(excess_.size());
          const double confidence = probabilities[told];
          const auto bin = static_cast<Index>(std::ceil(confidence * static_cast<double>(bins))) - 1;
          excess_[static_cast<std::size_t>(std::clamp<Index>(bin, 0, bins - 1))] +=
              (told == label ? 1 : 0) - confidence;
          ++samples_;
        });
  }

  /// Whether all lie from 0 to 1, but for rounding.
  template <class Outputs>
  static bool are_probabilities(const Eigen::DenseBase<Outputs>& outputs) {
    return outputs.minCoeff() >= 0 && static_cast<double>(outputs.maxCoeff()) <= 1 + 1e-6;
  }

  /// From 0 to 1; 0 without a sample.
  double value() const {
    double sum = 0;
    for (const double excess : excess_) sum += std::abs(excess);
    return samples_ == 0 ? 0 : sum / samples_;
  }

 private:
  Index classes_;
  std::vector<double> excess_;  // per bin, right predictions less confidence, summed
  double samples_ = 0;
};

}  // namespace nn
