// SPDX-License-Identifier: MIT
// rate(t) = learning_rate
#pragma once

#include <cstdint>

#include <nn/core/options.hpp>

namespace nn {

/// The same rate for every update.
struct ConstantSchedule {
  static constexpr const char* name() { return "ConstantSchedule"; }

  double learning_rate = 1e-2;  ///< of every update; 1e-2 as Keras's SGD, here and in the other schedules

  /// Calls visit(name, option) for every option; self is const where they are only read.
  template <class Self, class Visit>
  static void for_each_option(Self& self, Visit&& visit) {
    visit("learning_rate", self.learning_rate);
  }

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_positive("ConstantSchedule", "the learning rate", learning_rate, "1e-2 is a usual start");
  }

  /// The rate of the update number `step`, counted from 0.
  double operator()([[maybe_unused]] std::int64_t step) const { return learning_rate; }
};

}  // namespace nn
