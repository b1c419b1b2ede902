// SPDX-License-Identifier: MIT
// rate(t) = learning_rate factor^t
#pragma once

#include <cmath>
#include <cstdint>

#include <nn/core/options.hpp>

namespace nn {

/// The rate is multiplied by the factor after every update, as PyTorch's ExponentialLR.
struct ExponentialSchedule {
  static constexpr const char* name() { return "ExponentialSchedule"; }

  double learning_rate = 1e-2;  ///< of the first update
  double factor = 0.999;        ///< PyTorch's gamma; per update, so nearer to 1 than one per epoch

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
    visit("factor", self.factor);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("ExponentialSchedule", "the learning rate", learning_rate, "1e-2 is a usual start");
    require_positive("ExponentialSchedule", "the factor", factor, "0.999 is usual");
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()(std::int64_t step) const { return learning_rate * std::pow(factor, static_cast<double>(step)); }
};

}  // namespace nn
