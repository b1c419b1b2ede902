// SPDX-License-Identifier: MIT
// Checkpoints made while training: the last one, and the one after the best epoch.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>

namespace nn {

/// How often a checkpoint is made.
struct CheckpointOptions {
  std::int64_t every_steps = 0;  ///< updates between two files; 0: they do not count
  double every_minutes = 0;      ///< minutes between two files; 0: they do not count
};

/// To be called in FitOptions::on_batch and on_epoch. It keeps the last checkpoint in `path`, and in `path` + ".best"
/// the one after the epoch with the lowest validation loss.
template <class Trainer>
class Checkpoints {
 public:
  /// Throws data_error where an option makes no sense.
  Checkpoints(const Trainer& trainer, std::string path, CheckpointOptions options)
      : trainer_(&trainer), path_(std::move(path)), options_(options), last_step_(trainer.step_count()) {
    if (options.every_steps < 0 || is_nan(options.every_minutes) || options.every_minutes < 0)
      throw data_error("Checkpoints: steps and minutes between two must not be negative, got ", options.every_steps,
                       " and ", options.every_minutes, "; 0 is never");
  }

  void operator()(const auto& progress) {
    const auto now = std::chrono::steady_clock::now();
    const bool is_step_due = options_.every_steps > 0 && trainer_->step_count() - last_step_ >= options_.every_steps;
    const bool is_time_due = options_.every_minutes > 0 &&
                             std::chrono::duration<double>(now - last_time_).count() >= 60 * options_.every_minutes;
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
  std::chrono::steady_clock::time_point last_time_ = std::chrono::steady_clock::now();
};

}  // namespace nn
