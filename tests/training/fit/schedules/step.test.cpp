// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/step.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("StepSchedule has PyTorch's rates") {
  test::check_rates(nn::StepSchedule{.learning_rate = 0.1, .steps = 7, .factor = 0.5}, "step");
}

TEST_CASE("StepSchedule goes down stairs") {
  const nn::StepSchedule schedule{.learning_rate = 8, .steps = 2, .factor = 0.5};
  CHECK(schedule(0) == 8);
  CHECK(schedule(1) == 8);
  CHECK(schedule(2) == 4);
  CHECK(schedule(7) == 1);
}

TEST_CASE("StepSchedule refuses options that make no sense") {
  CHECK_NOTHROW(nn::StepSchedule{}.validate());
  CHECK_THROWS_AS(nn::StepSchedule{.learning_rate = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(
      nn::StepSchedule{.steps = 0}.validate(), nn::data_error,
      Message("StepSchedule: the number of steps must be at least 1, got 0; give the updates after which the rate "
              "drops"));
  CHECK_THROWS_MATCHES(nn::StepSchedule{.factor = 0}.validate(), nn::data_error,
                       Message("StepSchedule: the factor must be a positive number, got 0; 0.1 is usual"));
}

TEST_CASE("StepSchedule that is told nothing falls to a tenth every 1000 updates") {
  const auto [learning_rate, steps, factor] = nn::StepSchedule{};
  CHECK(learning_rate == 1e-2);
  CHECK(steps == 1000);
  CHECK(factor == 0.1);
}
