// SPDX-License-Identifier: MIT
// What the losses of the epochs say: a learning rate too high or too low, a plateau, over-fitting.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include <nn/training/diagnosis/finding.hpp>
#include <nn/training/fit/history.hpp>

namespace nn {

namespace detail {

// How the loss went over the last epochs, at most 12.
struct LossCourse {
  double before, now;  // the loss of the first of these epochs, and of the last
  double steps;        // from one epoch to the next
  double moved;        // up or down, all steps together, relative to the losses
  int turns;           // from up to down or from down to up
};

inline LossCourse course_of_loss(const std::vector<Epoch>& epochs) {
  const std::size_t count = epochs.size(), first = count - std::min<std::size_t>(count, 12);
  int turns = 0;
  double moved = 0, sum = 0;
  for (std::size_t i = first + 1; i < count; ++i) {
    const double step = epochs[i].loss - epochs[i - 1].loss;
    moved += std::abs(step);
    sum += std::abs(epochs[i].loss);
    if (i > first + 1) turns += (step > 0) != (epochs[i - 1].loss - epochs[i - 2].loss > 0);
  }
  return {epochs[first].loss, epochs[count - 1].loss, static_cast<double>(count - first - 1), moved / sum, turns};
}

inline void diagnose_loss(const std::vector<Epoch>& epochs, Findings& findings) {
  if (epochs.size() < 6) return;
  const auto [before, now, steps, moved, turns] = course_of_loss(epochs);
  const double fall = before - now, at_first = epochs.front().loss;
  if (turns > 0.5 * (steps - 1) && moved > 0.1) {
    findings.add(Illness::oscillating_loss, 0, "The loss turned ", turns, " times in ", steps, " epochs and moved by ",
                 rounded(100 * moved), " % from one to the next; lower the learning rate, or use larger batches.");
  } else if (std::abs(fall) < 0.01 * before && now > 0.5 * at_first) {
    // Steadily down by next to nothing is too short a step; up and down in place is a plateau.
    if (turns == 0 && fall > 0)
      findings.add(Illness::small_learning_rate, 0, "The loss falls in every epoch, but from ", rounded(before), " to ",
                   rounded(now), " only in ", steps,
                   " of them; raise the learning rate, as nn::find_learning_rate suggests.");
    else
      findings.add(Illness::plateau, 0, "The loss stands at ", rounded(now), " since ", steps, " epochs, where it was ",
                   rounded(at_first), " in the first; try another learning rate, Adam, or another initialisation.");
  }
}

inline void diagnose_validation(const std::vector<Epoch>& epochs, Findings& findings) {
  const std::size_t count = epochs.size();
  std::size_t best = 0;
  for (std::size_t i = 1; i < count; ++i)
    if (epochs[i].validation_loss < epochs[best].validation_loss) best = i;
  if (count >= 4 && best + 3 < count && epochs[count - 1].validation_loss > 1.05 * epochs[best].validation_loss &&
      epochs[count - 1].loss < epochs[best].loss)
    findings.add(Illness::overfitting, 0, "The validation loss was lowest in epoch ", best + 1, " (",
                 rounded(epochs[best].validation_loss), ") and has risen to ",
                 rounded(epochs[count - 1].validation_loss),
                 " while the training loss fell; stop early (patience), add Dropout, weight decay or data.");
}

inline void diagnose_history(const History& history, Findings& findings) {
  diagnose_loss(history.epochs, findings);
  diagnose_validation(history.epochs, findings);
}

}  // namespace detail

}  // namespace nn
