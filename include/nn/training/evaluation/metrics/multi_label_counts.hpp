// SPDX-License-Identifier: MIT
// Labels of which a sample may have any number: how often each was told rightly, and what follows.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/training/evaluation/metrics/confusion_matrix.hpp>

namespace nn {

/// Counts the labels of samples, each a yes or no for itself. Ratios of nothing are 0, as scikit-learn has them with
/// zero_division=0.
class MultiLabelCounts {
 public:
  /// An output says "yes" above the boundary. Throws data_error for no label and for a boundary that is not
  /// finite.
  explicit MultiLabelCounts(Index labels, double decision_boundary = 0.5) {
    if (labels < 1) throw data_error("MultiLabelCounts: needs at least 1 label, got ", labels, "; give it more");
    detail::checked_boundary("MultiLabelCounts", decision_boundary);
    of_label_.resize(static_cast<std::size_t>(labels));
    boundaries_.assign(of_label_.size(), decision_boundary);
  }
  /// A boundary for each label, as choose_thresholds has them. Throws data_error for none, and for one that is not
  /// finite.
  explicit MultiLabelCounts(std::vector<double> boundaries) : MultiLabelCounts(static_cast<Index>(boundaries.size())) {
    for (const double boundary : boundaries) detail::checked_boundary("MultiLabelCounts", boundary);
    boundaries_ = std::move(boundaries);
  }

  /// Outputs and targets (labels x samples), targets of 0 and 1, or of -1 and 1. Throws shape_error where sizes do not
  /// fit, data_error for another target or an output that is not finite.
  template <class Outputs, class Targets>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Eigen::DenseBase<Targets>& targets) {
    if (outputs.rows() != labels() || targets.rows() != labels() || targets.cols() != outputs.cols())
      throw shape_error("MultiLabelCounts: outputs of ", outputs.rows(), " x ", outputs.cols(), " and targets of ",
                        targets.rows(), " x ", targets.cols(), " do not fit; give both as ", labels(), " x samples");
    for (Index sample = 0; sample < outputs.cols(); ++sample) {
      bool is_exact = true;
      for (Index i = 0; i < labels(); ++i) {
        const auto output = static_cast<double>(outputs.derived()(i, sample));
        const auto target = static_cast<double>(targets.derived()(i, sample));
        if (!is_finite(output))
          throw data_error("MultiLabelCounts: output ", i, " of sample ", sample, " is ", output,
                           "; look for NaN in the network's parameters");
        if (target != 0 && target != 1 && target != -1)
          throw data_error("MultiLabelCounts: the target of label ", i, " of sample ", sample, " is ", target,
                           "; give 1 for yes and 0 or -1 for no");
        const bool is_told = output > boundaries_[static_cast<std::size_t>(i)], is_so = target > 0;
        Counts& counts = of_label_[static_cast<std::size_t>(i)];
        counts.told += is_told;
        counts.support += is_so;
        counts.both += is_told && is_so;
        wrong_ += is_told != is_so;
        is_exact = is_exact && is_told == is_so;
      }
      exact_ += is_exact;
      ++samples_;
    }
  }

  Index labels() const { return static_cast<Index>(of_label_.size()); }
  std::int64_t samples() const { return samples_; }
  /// How many samples have the label.
  std::int64_t support(Index label) const { return of_label_[static_cast<std::size_t>(label)].support; }

  ClassMetrics of_label(Index label) const { return metrics(of_label_[static_cast<std::size_t>(label)]); }
  /// The mean over the labels.
  ClassMetrics macro() const {
    return mean([](const Counts&) { return 1.0; });
  }
  /// The mean over the labels, each counting as often as samples have it.
  ClassMetrics weighted() const {
    return mean([](const Counts& counts) { return static_cast<double>(counts.support); });
  }
  /// Of all decisions together.
  ClassMetrics micro() const {
    Counts all;
    for (const Counts& counts : of_label_) {
      all.told += counts.told;
      all.support += counts.support;
      all.both += counts.both;
    }
    return metrics(all);
  }

  /// The share of samples all of whose labels are right (scikit-learn's accuracy_score).
  double exact_match_ratio() const { return ratio(exact_, samples_); }
  /// The share of labels that are wrong (scikit-learn's hamming_loss); one less this is Evaluation::accuracy.
  double hamming_loss() const { return ratio(wrong_, samples_ * labels()); }

 private:
  struct Counts {
    std::int64_t told = 0, support = 0, both = 0;
  };

  static double ratio(std::int64_t part, std::int64_t whole) {
    return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  }
  static ClassMetrics metrics(const Counts& counts) {
    return {ratio(counts.both, counts.told), ratio(counts.both, counts.support),
            ratio(2 * counts.both, counts.told + counts.support)};
  }

  ClassMetrics mean(auto&& weight_of) const {
    ClassMetrics sum;
    double weights = 0;
    for (const Counts& counts : of_label_) {
      const ClassMetrics one = metrics(counts);
      const double weight = weight_of(counts);
      sum.precision += weight * one.precision;
      sum.recall += weight * one.recall;
      sum.f1 += weight * one.f1;
      weights += weight;
    }
    if (weights == 0) return {};
    return {sum.precision / weights, sum.recall / weights, sum.f1 / weights};
  }

  std::vector<Counts> of_label_;
  std::int64_t samples_ = 0, exact_ = 0, wrong_ = 0;
  std::vector<double> boundaries_;  // one per label
};

}  // namespace nn
