// SPDX-License-Identifier: MIT
#include <nn/optimizers/lion.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("Lion goes where algorithm 2 of Chen et al. goes for 200 steps") {
  test::check_trajectory(nn::Lion{.learning_rate = 0.01}, "lion");
  test::check_trajectory(nn::Lion{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .weight_decay = 0.5},
                         "lion_decay");
}

TEST_CASE("Lion takes known steps") {
  // By the rate against the sign of the gradient, after decay took 0.25 * 0.5 of w.
  const nn::Lion lion{.learning_rate = 0.25, .beta1 = 0.5, .beta2 = 0.75, .weight_decay = 0.5};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(3, 1);
  test::Vector w = test::stepped(lion, test::Vector{{8, 8, 8}}, test::Vector{{1e-3, -4, 0}}, state, 1);
  CHECK(w == test::Vector{{6.75, 7.25, 7}});
  CHECK(state == nn::Matrix<double>{{0.25e-3}, {-1}, {0}});
  // The sign is that of m / 2 + g / 2 with m = -1: a gradient of 0.5 does not turn it round, 1 cancels it.
  w = test::stepped(nn::Lion{.learning_rate = 0.25, .beta1 = 0.5}, test::Vector{{1, 1, 1}}, test::Vector{{0, 0.5, 0}},
                    state);
  CHECK(w[1] == 1.25);
  state(1, 0) = -1;
  w = test::stepped(nn::Lion{.learning_rate = 0.25, .beta1 = 0.5}, test::Vector{{1, 1, 1}}, test::Vector{{0, 1, 0}},
                    state);
  CHECK(w[1] == 1);
}

TEST_CASE("Lion does not hide a gradient that is no number") {
  const test::Vector w =
      test::first_stepped(nn::Lion{}, test::Vector{{1, 1}}, test::Vector{{1, test::not_a_number<double>}});
  CHECK(w[0] < 1);
  CHECK(std::isnan(w[1]));
}

TEST_CASE("Lion refuses options that make no sense") {
  CHECK_NOTHROW(nn::Lion{}.validate());
  CHECK_THROWS_MATCHES(nn::Lion{.learning_rate = -1}.validate(), nn::data_error,
                       Message("Lion: the learning rate must be a positive number, got -1; 1e-4 is a usual start"));
  for (const double beta : {-0.5, 1.0, test::not_a_number<double>}) {
    CHECK_THROWS_AS(nn::Lion{.beta1 = beta}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::Lion{.beta2 = beta}.validate(), nn::data_error);
  }
  CHECK_THROWS_MATCHES(nn::Lion{.weight_decay = -1}.validate(), nn::data_error,
                       Message("Lion: weight decay must not be negative, got -1; 1e-2 is usual, 0 is none"));
}

TEST_CASE("Lion that is told nothing has its authors' defaults") {
  const auto [learning_rate, beta1, beta2, weight_decay] = nn::Lion{};
  CHECK(learning_rate == 1e-4);
  CHECK(beta1 == 0.9);
  CHECK(beta2 == 0.99);
  CHECK(weight_decay == 0);
}
