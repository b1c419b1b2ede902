// SPDX-License-Identifier: MIT
// rate <- factor rate, when a metric has not got better for more than `patience` looks at it
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/options.hpp>

namespace nn {

/// As PyTorch's ReduceLROnPlateau with its relative threshold, and with its defaults. Its whole state is in its
/// members, so that it can be copied and saved.
struct OnPlateau {
  static constexpr const char* name() { return "OnPlateau"; }

  double learning_rate = 1e-2;    ///< now; observe() lowers it
  double factor = 0.1;            ///< by which the rate falls
  std::int64_t patience = 10;     ///< looks without progress that are let pass
  double threshold = 1e-4;        ///< progress is better than the best by this share of it
  std::int64_t cooldown = 0;      ///< looks after a fall that do not count
  double minimum = 0;             ///< of the rate
  double smallest_change = 1e-8;  ///< of the rate; a smaller fall is not made
  bool larger_is_better = false;  ///< true for an accuracy, false for a loss

  double best = std::numeric_limits<double>::quiet_NaN();  ///< none yet
  std::int64_t bad_looks = 0;                              ///< since the best, or the last fall
  std::int64_t cooldown_left = 0;

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("factor", self.factor);
    visit("patience", self.patience);
    visit("threshold", self.threshold);
    visit("cooldown", self.cooldown);
    visit("minimum", self.minimum);
    visit("smallest_change", self.smallest_change);
    visit("larger_is_better", self.larger_is_better);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("OnPlateau", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_positive("OnPlateau", "the factor", factor, "0.1 is usual");
    require_below_one("OnPlateau", "the factor", factor, "0.1 is usual");
    require_not_negative("OnPlateau", "the patience", static_cast<double>(patience), "10 is usual");
    require_below_one("OnPlateau", "the threshold", threshold, "1e-4 is usual");
    require_not_negative("OnPlateau", "the cooldown", static_cast<double>(cooldown), "0 is none");
    require_not_negative("OnPlateau", "the minimum", minimum, "0 is usual");
    require_not_negative("OnPlateau", "the smallest change", smallest_change, "1e-8 is usual");
  }

  /// The rate of any update until the next look.
  double operator()([[maybe_unused]] std::int64_t step) const { return learning_rate; }

  /// One look at the metric, as after an epoch; a metric that is not finite is no progress.
  void observe(double metric) {
    if (is_better(metric)) {
      best = metric;
      bad_looks = 0;
    } else {
      ++bad_looks;
    }
    if (cooldown_left > 0) {
      --cooldown_left;
      bad_looks = 0;
    }
    if (bad_looks > patience) {
      const double lower = std::max(learning_rate * factor, minimum);
      if (learning_rate - lower > smallest_change) learning_rate = lower;
      cooldown_left = cooldown;
      bad_looks = 0;
    }
  }

  /// What the looks so far have changed, for a checkpoint.
  std::vector<double> memory() const {
    return {learning_rate, best, static_cast<double>(bad_looks), static_cast<double>(cooldown_left)};
  }
  /// Throws data_error for what memory() cannot have given.
  void restore(const std::vector<double>& numbers) {
    const auto is_count = [](double number) { return number >= 0 && number < 0x1p53; };
    if (numbers.size() != 4 || !is_finite(numbers[0]) || !(numbers[0] > 0) || !is_count(numbers[2]) ||
        !is_count(numbers[3]))
      throw data_error("OnPlateau: what the checkpoint remembers is not of this schedule; use an older checkpoint");
    learning_rate = numbers[0];
    best = numbers[1];
    bad_looks = static_cast<std::int64_t>(numbers[2]);
    cooldown_left = static_cast<std::int64_t>(numbers[3]);
  }

  bool is_better(double metric) const {
    if (!is_finite(metric)) return false;
    if (!is_finite(best)) return true;
    return larger_is_better ? metric > best * (1 + threshold) : metric < best * (1 - threshold);
  }
};

}  // namespace nn
