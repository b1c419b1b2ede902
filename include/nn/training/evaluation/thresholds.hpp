// SPDX-License-Identifier: MIT
// From which output on is "yes" told? Found out on samples that the network did not learn from.
#pragma once

#include <vector>

#include <nn/core/errors.hpp>
#include <nn/data/dataset.hpp>
#include <nn/training/evaluation/metrics/ranking.hpp>
#include <nn/training/evaluation/predictions.hpp>

namespace nn {

struct ThresholdOptions {
  ThresholdGoal goal = ThresholdGoal::f1;
  double otherwise = 0.5;  ///< for an output whose targets here are all yes, or all no; 0 is usual for logits
  Index batch_size = 256;  ///< samples per pass; changes speed and memory, not the meaning
};

/// One threshold per output, each a yes or no for itself: the targets are 0 and 1, -1 and 1, or for a single output
/// labels. They are the `decision_boundaries` of a multi_label_report, and the one of a single output is the
/// `decision_boundary` of a classification_report. Choose them on a validation set and report on the test set: what is
/// reported on the set they were chosen on is too good. Throws shape_error where the data set does not fit the network,
/// data_error where its targets are others or an output is not finite.
template <class Net>
std::vector<double> choose_thresholds(const Net& network, const Dataset& validation,
                                      const ThresholdOptions& options = {}) {
  const Index outputs = network.output_shape().size();
  if (validation.has_labels() && outputs > 1)
    throw data_error("choose_thresholds: the data set has one class per sample and the network ", outputs,
                     " outputs, of which the largest is told; give targets of 0 and 1 for each output");
  detail::checked_boundary("choose_thresholds", options.otherwise);
  std::vector<Ranking> rankings(static_cast<std::size_t>(outputs));
  detail::for_each_prediction(
      network, validation, options.batch_size, "choose_thresholds", [&](const auto& y, const auto& targets) {
        if (y.rows() != outputs)
          throw shape_error("choose_thresholds: the network has outputs for each step; end it in a LastStep");
        for (Index sample = 0; sample < y.cols(); ++sample)
          for (Index i = 0; i < outputs; ++i) {
            const auto target = static_cast<double>(targets(i, sample));
            if (target != 0 && target != 1 && target != -1)
              throw data_error("choose_thresholds: a target of output ", i, " is ", target,
                               "; give 1 for yes and 0 or -1 for no");
            rankings[static_cast<std::size_t>(i)].add(static_cast<double>(y(i, sample)), target > 0);
          }
      });
  std::vector<double> thresholds;
  for (const Ranking& ranking : rankings)
    thresholds.push_back(ranking.has_both() ? ranking.best_threshold(options.goal) : options.otherwise);
  return thresholds;
}

}  // namespace nn
