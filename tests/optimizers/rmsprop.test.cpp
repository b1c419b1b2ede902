// SPDX-License-Identifier: MIT
#include <nn/optimizers/rmsprop.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("RMSProp goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::RMSProp{.learning_rate = 0.002}, "rmsprop");
  test::check_trajectory(nn::RMSProp{.smoothing = 0.9, .epsilon = 1, .weight_decay = 0.1}, "rmsprop_decay");
  test::check_trajectory(nn::RMSProp{.learning_rate = 0.002, .momentum = 0.9}, "rmsprop_momentum");
  test::check_trajectory(
      nn::RMSProp{.learning_rate = 0.002, .smoothing = 0.95, .epsilon = 1e-2, .momentum = 0.5, .centered = true},
      "rmsprop_centered");
}

TEST_CASE("RMSProp takes known steps") {
  // v = g^2 / 4, so a first step of rate g / (|g| / 2 + 1); a gradient of 0 moves nothing.
  const nn::RMSProp rmsprop{.learning_rate = 0.5, .smoothing = 0.75, .epsilon = 1};
  const test::Vector w = test::first_stepped(rmsprop, test::Vector{{1, 1, 1}}, test::Vector{{2, -6, 0}});
  CHECK(w[0] == Approx(1 - 0.5 * 2 / 2.0).epsilon(1e-14));
  CHECK(w[1] == Approx(1 + 0.5 * 6 / 4.0).epsilon(1e-14));
  CHECK(w[2] == 1);
  // Without smoothing v is g^2 and the mean g: centered, nothing is left under the root.
  const nn::RMSProp centered{.learning_rate = 0.5, .smoothing = 0, .epsilon = 1, .centered = true};
  CHECK(test::first_stepped(centered, test::Vector{{1, 1}}, test::Vector{{2, 0.1}})[0] == 0);
}

TEST_CASE("RMSProp's root stays a number where rounding leaves v below mean^2") {
  // A gradient that is always the same: v - mean^2 comes down to rounding, of either sign.
  const nn::RMSProp rmsprop{.learning_rate = 1e-3, .smoothing = 0.5, .epsilon = 1, .centered = true};
  test::Vector w = test::Vector::Zero(7);
  const test::Vector g{{0.1, 0.2, 0.3, 0.7, 1.1, 1.3, 1e8}};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(7, 3);
  for (int number = 1; number <= 200; ++number) w = test::stepped(rmsprop, w, g, state, number);
  CHECK(w.allFinite());
  CHECK((state.col(0).array() - state.col(1).array().square()).minCoeff() < 0);
}

TEST_CASE("RMSProp remembers a mean and a velocity only where it needs them") {
  CHECK(nn::RMSProp{}.state_count() == 1);
  CHECK(nn::RMSProp{.centered = true}.state_count() == 3);
  CHECK(nn::RMSProp{.momentum = 0.9}.state_count() == 3);
}

TEST_CASE("RMSProp refuses options that make no sense") {
  CHECK_NOTHROW(nn::RMSProp{}.validate());
  CHECK_THROWS_MATCHES(nn::RMSProp{.learning_rate = -1}.validate(), nn::data_error,
                       Message("RMSProp: the learning rate must be a positive number, got -1; 1e-2 is a usual start"));
  CHECK_THROWS_MATCHES(nn::RMSProp{.smoothing = 1}.validate(), nn::data_error,
                       Message("RMSProp: smoothing must be at least 0 and below 1, got 1; 0.99 is usual"));
  CHECK_THROWS_MATCHES(nn::RMSProp{.epsilon = 0}.validate(), nn::data_error,
                       Message("RMSProp: epsilon must be a positive number, got 0; 1e-8 is usual"));
  CHECK_THROWS_MATCHES(nn::RMSProp{.weight_decay = -1}.validate(), nn::data_error,
                       Message("RMSProp: weight decay must not be negative, got -1; 1e-4 is usual, 0 is none"));
  CHECK_THROWS_MATCHES(nn::RMSProp{.momentum = 1.5}.validate(), nn::data_error,
                       Message("RMSProp: momentum must be at least 0 and below 1, got 1.5; 0.9 is usual, 0 is none"));
}

TEST_CASE("RMSProp that is told nothing has PyTorch's defaults") {
  const auto [learning_rate, smoothing, epsilon, weight_decay, momentum, centered] = nn::RMSProp{};
  CHECK(learning_rate == 1e-2);
  CHECK(smoothing == 0.99);
  CHECK(epsilon == 1e-8);
  CHECK(weight_decay == 0);
  CHECK(momentum == 0);
  CHECK_FALSE(centered);
}
