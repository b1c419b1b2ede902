// SPDX-License-Identifier: MIT
// What Trainer::fit is told: how long, in which order, at which rate, and when to stop.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/random.hpp>
#include <nn/data/augmentation/augment.hpp>
#include <nn/data/lazy_dataset.hpp>
#include <nn/training/fit/clock.hpp>
#include <nn/training/fit/progress_callback.hpp>
#include <nn/training/fit/schedule.hpp>

namespace nn {

struct FitOptions {
  Index epochs = 1;                    ///< how often the samples are gone through; 1 as Keras
  Index batch_size = 32;               ///< samples per pass, and per update where `accumulate` is 1; 32 as Keras
  bool drop_last = false;              ///< leaves out a last batch that is smaller than the others
  Index samples_per_epoch = 0;         ///< a cap, as the course has it; 0: all. Without shuffling these are the first
  bool shuffle = true;                 ///< a new order in every epoch
  Random random = Random(0);           ///< draws the orders
  DataReference validation = nullptr;  ///< a Dataset or LazyDataset, or the address of one; evaluated after every epoch
  /// After every batch, and after every epoch and its validation. Returning false ends the training, as
  /// progress.stop().
  ProgressCallback on_batch = nullptr;
  ProgressCallback on_epoch = nullptr;
  /// In place of a validation set: this share of the samples, the last ones (as Keras), are validated, not trained on.
  double validation_share = 0;
  /// Epochs without a better validation loss after which training ends (Prechelt 1998; Keras's EarlyStopping, its
  /// min_delta being min_improvement); 0: never.
  Index patience = 0;
  double min_improvement = 0;  ///< by which a validation loss must be lower for patience to count it as better
  bool keep_best = false;      ///< ends with the parameters of the lowest validation loss; patience does so, too
  Index accumulate = 1;        ///< batches whose mean gradient makes one update
  /// Steps of sequences that make one update, in a network that puts out something at each step. What its layers carry
  /// goes on from one such piece to the next, and no gradient passes the border (truncated backpropagation through
  /// time, Williams and Peng 1990), so that one long series is learned from as it goes on; 0: whole sequences.
  Index truncate = 0;
  std::int64_t steps = 0;               ///< a budget of updates; 0: none
  double seconds = 0;                   ///< a budget of time; 0: none. The batch that passes it is finished
  Augmentation augmentation = nullptr;  ///< changes every training sample, anew in every epoch; see nn::augment
  /// The learning rate of every update, counted from the first of this fit, in place of the optimizer's own; with
  /// `truncate`, of every batch.
  Schedule schedule = nullptr;
  Clock clock = steady_seconds;  ///< for the budget of seconds, and for what is reported

  /// Throws data_error where a number makes no sense.
  void validate() const {
    if (epochs < 0) throw data_error("fit: the number of epochs must not be negative, got ", epochs, "; use 1 or more");
    if (batch_size < 1)
      throw data_error("fit: the batch size must be at least 1, got ", batch_size, "; 32 is the default");
    if (samples_per_epoch < 0)
      throw data_error("fit: the samples per epoch must not be negative, got ", samples_per_epoch, "; 0 means all");
    if (!is_finite(validation_share) || validation_share < 0 || validation_share >= 1)
      throw data_error("fit: the share for validation must be at least 0 and below 1, got ", validation_share,
                       "; 0.1 is usual, 0 is none");
    if (validation_share > 0 && validation != nullptr)
      throw data_error("fit: got a validation set and a share for validation of ", validation_share,
                       "; give one of them");
    if (patience < 0)
      throw data_error("fit: the patience must not be negative, got ", patience, "; it counts epochs, 0 is no end");
    if (is_nan(min_improvement) || min_improvement < 0)
      throw data_error("fit: the least improvement must not be negative, got ", min_improvement, "; 0 is the default");
    if ((patience > 0 || keep_best) && validation == nullptr && validation_share == 0)
      throw data_error(patience > 0 ? "fit: patience" : "fit: keep_best",
                       " compares validation losses, but there is no validation set; give one, or a validation_share");
    if (accumulate < 1)
      throw data_error("fit: an update needs at least 1 batch, got ", accumulate, " to accumulate; 1 is the default");
    if (truncate < 0)
      throw data_error("fit: a piece of a sequence cannot have ", truncate,
                       " steps; truncate is at least 1, or 0 for whole sequences");
    if (truncate > 0 && accumulate > 1)
      throw data_error("fit: truncate makes an update from each piece of ", truncate,
                       " steps, and accumulate one from ", accumulate, " batches; give one of them");
    if (truncate > 0 && steps > 0)
      throw data_error("fit: a budget of ", steps,
                       " updates may end within a batch, whose sequences truncate trains to "
                       "their ends; give epochs in place of steps");
    if (steps < 0) throw data_error("fit: the budget of steps must not be negative, got ", steps, "; 0 is none");
    if (is_nan(seconds) || seconds < 0)
      throw data_error("fit: the budget of seconds must not be negative, got ", seconds, "; 0 is none");
    detail::require_clock("fit", clock);
    if (schedule) schedule.validate();
    if (schedule.is_observer() && validation == nullptr && validation_share == 0)
      throw data_error(
          "fit: the schedule waits for validation losses, but there is no validation set; give one, or a "
          "validation_share");
  }

  /// How many of so many samples, the last ones, are held out to validate. Throws data_error where the share of them is
  /// none.
  Index held_out(Index samples) const {
    if (validation_share == 0) return 0;
    const auto count = static_cast<Index>(validation_share * static_cast<double>(samples));
    if (count == 0)
      throw data_error("fit: a share of ", validation_share, " of ", samples,
                       " samples is none to validate; give a larger one, or a validation set");
    return count;
  }
};

/// A fit that goes on by itself where its checkpoint was left: the same program, started again, ends in the bits of one
/// that was never stopped.
struct ResumableFit {
  std::string checkpoint;                     ///< the path of a file, there from the first stop to the end of training
  std::function<bool()> stop_when = nullptr;  ///< asked after every batch; true ends the training for now
  FitOptions fit = {};
  double every_minutes = 1;  ///< between two checkpoints, for the case that the program is killed; 0: every update

  /// Throws data_error where a number makes no sense; fit is looked at when it begins.
  void validate() const {
    if (checkpoint.empty()) throw data_error("fit: the checkpoint has no name; give the path of a file");
    if (is_nan(every_minutes) || every_minutes < 0)
      throw data_error("fit: the minutes between two checkpoints must not be negative, got ", every_minutes,
                       "; 1 is the default, 0 makes one after every update");
  }
};

/// How an epoch is divided into batches: all of one size, and what is left over. A last batch too small to train on
/// joins the one before it.
struct Batches {
  Index samples;  ///< per epoch
  Index size;
  Index least;  ///< samples that every batch needs

  /// Throws data_error where there is no batch, or none that is large enough.
  Batches(Index available, const FitOptions& options, Index needed)
      : samples(options.samples_per_epoch == 0 ? available : std::min(options.samples_per_epoch, available)),
        size(std::min(options.batch_size, samples)),
        least(needed) {
    if (options.drop_last && samples < options.batch_size)
      throw data_error("fit: drop_last leaves nothing of ", samples, " samples in batches of ", options.batch_size,
                       "; use a smaller batch_size");
    if (options.drop_last) samples -= samples % size;
    if (size < least)
      throw data_error("fit: a batch of ", size, " is too small for this network, which needs ", least,
                       " samples to train on (BatchNorm); use a larger batch_size");
  }

  /// Of the batch that begins after so many samples.
  Index size_after(Index seen) const {
    const Index left = samples - seen;
    return left < size + least ? left : size;
  }
  Index count() const { return samples / size + (samples % size >= least ? 1 : 0); }
  /// Of the batch that ends after so many samples, counted from 1.
  Index number_of(Index seen) const { return std::min((seen + size - 1) / size, count()); }
  Index largest() const { return std::min(samples, size + least - 1); }

  /// How many updates a fit makes that nothing ends early.
  std::int64_t updates(const FitOptions& options) const {
    const std::int64_t of_epoch = (count() - 1) / options.accumulate + 1,
                       most = std::numeric_limits<std::int64_t>::max();
    const std::int64_t all = options.epochs > most / of_epoch ? most : options.epochs * of_epoch;
    return std::max<std::int64_t>(options.steps > 0 ? std::min(all, options.steps) : all, 1);  // where epochs is 0, too
  }
};

}  // namespace nn
