// SPDX-License-Identifier: MIT
// How likely does a sample of a class get a larger score than one of another? The area under the ROC curve.
#pragma once

#include <cstddef>
#include <vector>

#include <nn/training/evaluation/metrics/class_scores.hpp>
#include <nn/training/evaluation/metrics/ranking.hpp>

namespace nn {

/// Exact, see Ranking::roc_auc; one class against the rest, as scikit-learn's roc_auc_score with multi_class="ovr".
/// Keeps every score.
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

  /// The samples by their scores for a class, for the curves and the average precision.
  Ranking ranking(Index c) const {
    Ranking ranking;
    for (std::size_t i = 0; i < labels_.size(); ++i)
      ranking.add(scores_[i * static_cast<std::size_t>(classes_) + static_cast<std::size_t>(c)], labels_[i] == c);
    return ranking;
  }

  /// From 0 to 1, 0.5 for guessing; NaN where all samples or none are of the class. With two classes, that of class 1
  /// is the usual number.
  double of_class(Index c) const { return ranking(c).roc_auc(); }

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
