// SPDX-License-Identifier: MIT
// How likely does a sample of a class get a larger score than one of another? The area under the ROC curve.
#pragma once

#include <algorithm>
#include <limits>
#include <numeric>
#include <vector>

#include <nn/training/metrics/class_scores.hpp>

namespace nn {

/// Exact, equal scores counting one half (Hanley and McNeil 1982: the rank statistic of Mann and Whitney); one class
/// against the rest, as scikit-learn's roc_auc_score with multi_class="ovr". Keeps every score.
class RocAuc {
 public:
  /// Throws data_error for fewer than two classes.
  explicit RocAuc(Index classes) : classes_(detail::checked_class_count("RocAuc", classes)) {}

  /// As ConfusionMatrix::add; scores may be probabilities or logits.
  template <class Outputs, ClassLabels Labels>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Labels& labels) {
    detail::for_each_scored("RocAuc", classes_, 0, outputs, labels, [&](const OwnVector<double>& scores, Index label) {
      scores_.insert(scores_.end(), scores.data(), scores.data() + classes_);
      labels_.push_back(label);
    });
  }

  /// From 0 to 1, 0.5 for guessing; NaN where all samples or none are of the class. With two classes, that of class 1
  /// is the usual number.
  double of_class(Index c) const {
    std::vector<Index> order(labels_.size());
    std::iota(order.begin(), order.end(), Index(0));
    const auto score = [&](Index sample) { return scores_[static_cast<std::size_t>(sample * classes_ + c)]; };
    std::sort(order.begin(), order.end(), [&](Index a, Index b) { return score(a) < score(b); });
    const auto samples = static_cast<double>(order.size());
    double members = 0, rank_sum = 0;
    for (std::size_t first = 0, last = 0; first < order.size(); first = last) {
      while (last < order.size() && score(order[last]) == score(order[first])) ++last;
      const double rank = static_cast<double>(first + 1 + last) / 2;  // equal scores share their ranks
      for (std::size_t i = first; i < last; ++i)
        if (labels_[static_cast<std::size_t>(order[i])] == c) {
          rank_sum += rank;
          ++members;
        }
    }
    if (members == 0 || members == samples) return std::numeric_limits<double>::quiet_NaN();
    return (rank_sum - members * (members + 1) / 2) / (members * (samples - members));
  }

  /// The mean over the classes that have one; NaN where none has.
  double macro() const {
    double sum = 0, count = 0;
    for (Index c = 0; c < classes_; ++c)
      if (const double area = of_class(c); is_finite(area)) {
        sum += area;
        ++count;
      }
    return sum / count;
  }

 private:
  Index classes_;
  std::vector<double> scores_;  // classes x samples
  std::vector<Index> labels_;
};

}  // namespace nn
