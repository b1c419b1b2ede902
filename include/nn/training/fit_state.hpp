// SPDX-License-Identifier: MIT
// Where Trainer::fit stands between two batches: all that it takes to go on with the same bits.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/random.hpp>
#include <nn/core/views.hpp>
#include <nn/training/history.hpp>

namespace nn {

/// Of a fit in numbers of type T.
template <class T>
struct FitState {
  Random random = Random(0);     ///< as it is after the order was drawn
  std::vector<Index> order;      ///< of the samples in this epoch
  bool is_within_epoch = false;  ///< the order is drawn, the epoch's validation not done
  Index samples_seen = 0;        ///< of this epoch
  double loss_sum = 0;           ///< over them
  double seconds = 0;            ///< of this epoch
  double seconds_before = 0;     ///< of the epochs before
  std::int64_t first_step = 0;   ///< updates that the trainer had made before
  History history;
  double best_loss = std::numeric_limits<double>::infinity();      ///< the lowest
  double patience_loss = std::numeric_limits<double>::infinity();  ///< the last that was lower by enough
  Index epochs_since_best = 0;
  Buffer<T> best_parameters;
  Buffer<T> best_state;
  std::vector<double> schedule;  ///< what the schedule remembers

  /// Calls visit(name, numbers) for all of it; self is const where it is only read.
  template <class Self, class Visit>
  static void for_each_field(Self& self, Visit& visit) {
    visit("random", self.random);
    visit("order", self.order);
    visit("is within epoch", self.is_within_epoch);
    visit("samples seen", self.samples_seen);
    visit("loss sum", self.loss_sum);
    visit("seconds", self.seconds);
    visit("seconds before", self.seconds_before);
    visit("first step", self.first_step);
    visit("history", self.history.epochs);
    visit("best epoch", self.history.best_epoch);
    visit("best loss", self.best_loss);
    visit("patience loss", self.patience_loss);
    visit("epochs since best", self.epochs_since_best);
    visit("best parameters", self.best_parameters);
    visit("best state", self.best_state);
    visit("schedule", self.schedule);
  }
};

}  // namespace nn
