// SPDX-License-Identifier: MIT
// Which learning rate? The rate grows from update to update; a good one lies where the loss falls fastest.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/training/trainer.hpp>

namespace nn {

struct LearningRateRange {
  double lowest = 1e-6;       ///< where the rate begins; 1e-6 to 10 is about fast.ai's range
  double highest = 10;        ///< where it ends
  Index steps = 100;          ///< updates, each rate the same factor above the one before; 100 as fast.ai
  Index batch_size = 64;      ///< samples per update; 64 as fast.ai
  Random random = Random(0);  ///< draws the order of the samples
};

struct LearningRateCurve {
  double suggestion = 0;       ///< where the smoothed loss falls fastest over the logarithm of the rate
  std::vector<double> rates;   ///< up to where the loss ran away
  std::vector<double> losses;  ///< smoothed: an exponential average over the batches with weight 0.1 for the newest
};

/// The range test of Smith 2017 (Cyclical learning rates, section 3.3) on a copy of the network. Throws data_error
/// where an option makes no sense, or the loss never falls.
template <class Net, class Loss, class Optimizer>
LearningRateCurve find_learning_rate(const Net& network, const Loss& loss, const Optimizer& optimizer,
                                     const Dataset& data, const LearningRateRange& range = {}) {
  if (!is_finite(range.lowest) || !is_finite(range.highest) || range.lowest <= 0 || range.highest <= range.lowest)
    throw data_error("find_learning_rate: the rates must grow from above 0 and be finite, got ", range.lowest, " to ",
                     range.highest, "; 1e-6 to 10 is the default");
  if (range.steps < 10)
    throw data_error("find_learning_rate: needs at least 10 steps, got ", range.steps, "; 100 is the default");

  Net copy = network;
  Optimizer changing = optimizer;
  changing.learning_rate = range.lowest;
  Trainer trainer{copy, loss, changing};
  const double factor = std::pow(range.highest / range.lowest, 1 / static_cast<double>(range.steps - 1));
  LearningRateCurve curve;
  double average = 0, weight = 0, seen = 0, best = 0;
  const auto observe = [&](Progress& progress) {
    // Progress has the mean over the epoch; the loss of the latest batch is what was added to the sum.
    const double sum = progress.loss * static_cast<double>(progress.samples_seen);
    const double before = progress.batch == 1 ? 0 : seen;
    const double count = static_cast<double>(progress.samples_seen -
                                             (progress.batch - 1) * std::min(range.batch_size, progress.samples));
    const double latest = (sum - before) / count;
    seen = sum;
    average = 0.9 * average + 0.1 * latest;
    weight = 0.9 * weight + 0.1;
    const double smooth = average / weight;
    best = curve.losses.empty() ? smooth : std::min(best, smooth);
    curve.rates.push_back(progress.learning_rate);
    curve.losses.push_back(smooth);
    if (smooth > 4 * best && curve.losses.size() > 10) progress.stop();
  };
  try {
    trainer.fit(data, {.epochs = range.steps,
                       .batch_size = range.batch_size,
                       .random = range.random,
                       .on_batch = observe,
                       .steps = range.steps,
                       .schedule = [&](std::int64_t step) {
                         return range.lowest * std::pow(factor, static_cast<double>(step));
                       }});
  } catch (const data_error&) {
    if (curve.losses.empty()) throw;  // the loss is not finite: it ran away
  }

  // Over a tenth of the range: from one update to the next the batches differ more than the rates.
  const auto window = static_cast<std::size_t>(range.steps / 10);
  double steepest = 0;
  for (std::size_t i = window; i < curve.losses.size(); ++i) {
    const double slope = curve.losses[i] - curve.losses[i - window];
    if (slope < steepest) {
      steepest = slope;
      curve.suggestion = std::sqrt(curve.rates[i] * curve.rates[i - window]);
    }
  }
  if (steepest == 0)
    throw data_error("find_learning_rate: the loss never falls between rates of ", range.lowest, " and ",
                     curve.rates.back(), "; start lower, or see what nn::diagnose says");
  return curve;
}

}  // namespace nn
