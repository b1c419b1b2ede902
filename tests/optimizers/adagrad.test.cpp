// SPDX-License-Identifier: MIT
#include <nn/optimizers/adagrad.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("Adagrad goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::Adagrad{.learning_rate = 0.2}, "adagrad");
  test::check_trajectory(
      nn::Adagrad{
          .learning_rate = 0.2, .learning_rate_decay = 0.01, .weight_decay = 0.1, .initial_sum = 0.1, .epsilon = 1e-3},
      "adagrad_decay");
}

TEST_CASE("Adagrad takes known steps") {
  // First v = g^2, a step of rate g / (|g| + 1); then v = 2 g^2, with the rate halved by its decay.
  const nn::Adagrad adagrad{.learning_rate = 0.5, .learning_rate_decay = 1, .epsilon = 1};
  const test::Vector g{{3, -1, 0}};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(3, 1);
  test::Vector w = test::stepped(adagrad, test::Vector{{1, 1, 1}}, g, state, 1);
  CHECK(w[0] == Approx(1 - 0.5 * 3 / 4.0).epsilon(1e-14));
  CHECK(w[1] == Approx(1 + 0.5 * 1 / 2.0).epsilon(1e-14));
  CHECK(w[2] == 1);
  w = test::stepped(adagrad, w, g, state, 2);
  CHECK(w[0] == Approx(1 - 0.5 * 3 / 4.0 - 0.25 * 3 / (3 * std::sqrt(2.0) + 1)).epsilon(1e-14));
  CHECK(state == nn::Matrix<double>{{18}, {2}, {0}});
  // The sum may start above zero: sqrt(16 + 9) + 1 = 6.
  const nn::Adagrad from_16{.learning_rate = 0.5, .initial_sum = 16, .epsilon = 1};
  CHECK(test::first_stepped(from_16, test::Vector{{1, 1}}, test::Vector{{3, 0}})[0] == Approx(0.75).epsilon(1e-14));
}

TEST_CASE("Adagrad refuses options that make no sense") {
  CHECK_NOTHROW(nn::Adagrad{}.validate());
  CHECK_THROWS_MATCHES(nn::Adagrad{.learning_rate = -1}.validate(), nn::data_error,
                       Message("Adagrad: the learning rate must be a positive number, got -1; 1e-2 is a usual start"));
  CHECK_THROWS_MATCHES(nn::Adagrad{.learning_rate_decay = -1}.validate(), nn::data_error,
                       Message("Adagrad: the decay of the learning rate must not be negative, got -1; 0 is none"));
  CHECK_THROWS_MATCHES(nn::Adagrad{.weight_decay = -1}.validate(), nn::data_error,
                       Message("Adagrad: weight decay must not be negative, got -1; 1e-4 is usual, 0 is none"));
  CHECK_THROWS_MATCHES(nn::Adagrad{.initial_sum = -1}.validate(), nn::data_error,
                       Message("Adagrad: the initial sum must not be negative, got -1; 0 or 0.1 is usual"));
  CHECK_THROWS_MATCHES(nn::Adagrad{.epsilon = 0}.validate(), nn::data_error,
                       Message("Adagrad: epsilon must be a positive number, got 0; 1e-10 is usual"));
}

TEST_CASE("Adagrad that is told nothing has PyTorch's defaults") {
  const auto [learning_rate, learning_rate_decay, weight_decay, initial_sum, epsilon] = nn::Adagrad{};
  CHECK(learning_rate == 1e-2);
  CHECK(learning_rate_decay == 0);
  CHECK(weight_decay == 0);
  CHECK(initial_sum == 0);
  CHECK(epsilon == 1e-10);
}
