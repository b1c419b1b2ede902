// SPDX-License-Identifier: MIT
// The rates of a schedule, to be compared with PyTorch's (tests/fixtures/schedules.py).
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "../../../catch.hpp"
#include "../../../fixture.hpp"
#include "../../../numbers.hpp"

namespace test {

/// Checks the rates of 40 updates against those of PyTorch, to 1e-12. A schedule with
/// a metric sees it after every update.
template <class Schedule>
void check_rates(Schedule schedule, const std::string& name, const std::vector<double>& metric = {}) {
  CAPTURE(name);
  schedule.validate();
  const std::vector<double> expected = fixture("schedules.txt")[name];
  REQUIRE(expected.size() == 40);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    CAPTURE(step, expected[step]);
    CHECK(std::abs(schedule(static_cast<std::int64_t>(step)) - expected[step]) < 1e-12);
    if constexpr (requires { schedule.observe(0.0); }) schedule.observe(metric[step]);
  }
}

}  // namespace test
