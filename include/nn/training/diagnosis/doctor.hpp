// SPDX-License-Identifier: MIT
// Diagnoses while a training goes on.
#pragma once

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <nn/data/dataset.hpp>
#include <nn/training/diagnosis/diagnose.hpp>
#include <nn/training/fit/clock.hpp>

namespace nn {

/// A callback for FitOptions::on_epoch that watches while training, and tells each finding once. It looks at few
/// samples, and after short epochs not always, so that it costs less than 2 % of the time.
template <class Trainer>
class Doctor {
 public:
  /// The trainer and the data must outlive it. Throws data_error where the clock is empty.
  Doctor(const Trainer& trainer, const Dataset& data, std::function<void(const Finding&)> tell,
         Clock clock = steady_seconds)
      : trainer_(&trainer), data_(&data), tell_(std::move(tell)), clock_(std::move(clock)) {
    detail::require_clock("Doctor", clock_);
  }

  template <class Progress>
  void operator()(const Progress& progress) {
    trained_ += progress.seconds;
    if (spent_ + latest_ > 0.015 * trained_) return;  // never at the first time
    const double start = clock_();
    // A pass forward and back of a sample costs as much as training on it.
    const Index samples = std::clamp<Index>(progress.samples_seen / 100, 8, 256);
    for (const Finding& finding : diagnose(*trainer_, *data_, {.samples = samples}).findings) {
      const bool is_known = std::any_of(told_.begin(), told_.end(), [&](const Finding& told) {
        return told.illness == finding.illness && told.layer == finding.layer;
      });
      if (is_known) continue;
      told_.push_back(finding);
      tell_(finding);
    }
    latest_ = clock_() - start;
    spent_ += latest_;
  }

 private:
  const Trainer* trainer_;
  const Dataset* data_;
  std::function<void(const Finding&)> tell_;
  Clock clock_;
  std::vector<Finding> told_;
  double trained_ = 0, spent_ = 0, latest_ = 0;  // seconds
};

}  // namespace nn
