// SPDX-License-Identifier: MIT
// rate(t) = minimum + (learning_rate - minimum) (1 + cos(pi t / steps)) / 2
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include <nn/core/options.hpp>

namespace nn {

/// Falls to the minimum within `steps` updates along half a cosine (Loshchilov and Hutter 2017, eq. 5) and stays there;
/// with a restart_factor it starts again instead, each time that many times longer, as PyTorch's
/// CosineAnnealingWarmRestarts.
struct CosineSchedule {
  static constexpr const char* name() { return "CosineSchedule"; }

  double learning_rate = 1e-2;  ///< of the first update
  double minimum = 0;           ///< PyTorch's eta_min
  std::int64_t steps = 0;       ///< until the minimum, or the first restart: PyTorch's T_max, T_0; 0: all of the fit
  std::int64_t restart_factor = 0;  ///< PyTorch's T_mult; 0: no restart, as CosineAnnealingLR within its first fall

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("minimum", self.minimum);
    visit("steps", self.steps);
    visit("restart_factor", self.restart_factor);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("CosineSchedule", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_not_negative("CosineSchedule", "the minimum", minimum, "0 is usual");
    require_not_negative("CosineSchedule", "the number of steps", static_cast<double>(steps), "0 is all of the fit");
    require_not_negative("CosineSchedule", "the restart factor", static_cast<double>(restart_factor),
                         "1 or 2 is usual, 0 is no restart");
  }

  /// The same over so many updates, where the number of steps was left open.
  CosineSchedule lasting(std::int64_t updates) const {
    CosineSchedule told = *this;
    if (steps == 0) told.steps = updates;
    return told;
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const {
    require_length("CosineSchedule", steps);
    auto now = static_cast<double>(step), length = static_cast<double>(steps);
    if (restart_factor == 0 && now >= length) return minimum;
    if (restart_factor == 1) now = std::fmod(now, length);
    for (; now >= length; length *= static_cast<double>(restart_factor)) now -= length;
    return minimum + (learning_rate - minimum) * (1 + std::cos(std::numbers::pi * now / length)) / 2;
  }
};

}  // namespace nn
