// SPDX-License-Identifier: MIT
// Sequences of different lengths to learn from, each with a label or target, or with one for each of its steps.
#pragma once

#include <algorithm>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/data/dataset.hpp>

namespace nn {

namespace detail {

/// Ranges of class labels, one range for each sequence.
template <class R>
concept LabelsOfSteps = !MatrixExpression<R> && requires(const R& ranges) {
  requires ClassLabels<std::remove_cvref_t<decltype(*std::begin(ranges))>>;
};

/// A data set needs samples of one size, so every sequence is filled up to the longest; what is filled up is never read
/// as a step. A target of steps is filled up with that of the last one, which is as valid.
template <class Sequences>
auto filled_up(const Sequences& sequences, const char* what) {
  using T = typename std::remove_cvref_t<decltype(*std::begin(sequences))>::Scalar;
  if (std::size(sequences) == 0) throw data_error("SequenceDataset: got no ", what, "s; give at least 1");
  const Index rows = std::begin(sequences)->rows();
  Index longest = 0, number = 0;
  for (const auto& sequence : sequences) {
    if (sequence.rows() != rows || rows < 1 || sequence.cols() < 1)
      throw data_error("SequenceDataset: ", what, " ", number, " is ", sequence.rows(), " x ", sequence.cols(),
                       ", and ", what, " 0 has ", rows,
                       " rows; give rows x steps, as many rows in each and at least 1 ", "step");
    longest = std::max<Index>(longest, sequence.cols());
    ++number;
  }
  Matrix<T> all(checked_product(rows, longest), number);
  Index column = 0;
  for (const auto& sequence : sequences) {
    MatrixView<T> filled(all.col(column++).data(), rows, longest);
    filled.leftCols(sequence.cols()) = sequence;
    filled.rightCols(longest - sequence.cols()).colwise() = sequence.col(sequence.cols() - 1);
  }
  return all;
}

template <class Sequences>
std::vector<Index> lengths_of(const Sequences& sequences) {
  std::vector<Index> lengths;
  for (const auto& sequence : sequences) {
    if constexpr (requires { sequence.cols(); } && !ClassLabels<std::remove_cvref_t<decltype(sequence)>>)
      lengths.push_back(sequence.cols());
    else
      lengths.push_back(static_cast<Index>(std::size(sequence)));
  }
  return lengths;
}

inline void require_lengths(const std::vector<Index>& sequences, const std::vector<Index>& targets) {
  if (sequences.size() != targets.size())
    throw data_error("SequenceDataset: ", sequences.size(), " sequences but ", targets.size(),
                     " targets of steps; give one for each sequence");
  for (std::size_t i = 0; i < sequences.size(); ++i)
    if (sequences[i] != targets[i])
      throw data_error("SequenceDataset: sequence ", i, " has ", sequences[i], " steps, but its targets have ",
                       targets[i], "; give one for each step");
}

/// Labels of steps as one-hot columns, classes x steps each.
template <class Labels>
std::vector<Matrix<float>> one_hot_steps(const Labels& labels_of_all, Index classes) {
  const bool is_counted = classes == 0;
  Index number = 0;
  for (const auto& labels : labels_of_all) {
    for (Index step = 0; step < static_cast<Index>(std::size(labels)); ++step) {
      const Index label = class_number(labels, step);
      if (label < 0 || (!is_counted && label >= classes))
        throw data_error("SequenceDataset: step ", step, " of sequence ", number, " has the label ", class_text(label),
                         is_counted ? "; labels count from 0" : "; give the right number of classes");
      if (is_counted) classes = std::max(classes, checked_sum(label, 1));
    }
    ++number;
  }
  std::vector<Matrix<float>> all;
  for (const auto& labels : labels_of_all) {
    Matrix<float>& one_hot = all.emplace_back(Matrix<float>::Zero(classes, static_cast<Index>(std::size(labels))));
    for (Index step = 0; step < one_hot.cols(); ++step) one_hot(class_number(labels, step), step) = 1;
  }
  return all;
}

}  // namespace detail

/// Sequences (a list of matrices, features x steps) of any lengths, which a network of nn::Sequence<features> learns
/// from. The targets are
/// - for each sequence a class label or a number, or a matrix of targets (outputs x sequences), as of a Dataset;
/// - for each step of each sequence: a list of ranges of labels, or of matrices (outputs x steps).
/// It is a Dataset, to be split, weighted, fitted and evaluated as any; subset and select keep the lengths. Throws
/// data_error as Dataset does, and where a sequence has no step, other features than the others or other targets than
/// steps.
class SequenceDataset : public Dataset {
 public:
  template <MatrixList Sequences, class Targets>
  SequenceDataset(const Sequences& sequences, const Targets& targets, Index class_count = 0)
      : Dataset(made_of(sequences, targets, class_count)) {
    set_lengths(detail::lengths_of(sequences));
  }

 private:
  template <class Sequences, class Targets>
  static Dataset made_of(const Sequences& sequences, const Targets& targets, Index class_count) {
    const auto inputs = detail::filled_up(sequences, "sequence");
    const Index features = std::begin(sequences)->rows();
    const Shape shape(1, inputs.rows() / features, features);
    if constexpr (detail::LabelsOfSteps<Targets>) {
      detail::require_lengths(detail::lengths_of(sequences), detail::lengths_of(targets));
      return Dataset(shape, inputs, detail::filled_up(detail::one_hot_steps(targets, class_count), "target"));
    } else if constexpr (MatrixList<Targets>) {
      detail::require_lengths(detail::lengths_of(sequences), detail::lengths_of(targets));
      return Dataset(shape, inputs, detail::filled_up(targets, "target"), class_count);
    } else {
      return Dataset(shape, inputs, targets, class_count);
    }
  }
};

}  // namespace nn
