// SPDX-License-Identifier: MIT
// rate(t) = minimum + (learning_rate - minimum) (1 - t / steps)^power
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>

namespace nn {

/// Falls to the minimum within `steps` updates and stays there: a line with power 1. As PyTorch's PolynomialLR, whose
/// minimum is 0.
struct PolynomialSchedule {
  static constexpr const char* name() { return "PolynomialSchedule"; }

  double learning_rate = 1e-2;  ///< of the first update
  double minimum = 0;           ///< of the rate; Keras's end_learning_rate
  std::int64_t steps = 0;       ///< updates until the minimum, PyTorch's total_iters; 0: all of the fit
  double power = 1;             ///< 1 as PyTorch and Keras: a line

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("minimum", self.minimum);
    visit("steps", self.steps);
    visit("power", self.power);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("PolynomialSchedule", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_not_negative("PolynomialSchedule", "the minimum", minimum, "0 is usual");
    require_not_negative("PolynomialSchedule", "the number of steps", static_cast<double>(steps),
                         "0 is all of the fit");
    require_positive("PolynomialSchedule", "the power", power, "1 is a line");
  }

  /// The same over so many updates, where the number of steps was left open.
  PolynomialSchedule lasting(std::int64_t updates) const {
    PolynomialSchedule told = *this;
    if (steps == 0) told.steps = updates;
    return told;
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const {
    require_length("PolynomialSchedule", steps);
    const double left = 1 - static_cast<double>(std::min(step, steps)) / static_cast<double>(steps);
    return minimum + (learning_rate - minimum) * std::pow(left, power);
  }
};

}  // namespace nn
