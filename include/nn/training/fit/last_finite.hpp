// SPDX-License-Identifier: MIT
// A training as it was after its last update whose numbers were finite: where it goes back to when they no longer are.
#pragma once

#include <cstdint>
#include <string>

#include <nn/core/errors.hpp>
#include <nn/networks/finite_network.hpp>

namespace nn {

template <class Step>
class LastFinite {
 public:
  explicit LastFinite(const Step& step) : before_(step.snapshot()) {}

  /// Keeps it as it is now, where all numbers are finite.
  bool keep(const Step& step) {
    const bool is_finite = has_finite_numbers(step.network());
    if (is_finite) step.keep(before_);
    return is_finite;
  }

  /// The same, or goes back and throws data_error. A loss is looked at before its update, so that the next one finds
  /// what is wrong; after the last of an epoch there is none.
  void require(Step& step) {
    if (keep(step)) return;
    const std::string what = first_not_finite_number(step.network());
    const std::int64_t number = step.step_count();
    step.go_back_to(before_);
    throw data_error("fit: after update ", number, " ", what, "; the network is again as it was after update ",
                     step.step_count(), ". Lower the learning rate, or scale the inputs to about -1..1");
  }

 private:
  typename Step::Snapshot before_;
};

}  // namespace nn
