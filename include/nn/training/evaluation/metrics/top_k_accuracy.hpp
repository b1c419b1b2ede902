// SPDX-License-Identifier: MIT
// How often is the right class among the k largest outputs?
#pragma once

#include <cstdint>

#include <nn/training/evaluation/metrics/class_scores.hpp>

namespace nn {

/// Of equal outputs the first class comes first, so that k = 1 is the accuracy (scikit-learn's top_k_accuracy_score
/// takes the last).
class TopKAccuracy {
 public:
  /// Throws data_error for fewer than two classes and for a k that is not among 1 to their number.
  TopKAccuracy(Index classes, Index k, double decision_boundary = 0.5)
      : classes_(detail::checked_class_count("TopKAccuracy", classes)),
        k_(k),
        boundary_(detail::checked_boundary("TopKAccuracy", decision_boundary)) {
    if (k < 1 || k > classes)
      throw data_error("TopKAccuracy: k must be from 1 to the ", classes, " classes, got ", k,
                       "; 1 is the accuracy, 5 is usual where there are many classes");
  }

  /// As ConfusionMatrix::add.
  template <class Outputs, ClassLabels Labels>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Labels& labels) {
    detail::for_each_scored("TopKAccuracy", classes_, boundary_, outputs, labels,
                            [&](const OwnVector<double>& scores, Index label) {
                              Index before = 0;
                              for (Index i = 0; i < classes_; ++i)
                                before += scores[i] > scores[label] || (i < label && scores[i] == scores[label]);
                              right_ += before < k_;
                              ++samples_;
                            });
  }

  Index k() const { return k_; }
  /// 0 without a sample.
  double value() const { return samples_ == 0 ? 0 : static_cast<double>(right_) / static_cast<double>(samples_); }

 private:
  Index classes_, k_;
  double boundary_;
  std::int64_t right_ = 0, samples_ = 0;
};

}  // namespace nn
