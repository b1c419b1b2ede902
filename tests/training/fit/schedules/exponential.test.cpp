// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/exponential.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("ExponentialSchedule has PyTorch's rates") {
  test::check_rates(nn::ExponentialSchedule{.learning_rate = 0.1, .factor = 0.9}, "exponential");
}

TEST_CASE("ExponentialSchedule takes the same share at every update") {
  const nn::ExponentialSchedule schedule{.learning_rate = 8, .factor = 0.5};
  CHECK(schedule(0) == 8);
  CHECK(schedule(1) == 4);
  CHECK(schedule(4) == 0.5);
}

TEST_CASE("ExponentialSchedule refuses options that make no sense") {
  CHECK_NOTHROW(nn::ExponentialSchedule{}.validate());
  CHECK_THROWS_AS(nn::ExponentialSchedule{.learning_rate = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::ExponentialSchedule{.factor = -1}.validate(), nn::data_error,
                       Message("ExponentialSchedule: the factor must be a positive number, got -1; 0.999 is usual"));
}

TEST_CASE("ExponentialSchedule that is told nothing falls by a thousandth per update") {
  const auto [learning_rate, factor] = nn::ExponentialSchedule{};
  CHECK(learning_rate == 1e-2);
  CHECK(factor == 0.999);
}
