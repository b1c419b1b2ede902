// SPDX-License-Identifier: MIT
// rate(t) = schedule(0) (start_factor + (1 - start_factor) t / steps), and then schedule(t - steps)
#pragma once

#include <algorithm>
#include <cstdint>

#include <nn/core/options.hpp>

namespace nn {

/// Rises along a line to where another schedule starts, and hands over to it; as PyTorch's LinearLR before another
/// schedule in SequentialLR.
template <class Schedule>
struct WarmUp {
  static constexpr const char* name() { return "WarmUp"; }

  Schedule schedule = {};     ///< what follows
  std::int64_t steps = 100;   ///< updates before the schedule starts, LinearLR's total_iters
  double start_factor = 0.1;  ///< of the schedule's first rate; LinearLR's default is 1/3

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("schedule", self.schedule);
    visit("steps", self.steps);
    visit("start_factor", self.start_factor);
  }

  /// Throws data_error where an option makes no sense, its own or the schedule's.
  void validate() const {
    schedule.validate();
    require_some("WarmUp", "the number of steps", steps, "give the updates until the full rate");
    require_positive("WarmUp", "the start factor", start_factor, "0.1 is usual");
  }

  /// The same, what follows lasting for the rest of so many updates where its number of steps was left open.
  WarmUp lasting(std::int64_t updates) const requires requires(const Schedule& open) { open.lasting(updates); }
  {
    WarmUp told = *this;
    told.schedule = schedule.lasting(std::max<std::int64_t>(1, updates - steps));
    return told;
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const {
    if (step >= steps) return schedule(step - steps);
    return schedule(0) * (start_factor + (1 - start_factor) * static_cast<double>(step) / static_cast<double>(steps));
  }

  /// For a schedule that looks at a metric.
  void observe(double metric) requires requires(Schedule& seeing) { seeing.observe(metric); }
  { schedule.observe(metric); }
  auto memory() const requires requires(const Schedule& seeing) { seeing.memory(); }
  { return schedule.memory(); }
  void restore(const auto& numbers) requires requires(Schedule& seeing) { seeing.restore(numbers); }
  { schedule.restore(numbers); }
};

}  // namespace nn
