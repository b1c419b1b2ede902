// SPDX-License-Identifier: MIT
#include <nn/optimizers/nadam.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("NAdam goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::NAdam{.learning_rate = 0.005}, "nadam");
  test::check_trajectory(nn::NAdam{.learning_rate = 0.005,
                                   .beta1 = 0.8,
                                   .beta2 = 0.99,
                                   .epsilon = 1e-3,
                                   .weight_decay = 0.1,
                                   .momentum_decay = 0.05},
                         "nadam_decay");
}

TEST_CASE("NAdam takes known steps") {
  // Without momentum decay u_t = b1 / 2 = 1/4. The first step has m = g / 2, so c g + c' m is
  // (3/4) / (1 - 1/4) g + (1/4) / (1 - 1/16) g / 2 = (1 + 2/15) g; and v^ = g^2.
  const nn::NAdam nadam{.learning_rate = 0.25, .beta1 = 0.5, .beta2 = 0.5, .epsilon = 1, .momentum_decay = 0};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(3, 3);
  test::Vector w = test::stepped(nadam, test::Vector{{1, 1, 1}}, test::Vector{{1, -3, 0}}, state, 1);
  CHECK(w[0] == Approx(1 - 0.25 * (17 / 15.0) * 1 / 2).epsilon(1e-14));
  CHECK(w[1] == Approx(1 + 0.25 * (17 / 15.0) * 3 / 4).epsilon(1e-14));
  CHECK(w[2] == 1);
  CHECK(state.col(2) == test::Vector::Constant(3, 0.25));
  // Then g = 0: m = g / 4, c' = (1/4) / (1 - 1/64) = 16/63, and v^ = (g^2 / 4) / (3/4).
  w = test::stepped(nadam, w, test::Vector{{0, 0, 0}}, state, 2);
  CHECK(w[1] ==
        Approx(1 + 0.25 * (17 / 15.0) * 3 / 4 + 0.25 * (16 / 63.0) * 0.75 / (3 / std::sqrt(3.0) + 1)).epsilon(1e-14));
}

TEST_CASE("NAdam refuses options that make no sense") {
  CHECK_NOTHROW(nn::NAdam{}.validate());
  CHECK_THROWS_MATCHES(nn::NAdam{.learning_rate = -1}.validate(), nn::data_error,
                       Message("NAdam: the learning rate must be a positive number, got -1; 2e-3 is a usual start"));
  for (const double beta : {-0.5, 1.0, test::not_a_number<double>}) {
    CHECK_THROWS_AS(nn::NAdam{.beta1 = beta}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::NAdam{.beta2 = beta}.validate(), nn::data_error);
  }
  CHECK_THROWS_AS(nn::NAdam{.epsilon = 0}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::NAdam{.weight_decay = -1}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::NAdam{.momentum_decay = -1}.validate(), nn::data_error,
                       Message("NAdam: momentum decay must not be negative, got -1; 4e-3 is usual"));
}

TEST_CASE("NAdam that is told nothing has PyTorch's defaults") {
  const auto [learning_rate, beta1, beta2, epsilon, weight_decay, momentum_decay] = nn::NAdam{};
  CHECK(learning_rate == 2e-3);
  CHECK(beta1 == 0.9);
  CHECK(beta2 == 0.999);
  CHECK(epsilon == 1e-8);
  CHECK(weight_decay == 0);
  CHECK(momentum_decay == 4e-3);
}
