// SPDX-License-Identifier: MIT
// Checkpoints made while training: the last one, and the one after the best epoch; and a fit that goes on from its own.
#pragma once

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/training/fit/clock.hpp>
#include <nn/training/fit/fit_options.hpp>
#include <nn/training/fit/history.hpp>

namespace nn {

/// How often a checkpoint is made.
struct CheckpointOptions {
  std::int64_t every_steps = 0;  ///< updates between two files; 0: they do not count
  double every_minutes = 0;      ///< minutes between two files; 0: they do not count
  Clock clock = steady_seconds;  ///< by which the minutes are told
};

/// To be called in FitOptions::on_batch and on_epoch. It keeps the last checkpoint in `path`, and in `path` + ".best"
/// the one after the epoch with the lowest validation loss.
template <class Trainer>
class Checkpoints {
 public:
  /// Throws data_error where an option makes no sense.
  Checkpoints(const Trainer& trainer, std::string path, CheckpointOptions options)
      : trainer_(&trainer), path_(std::move(path)), options_(std::move(options)), last_step_(trainer.step_count()) {
    if (options_.every_steps < 0 || is_nan(options_.every_minutes) || options_.every_minutes < 0)
      throw data_error("Checkpoints: steps and minutes between two must not be negative, got ", options_.every_steps,
                       " and ", options_.every_minutes, "; 0 is never");
    detail::require_clock("Checkpoints", options_.clock);
    last_time_ = options_.clock();
  }

  void operator()(const auto& progress) {
    const double now = options_.clock();
    const bool is_step_due = options_.every_steps > 0 && trainer_->step_count() - last_step_ >= options_.every_steps;
    const bool is_time_due = options_.every_minutes > 0 && now - last_time_ >= 60 * options_.every_minutes;
    if (is_step_due || is_time_due) {
      trainer_->save_checkpoint(path_);
      last_step_ = trainer_->step_count();
      last_time_ = now;
    }
    if (is_best(progress.validation_loss)) trainer_->save_checkpoint(path_ + ".best");
  }

 private:
  // Within an epoch, where it is NaN, it is not. The history knows of the epochs before a resume(), too.
  bool is_best(double validation_loss) const {
    const auto& epochs = trainer_->history().epochs;
    return is_finite(validation_loss) && !epochs.empty() &&
           std::none_of(epochs.begin(), epochs.end() - 1, [&](const auto& before) {
             return is_finite(before.validation_loss) && before.validation_loss <= validation_loss;
           });
  }

  const Trainer* trainer_;
  std::string path_;
  CheckpointOptions options_;
  std::int64_t last_step_;
  double last_time_ = 0;
};

/// Trainer::fit of a ResumableFit.
template <class Trainer, class Data>
History fit_from_checkpoint(Trainer& trainer, const Data& data, const ResumableFit& options) {
  const std::string& path = options.checkpoint;
  if (::access(path.c_str(), F_OK) == 0) trainer.resume(path);
  Checkpoints checkpoints(trainer, path,
                          {.every_steps = options.every_minutes > 0 ? 0 : 1,
                           .every_minutes = options.every_minutes,
                           .clock = options.fit.clock});
  FitOptions fit = options.fit;
  fit.on_batch = [&](Progress& progress) {
    if (options.fit.on_batch) options.fit.on_batch(progress);
    if (options.stop_when && options.stop_when()) progress.stop();
    if (!progress.is_stopped) checkpoints(progress);
  };
  History history = trainer.fit(data, fit);
  if (history.is_stopped)
    trainer.save_checkpoint(path);
  else
    ::unlink(path.c_str());
  return history;
}

}  // namespace nn
