// SPDX-License-Identifier: MIT
// Any learning-rate schedule behind one value: the number of an update in, its rate out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/core/options.hpp>

namespace nn {

/// Holds a schedule of schedules/, or any callable that returns the rate of an update, counted from 0. One that also
/// has observe(metric) is told the validation loss after every epoch; what it learned from that, memory() and
/// restore(numbers) carry over in a checkpoint. One that has lasting(updates), which returns the schedule for a fit of
/// so many updates, is asked for it by fit. One that lists its options (ListsOptions) is known by them in a checkpoint.
class Schedule {
 public:
  Schedule(std::nullptr_t = nullptr) {}

  template <class S>
  requires(!std::is_same_v<S, Schedule> && std::is_invocable_r_v<double, const S&, std::int64_t>)
      Schedule(S schedule)  // implicitly, as a std::function
      : rate_([schedule](const std::vector<double>& memory, std::int64_t step) {
          return static_cast<double>(with_memory(schedule, memory)(step));
        }) {
    description_ = "one of the program's own";
    if constexpr (ListsOptions<S>) description_ = description_of(schedule);
    if constexpr (requires { schedule.validate(); }) validate_ = [schedule] { schedule.validate(); };
    if constexpr (requires { schedule.lasting(std::int64_t(1)); })
      lasting_ = [schedule](std::int64_t updates) { return Schedule(schedule.lasting(updates)); };
    if constexpr (requires { schedule.memory(); }) memory_ = schedule.memory();
    if constexpr (requires { schedule.restore(memory_); })
      require_memory_ = [schedule](const std::vector<double>& memory) { with_memory(schedule, memory); };
    if constexpr (requires { schedule.observe(0.0); })
      observe_ = [schedule](std::vector<double>& memory, double metric) {
        S observer = with_memory(schedule, memory);
        observer.observe(metric);
        memory = observer.memory();
      };
  }

  explicit operator bool() const { return static_cast<bool>(rate_); }
  /// The learning rate of an update, counted from 0.
  double operator()(std::int64_t step) const { return rate_(memory_, step); }
  /// The same schedule for a fit of so many updates.
  Schedule lasting(std::int64_t updates) const {
    Schedule told = lasting_ ? lasting_(updates) : *this;
    told.memory_ = memory_;
    return told;
  }
  /// Whether it looks at the validation loss.
  bool is_observer() const { return static_cast<bool>(observe_); }
  /// Tells the schedule the validation loss after an epoch.
  void observe(double metric) {
    if (observe_) observe_(memory_, metric);
  }
  /// Throws the schedule's data_error where an option makes no sense.
  void validate() const {
    if (validate_) validate_();
  }

  /// "OneCycle (learning_rate 0.01, ...)", of a callable without a list of its options only that it is one.
  const std::string& description() const { return description_; }

  const std::vector<double>& memory() const { return memory_; }
  /// Throws whatever the schedule throws where it cannot have remembered that.
  void restore(std::vector<double> memory) {
    if (require_memory_) require_memory_(memory);
    memory_ = std::move(memory);
  }

 private:
  template <class S>
  static S with_memory(S schedule, const std::vector<double>& memory) {
    if constexpr (requires { schedule.restore(memory); }) schedule.restore(memory);
    return schedule;
  }

  std::function<double(const std::vector<double>&, std::int64_t)> rate_;
  std::function<void(std::vector<double>&, double)> observe_;
  std::function<Schedule(std::int64_t)> lasting_;
  std::function<void()> validate_;
  std::function<void(const std::vector<double>&)> require_memory_;
  std::vector<double> memory_;
  std::string description_ = "none";
};

}  // namespace nn
