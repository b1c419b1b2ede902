// SPDX-License-Identifier: MIT
// rate(t) = learning_rate factor^floor(t / steps)
#pragma once

#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>

namespace nn {

/// Stairs: every `steps` updates the rate is multiplied by the factor, as PyTorch's StepLR.
struct StepSchedule {
  static constexpr const char* name() { return "StepSchedule"; }

  double learning_rate = 1e-2;  ///< of the first stair
  std::int64_t steps = 1000;    ///< updates on each stair, PyTorch's step_size
  double factor = 0.1;          ///< from stair to stair, PyTorch's gamma

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("steps", self.steps);
    visit("factor", self.factor);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("StepSchedule", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_some("StepSchedule", "the number of steps", steps, "give the updates after which the rate drops");
    require_positive("StepSchedule", "the factor", factor, "0.1 is usual");
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const {
    return learning_rate * std::pow(factor, static_cast<double>(step / steps));
  }
};

}  // namespace nn
