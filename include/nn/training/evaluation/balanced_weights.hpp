// SPDX-License-Identifier: MIT
// Weights that make every class count alike, however rare it is.
#pragma once

#include <vector>

#include <nn/core/errors.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluation/target_summary.hpp>

namespace nn {

/// samples / (classes x samples of the class), one per class, for ClassWeighted: they average 1 over the samples, as
/// scikit-learn's class_weight="balanced". Of labels, of one-hot targets, or of a single row of 0 (or -1) and 1, which
/// has the weights of no and of yes. Give it the training part. Throws data_error for other targets, and for a class
/// without a sample.
inline std::vector<double> balanced_weights(const Dataset& data) {
  const Index outputs = data.target_size();
  const bool is_single = !data.has_labels() && outputs == 1;
  const auto kind = detail::TargetSummary::of(data, outputs).kind();
  if (kind != detail::TargetKind::one_class && !data.has_labels() &&
      !(is_single && kind == detail::TargetKind::yes_or_no))
    throw data_error("balanced_weights: the targets do not name one class per sample; give the data set class labels");
  std::vector<double> weights(static_cast<std::size_t>(is_single ? 2 : outputs));
  const auto count = [&](Index c) { ++weights[static_cast<std::size_t>(c)]; };
  for (const int label : data.labels()) count(label);
  if (!data.has_labels())
    detail::for_each_target(data, [&](const auto& targets, Index) {
      count(is_single ? targets(0) > 0 : detail::Decisions::largest(targets));
      return true;
    });
  for (std::size_t c = 0; c < weights.size(); ++c) {
    if (weights[c] == 0)
      throw data_error("balanced_weights: none of ", data.size(), " samples is of class ", c, " of ", weights.size(),
                       "; give samples of every class, or the right number of classes");
    weights[c] = static_cast<double>(data.size()) / (static_cast<double>(weights.size()) * weights[c]);
  }
  return weights;
}

}  // namespace nn
