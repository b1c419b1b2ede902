// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/one_cycle.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("OneCycle has PyTorch's rates") {
  test::check_rates(nn::OneCycle{.learning_rate = 0.1, .steps = 40}, "one_cycle");
  test::check_rates(
      nn::OneCycle{.learning_rate = 0.1, .steps = 40, .rise = 0.125, .start_divisor = 5, .end_divisor = 20},
      "one_cycle_early");
}

TEST_CASE("OneCycle rises, falls, and stays low") {
  // 10 updates: from 1 at update 0 to 8 at update 4, and down to 1/2 at update 9.
  const nn::OneCycle schedule{.learning_rate = 8, .steps = 10, .rise = 0.5, .start_divisor = 8, .end_divisor = 2};
  CHECK(schedule(0) == Approx(1).epsilon(1e-14));
  CHECK(schedule(2) == Approx(4.5).epsilon(1e-14));
  CHECK(schedule(4) == Approx(8).epsilon(1e-14));
  CHECK(schedule(9) == Approx(0.5).epsilon(1e-14));
  CHECK(schedule(1000) == schedule(9));
  // A rise that ends at the first update, one before it, and a training of one update: no division by zero.
  CHECK(nn::OneCycle{.learning_rate = 8, .steps = 10, .rise = 0.1}(0) == Approx(8).epsilon(1e-14));
  CHECK(nn::OneCycle{.learning_rate = 8, .steps = 10, .rise = 0}(0) < 8);
  CHECK(nn::OneCycle{.learning_rate = 8, .steps = 1, .start_divisor = 4, .end_divisor = 2}(0) ==
        Approx(1).epsilon(1e-14));
}

TEST_CASE("OneCycle refuses options that make no sense") {
  CHECK_NOTHROW(nn::OneCycle{}.validate());
  CHECK_THROWS_AS(nn::OneCycle{.learning_rate = -1}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::OneCycle{.steps = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::OneCycle{.rise = 1}.validate(), nn::data_error,
                       Message("OneCycle: the share of the rise must be at least 0 and below 1, got 1; 0.3 is usual"));
  CHECK_THROWS_MATCHES(nn::OneCycle{.start_divisor = 0}.validate(), nn::data_error,
                       Message("OneCycle: the divisor of the start must be a positive number, got 0; 25 is usual"));
  CHECK_THROWS_MATCHES(nn::OneCycle{.end_divisor = 0}.validate(), nn::data_error,
                       Message("OneCycle: the divisor of the end must be a positive number, got 0; 1e4 is usual"));
}

TEST_CASE("OneCycle without a length is told it, and gives no rate before") {
  const nn::OneCycle open{.learning_rate = 0.5};
  CHECK(open.steps == 0);
  CHECK(open.lasting(20)(7) == nn::OneCycle{.learning_rate = 0.5, .steps = 20}(7));
  CHECK(nn::OneCycle{.steps = 5}.lasting(20).steps == 5);
  CHECK_THROWS_MATCHES(
      open(0), nn::data_error,
      Message("OneCycle: the number of steps must be at least 1, got 0; only within fit may it be left "
              "open"));
}

TEST_CASE("OneCycle that is told nothing has PyTorch's shape, as long as its fit lasts") {
  const auto [learning_rate, steps, rise, start_divisor, end_divisor] = nn::OneCycle{};
  CHECK(learning_rate == 1e-2);
  CHECK(steps == 0);
  CHECK(rise == 0.3);
  CHECK(start_divisor == 25);
  CHECK(end_divisor == 1e4);
}
