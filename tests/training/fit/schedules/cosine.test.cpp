// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/cosine.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("CosineSchedule has PyTorch's rates, with restarts and without") {
  const nn::CosineSchedule schedule{.learning_rate = 0.1, .minimum = 0.01, .steps = 6, .restart_factor = 1};
  test::check_rates(schedule, "cosine");
  test::check_rates(nn::CosineSchedule{.learning_rate = 0.1, .minimum = 0.01, .steps = 5, .restart_factor = 2},
                    "cosine_longer");
  test::check_rates(nn::CosineSchedule{.learning_rate = 0.1, .minimum = 0.01, .steps = 39}, "cosine_once");
}

TEST_CASE("CosineSchedule is halfway in the middle, and starts again only where it shall") {
  const nn::CosineSchedule once{.learning_rate = 9, .minimum = 1, .steps = 6};
  CHECK(once(0) == 9);
  CHECK(once(2) == Approx(7).epsilon(1e-14));  // cos 60 degrees = 1/2
  CHECK(once(3) == Approx(5).epsilon(1e-14));
  CHECK(once(6) == 1);
  CHECK(once(1000000) == 1);
  // Cycles of 6, 18, 54 ... updates start at 0, 6, 24, 78.
  const nn::CosineSchedule thrice{.learning_rate = 9, .minimum = 1, .steps = 6, .restart_factor = 3};
  for (const std::int64_t start : {0, 6, 24, 78}) CHECK(thrice(start) == 9);
  CHECK(thrice(6 + 9) == Approx(5).epsilon(1e-14));
  // Late updates are no longer to work out, and nothing overflows.
  const nn::CosineSchedule often{.learning_rate = 9, .minimum = 1, .steps = 6, .restart_factor = 1};
  CHECK(often(6'000'000'000'000'000) == 9);
  CHECK(thrice(std::int64_t{1} << 62) > 0);
}

TEST_CASE("CosineSchedule refuses options that make no sense") {
  CHECK_NOTHROW(nn::CosineSchedule{}.validate());
  CHECK_THROWS_AS(nn::CosineSchedule{.learning_rate = -1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::CosineSchedule{.minimum = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(
      nn::CosineSchedule{.steps = -1}.validate(), nn::data_error,
      Message("CosineSchedule: the number of steps must not be negative, got -1; 0 is all of the fit"));
  CHECK_THROWS_MATCHES(nn::CosineSchedule{.restart_factor = -1}.validate(), nn::data_error,
                       Message("CosineSchedule: the restart factor must not be negative, got -1; 1 or 2 is usual, 0 is "
                               "no restart"));
}

TEST_CASE("CosineSchedule without a length is told it, and gives no rate before") {
  const nn::CosineSchedule open{.learning_rate = 0.5};
  CHECK(open.steps == 0);
  CHECK(open.lasting(20)(7) == nn::CosineSchedule{.learning_rate = 0.5, .steps = 20}(7));
  CHECK(nn::CosineSchedule{.steps = 5}.lasting(20).steps == 5);
  CHECK_THROWS_MATCHES(
      open(0), nn::data_error,
      Message("CosineSchedule: the number of steps must be at least 1, got 0; only within fit may it be left "
              "open"));
}

TEST_CASE("CosineSchedule that is told nothing falls once, to 0, as long as its fit lasts") {
  const auto [learning_rate, minimum, steps, restart_factor] = nn::CosineSchedule{};
  CHECK(learning_rate == 1e-2);
  CHECK(minimum == 0);
  CHECK(steps == 0);
  CHECK(restart_factor == 0);
}
