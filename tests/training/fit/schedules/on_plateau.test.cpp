// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/on_plateau.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("OnPlateau has PyTorch's rates") {
  std::vector<double> metric = test::fixture("schedules.txt")["metric"];
  test::check_rates(nn::OnPlateau{.learning_rate = 0.1, .factor = 0.5, .patience = 3, .cooldown = 2, .minimum = 0.02},
                    "plateau", metric);
  for (double& look : metric) look = 1 - look;
  test::check_rates(
      nn::OnPlateau{.learning_rate = 0.1, .factor = 0.5, .patience = 2, .threshold = 0.01, .larger_is_better = true},
      "plateau_larger", metric);
}

TEST_CASE("OnPlateau falls when its patience is over, and goes on from a copy as it would have") {
  nn::OnPlateau schedule{.learning_rate = 8, .factor = 0.5, .patience = 1, .threshold = 0.125};
  schedule.observe(16);
  schedule.observe(14);  // not below 7/8 of the best: one bad look
  CHECK(schedule.best == 16);
  CHECK(schedule.bad_looks == 1);
  CHECK(schedule(0) == 8);
  nn::OnPlateau copy = schedule;
  schedule.observe(13);  // progress
  CHECK(schedule(0) == 8);
  CHECK(schedule.bad_looks == 0);
  copy.observe(15);
  CHECK(copy(0) == 4);
}

TEST_CASE("OnPlateau takes a metric that is no number for no progress") {
  nn::OnPlateau schedule{.learning_rate = 8, .factor = 0.5, .patience = 0};
  schedule.observe(test::not_a_number<double>);
  CHECK(schedule(0) == 4);
  schedule.observe(1);
  CHECK(schedule(0) == 4);
  CHECK(schedule.best == 1);
}

TEST_CASE("OnPlateau neither falls below its minimum nor for a change that is too small") {
  nn::OnPlateau schedule{.learning_rate = 8, .factor = 0.5, .patience = 0, .minimum = 3};
  for (int look = 0; look < 4; ++look) schedule.observe(1);
  CHECK(schedule(0) == 3);
  nn::OnPlateau steady{.learning_rate = 8, .factor = 0.5, .patience = 0, .smallest_change = 4};
  for (int look = 0; look < 4; ++look) steady.observe(1);
  CHECK(steady(0) == 8);
}

TEST_CASE("OnPlateau refuses options that make no sense") {
  CHECK_NOTHROW(nn::OnPlateau{}.validate());
  CHECK_THROWS_AS(nn::OnPlateau{.learning_rate = -1}.validate(), nn::data_error);
  for (const double factor : {0.0, 1.0, -0.5})
    CHECK_THROWS_AS(nn::OnPlateau{.factor = factor}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::OnPlateau{.patience = -1}.validate(), nn::data_error,
                       Message("OnPlateau: the patience must not be negative, got -1; 10 is usual"));
  CHECK_THROWS_AS(nn::OnPlateau{.threshold = -1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::OnPlateau{.cooldown = -1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::OnPlateau{.minimum = -1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::OnPlateau{.smallest_change = -1}.validate(), nn::data_error);
}

TEST_CASE("OnPlateau that is told nothing has PyTorch's defaults and has seen nothing") {
  const auto [learning_rate, factor, patience, threshold, cooldown, minimum, smallest_change, larger_is_better, best,
              bad_looks, cooldown_left] = nn::OnPlateau{};
  CHECK(learning_rate == 1e-2);
  CHECK(factor == 0.1);
  CHECK(patience == 10);
  CHECK(threshold == 1e-4);
  CHECK(cooldown == 0);
  CHECK(minimum == 0);
  CHECK(smallest_change == 1e-8);
  CHECK_FALSE(larger_is_better);
  CHECK(std::isnan(best));
  CHECK(bad_looks == 0);
  CHECK(cooldown_left == 0);
}
