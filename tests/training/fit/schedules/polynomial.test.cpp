// SPDX-License-Identifier: MIT
#include <nn/training/fit/schedules/polynomial.hpp>

#include "rates.hpp"

using Catch::Matchers::Message;

TEST_CASE("PolynomialSchedule has PyTorch's rates") {
  test::check_rates(nn::PolynomialSchedule{.learning_rate = 0.1, .steps = 30, .power = 1.7}, "polynomial");
}

TEST_CASE("PolynomialSchedule falls to its minimum and stays there") {
  const nn::PolynomialSchedule line{.learning_rate = 9, .minimum = 1, .steps = 4};
  CHECK(line(0) == 9);
  CHECK(line(1) == 7);
  CHECK(line(4) == 1);
  CHECK(line(400) == 1);
  const nn::PolynomialSchedule parabola{.learning_rate = 9, .minimum = 1, .steps = 4, .power = 2};
  CHECK(parabola(2) == 3);
}

TEST_CASE("PolynomialSchedule refuses options that make no sense") {
  CHECK_NOTHROW(nn::PolynomialSchedule{}.validate());
  CHECK_THROWS_AS(nn::PolynomialSchedule{.learning_rate = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::PolynomialSchedule{.minimum = -1}.validate(), nn::data_error,
                       Message("PolynomialSchedule: the minimum must not be negative, got -1; 0 is usual"));
  CHECK_THROWS_AS(nn::PolynomialSchedule{.steps = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::PolynomialSchedule{.power = 0}.validate(), nn::data_error,
                       Message("PolynomialSchedule: the power must be a positive number, got 0; 1 is a line"));
}

TEST_CASE("PolynomialSchedule without a length is told it, and gives no rate before") {
  const nn::PolynomialSchedule open{.learning_rate = 0.5};
  CHECK(open.steps == 0);
  CHECK(open.lasting(20)(7) == nn::PolynomialSchedule{.learning_rate = 0.5, .steps = 20}(7));
  CHECK(nn::PolynomialSchedule{.steps = 5}.lasting(20).steps == 5);
  CHECK_THROWS_MATCHES(
      open(0), nn::data_error,
      Message("PolynomialSchedule: the number of steps must be at least 1, got 0; only within fit may it be left "
              "open"));
}

TEST_CASE("PolynomialSchedule that is told nothing is a line to 0, as long as its fit lasts") {
  const auto [learning_rate, minimum, steps, power] = nn::PolynomialSchedule{};
  CHECK(learning_rate == 1e-2);
  CHECK(minimum == 0);
  CHECK(steps == 0);
  CHECK(power == 1);
}
