// SPDX-License-Identifier: MIT
// What the targets of a data set are: a class per sample, a yes or no per output, or numbers; and which outputs are
// right.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>
#include <nn/losses/loss.hpp>

namespace nn::detail {

enum class TargetKind {
  one_class,  // of several outputs one is meant: one-hot, one 1 among -1, or shares that sum to 1
  yes_or_no,  // each output for itself: all targets are 0 and 1, or -1 and 1
  shares,     // anything from 0 to 1
  numbers
};

[[noreturn]] inline void throw_no_probability(const char* who, Index output, Index sample, double target) {
  throw data_error(
      who, ": the target of output ", output, " of sample ", sample, " is ", target,
      ", but the loss takes probabilities; give 0 for no and 1 for yes, or class labels counted from 0, or "
      "take a loss for numbers such as MeanSquaredError");
}

/// Throws data_error for a target that is no probability, where the loss takes probabilities.
template <class Loss, class T>
void require_probabilities(const char* who, const Loss& loss, const ConstMatrixView<T>& targets) {
  if constexpr (requires { Loss::part_count; })
    for (Index sample = 0; sample < targets.cols(); ++sample) loss.require_target(targets.col(sample));
  if constexpr (output_kind<Loss>() != OutputKind::numbers) {
    bool are_probabilities = true;  // all are looked at without a branch
    for (Index k = 0; k < targets.size(); ++k) are_probabilities &= is_probability(targets.data()[k]);
    for (Index k = 0; k < targets.size() && !are_probabilities; ++k)
      if (!is_probability(targets.data()[k]))
        throw_no_probability(who, k % targets.rows(), k / targets.rows(), static_cast<double>(targets.data()[k]));
  }
}

/// Calls use(targets, sample) for the samples of a data set that has targets, until it returns false.
template <class Use>
void for_each_target(const Dataset& data, Use&& use) {
  const Index at_once = std::min<Index>(256, data.size());  // rather than a copy of all
  Matrix<double> targets(data.target_size(), at_once);
  std::vector<Index> samples(static_cast<std::size_t>(at_once));
  for (Index first = 0; first < data.size(); first += at_once) {
    samples.resize(static_cast<std::size_t>(std::min(at_once, data.size() - first)));
    std::iota(samples.begin(), samples.end(), first);
    const auto count = static_cast<Index>(samples.size());
    data.copy_targets(samples, MatrixView<double>(targets.data(), targets.rows(), count));
    for (Index i = 0; i < count; ++i)
      if (!use(targets.col(i), first + i)) return;
  }
}

class TargetSummary {
 public:
  /// Of all targets of the data set, read as those of so many outputs, or of as many at each position.
  static TargetSummary of(const Dataset& data, Index outputs) {
    TargetSummary summary;
    summary.outputs_ = outputs;
    if (!data.has_labels())
      for_each_target(data, [&](const auto& targets, Index sample) {
        for (Index first = 0; first < targets.size(); first += outputs)  // one position after the other
          summary.add(targets.segment(first, outputs), first, sample);
        return summary.kind() != TargetKind::numbers;
      });
    return summary;
  }

  /// And those of more samples.
  void add(const TargetSummary& more) {
    are_0_or_1_ = are_0_or_1_ && more.are_0_or_1_;
    are_signs_ = are_signs_ && more.are_signs_;
    is_one_each_ = is_one_each_ && more.is_one_each_;
    if (!outside_) outside_ = more.outside_;
  }

  TargetKind kind() const {
    if (!are_0_or_1_ && !are_signs_)
      return !are_probabilities() ? TargetKind::numbers : is_one_each_ ? TargetKind::one_class : TargetKind::shares;
    return outputs_ > 1 && is_one_each_ ? TargetKind::one_class : TargetKind::yes_or_no;
  }
  /// Whether all are -1 or 1, and not all of them 1.
  bool are_signs() const { return are_signs_ && !are_0_or_1_; }
  bool are_probabilities() const { return !outside_; }
  /// Throws data_error for the first target that is none.
  void require_probabilities(const char* who) const {
    if (outside_) throw_no_probability(who, outside_->output, outside_->sample, outside_->target);
  }

 private:
  struct Position {
    Index output, sample;
    double target;
  };

  void add(const auto& targets, Index first, Index sample) {
    double sum = 0;  // of what counts for a class
    for (Index i = 0; i < targets.size(); ++i) {
      const double target = targets(i);
      are_0_or_1_ = are_0_or_1_ && (target == 0 || target == 1);
      are_signs_ = are_signs_ && (target == -1 || target == 1);
      if (!outside_ && !is_probability(target)) outside_ = Position{first + i, sample, target};
      sum += target > 0 ? target : 0;
    }
    is_one_each_ = is_one_each_ && targets.size() > 1 && std::abs(sum - 1) < 0.02;  // shares of two digits, summed
  }

  Index outputs_ = 1;
  bool are_0_or_1_ = true, are_signs_ = true, is_one_each_ = true;  // so far; labels are one-hot
  std::optional<Position> outside_;                                 // the first that is no probability
};

/// What of a sample's outputs can be right or wrong.
struct Decisions {
  Index per_sample = 0;   ///< 1: the class, or of a single output yes or no; as many as outputs: each; 0: nothing
  double boundary = 0.5;  ///< "yes" is above it

  /// How many are right.
  template <class Y, class Target>
  Index right(const Y& y, const Target& t) const {
    if (per_sample == 1 && y.size() > 1) return largest(y) == largest(t);
    Index count = 0;
    for (Index i = 0; i < per_sample; ++i)
      count += (static_cast<double>(y(i)) > boundary) == (static_cast<double>(t(i)) > 0.5);
    return count;
  }

  /// The first of equal ones.
  template <class Column>
  static Index largest(const Column& column) {
    Index best = 0;
    for (Index i = 1; i < column.size(); ++i)
      if (column(i) > column(best)) best = i;
    return best;
  }
};

/// For such targets and a loss that is given the outputs. Where several heads, each with a class of its own, stand side
/// by side, or outputs have losses of their own, there is nothing that is right or wrong of them all; nor of outputs in
/// units of their own.
template <class Loss>
Decisions decisions(const TargetSummary& targets, Index outputs, bool has_heads) {
  if constexpr (requires { Loss::is_in_scaled_units; }) return {};
  constexpr OutputKind takes = output_kind<Loss>();
  constexpr bool each_alone = takes == OutputKind::probabilities || takes == OutputKind::logits;
  constexpr bool one_of_all = takes == OutputKind::class_probabilities || takes == OutputKind::class_logits;
  const double boundary = decision_boundary<Loss>().value_or(targets.are_signs() ? 0 : 0.5);
  const TargetKind kind = targets.kind();
  if (kind == TargetKind::one_class)  // which targets of several heads may look like by chance
    return {has_heads && !one_of_all ? Index(0) : Index(1), boundary};
  const bool are_decided = kind == TargetKind::yes_or_no || (kind == TargetKind::shares && each_alone);
  if (!are_decided || (outputs > 1 && (one_of_all || has_heads))) return {0, boundary};
  return {outputs, boundary};
}

}  // namespace nn::detail
