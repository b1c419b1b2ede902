// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/constant.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("ConstantSchedule has one rate") {
  const nn::ConstantSchedule schedule{.learning_rate = 0.25};
  for (const std::int64_t step : {0, 1, 1000000}) CHECK(schedule(step) == 0.25);
}

TEST_CASE("ConstantSchedule refuses options that make no sense") {
  CHECK_NOTHROW(nn::ConstantSchedule{}.validate());
  CHECK_THROWS_MATCHES(
      nn::ConstantSchedule{.learning_rate = 0}.validate(), nn::data_error,
      Message("ConstantSchedule: the learning rate must be a positive number, got 0; 1e-2 is a usual start"));
}

TEST_CASE("ConstantSchedule that is told nothing has Keras's rate") {
  CHECK(nn::ConstantSchedule{}.learning_rate == 1e-2);
}
