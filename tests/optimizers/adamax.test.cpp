// SPDX-License-Identifier: MIT
#include <nn/optimizers/adamax.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("Adamax goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::Adamax{.learning_rate = 0.02}, "adamax");
  test::check_trajectory(
      nn::Adamax{.learning_rate = 0.02, .beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.1},
      "adamax_decay");
}

TEST_CASE("Adamax takes known steps") {
  // At first m^ = g and u = |g| + 1. Then g = 0: m = b1 (1 - b1) g = g / 4, m^ = g / 3, u = (|g| + 1) / 2.
  const nn::Adamax adamax{.learning_rate = 0.25, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 1};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(3, 2);
  test::Vector w = test::stepped(adamax, test::Vector{{1, 1, 1}}, test::Vector{{1, -3, 0}}, state, 1);
  CHECK(w[0] == Approx(1 - 0.25 * 1 / 2.0).epsilon(1e-14));
  CHECK(w[1] == Approx(1 + 0.25 * 3 / 4.0).epsilon(1e-14));
  CHECK(w[2] == 1);
  w = test::stepped(adamax, w, test::Vector{{0, 0, 0}}, state, 2);
  CHECK(w[1] == Approx(1 + 0.25 * 3 / 4.0 + 0.25 * 1 / 2.0).epsilon(1e-14));
}

TEST_CASE("Adamax refuses options that make no sense") {
  CHECK_NOTHROW(nn::Adamax{}.validate());
  CHECK_THROWS_MATCHES(nn::Adamax{.learning_rate = -1}.validate(), nn::data_error,
                       Message("Adamax: the learning rate must be a positive number, got -1; 2e-3 is a usual start"));
  for (const double beta : {-0.5, 1.0, test::not_a_number<double>}) {
    CHECK_THROWS_AS(nn::Adamax{.beta1 = beta}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::Adamax{.beta2 = beta}.validate(), nn::data_error);
  }
  CHECK_THROWS_AS(nn::Adamax{.epsilon = 0}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::Adamax{.weight_decay = -1}.validate(), nn::data_error,
                       Message("Adamax: weight decay must not be negative, got -1; 1e-4 is usual, 0 is none"));
}

TEST_CASE("Adamax that is told nothing has the defaults of Kingma and Ba") {
  const auto [learning_rate, beta1, beta2, epsilon, weight_decay] = nn::Adamax{};
  CHECK(learning_rate == 2e-3);
  CHECK(beta1 == 0.9);
  CHECK(beta2 == 0.999);
  CHECK(epsilon == 1e-8);
  CHECK(weight_decay == 0);
}
