// SPDX-License-Identifier: MIT
// The learning rate of an update: the schedule's for that update, the optimizer's own again afterwards.
#pragma once

#include <algorithm>
#include <cstdint>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/training/fit/schedule.hpp>

namespace nn {

/// That of an update of a fit, counted from 0. Throws data_error where there is a schedule, but no rate to set.
template <class Optimizer>
double rate_of(const Optimizer& optimizer, const Schedule& schedule, std::int64_t update) {
  if constexpr (requires { optimizer.learning_rate; }) {
    if (!schedule) return optimizer.learning_rate;
    const double rate = schedule(std::max<std::int64_t>(update, 0));
    // A schedule may end at 0, which no optimizer takes: the smallest steps there are stand for none.
    return is_finite(rate) && rate >= 0 && rate < 1e-30 ? 1e-30 : rate;
  } else {
    if (schedule) throw data_error("fit: a schedule sets the learning rate, but this optimizer has none");
    return 0;
  }
}

/// Gives an optimizer a rate, where it has one, for as long as this lives.
template <class Optimizer>
class LearningRate {
 public:
  LearningRate(Optimizer& optimizer, double wanted) : optimizer_(optimizer) {
    if constexpr (requires { optimizer.learning_rate; }) {
      own_ = optimizer.learning_rate;
      optimizer.learning_rate = wanted;
    }
  }
  LearningRate(const LearningRate&) = delete;
  LearningRate& operator=(const LearningRate&) = delete;
  ~LearningRate() {
    if constexpr (requires { optimizer_.learning_rate; }) optimizer_.learning_rate = own_;
  }

 private:
  Optimizer& optimizer_;
  double own_ = 0;
};

}  // namespace nn
