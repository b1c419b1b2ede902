// SPDX-License-Identifier: MIT
// One rise and one long fall, each along half a cosine: from learning_rate / start_divisor to learning_rate, and to
// learning_rate / start_divisor / end_divisor
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <nn/core/options.hpp>

namespace nn {

/// Smith and Topin 2018 in fast.ai's form of two phases, as PyTorch's OneCycleLR, with its defaults, without its cycle
/// of the momentum. The last of the `steps` updates has the lowest rate; later ones keep it.
struct OneCycle {
  static constexpr const char* name() { return "OneCycle"; }

  double learning_rate = 1e-2;  ///< the highest
  std::int64_t steps = 0;       ///< updates of the cycle, PyTorch's total_steps; 0: all of the fit
  double rise = 0.3;            ///< share of the updates, PyTorch's pct_start
  double start_divisor = 25;    ///< PyTorch's div_factor
  double end_divisor = 1e4;     ///< PyTorch's final_div_factor

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("steps", self.steps);
    visit("rise", self.rise);
    visit("start_divisor", self.start_divisor);
    visit("end_divisor", self.end_divisor);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("OneCycle", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_not_negative("OneCycle", "the number of steps", static_cast<double>(steps), "0 is all of the fit");
    require_below_one("OneCycle", "the share of the rise", rise, "0.3 is usual");
    require_positive("OneCycle", "the divisor of the start", start_divisor, "25 is usual");
    require_positive("OneCycle", "the divisor of the end", end_divisor, "1e4 is usual");
  }

  /// The same over so many updates, where the number of steps was left open.
  OneCycle lasting(std::int64_t updates) const {
    OneCycle told = *this;
    if (steps == 0) told.steps = updates;
    return told;
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const {
    require_length("OneCycle", steps);
    const auto last = static_cast<double>(steps - 1), now = std::min(static_cast<double>(step), last);
    const double top = rise * static_cast<double>(steps) - 1;  // between two updates, or before the first
    const double start = learning_rate / start_divisor, end = start / end_divisor;
    const auto between = [](double from, double to, double share) {
      return to + (from - to) / 2 * (1 + std::cos(std::numbers::pi * share));
    };
    return now < top ? between(start, learning_rate, now / top)
                     : between(learning_rate, end, (now - top) / (last - top));
  }
};

}  // namespace nn
