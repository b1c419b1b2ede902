// SPDX-License-Identifier: MIT
#include <nn/optimizers/adamw.hpp>

#include "trajectory.hpp"

using Catch::Matchers::Message;

TEST_CASE("AdamW goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::AdamW{.learning_rate = 0.02}, "adamw");
  test::check_trajectory(
      nn::AdamW{.learning_rate = 0.02, .beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.5},
      "adamw_decay");
}

TEST_CASE("AdamW's first step is rate g / (|g| + epsilon), and decay takes rate * decay of the parameter") {
  const nn::AdamW adamw{.learning_rate = 0.25, .epsilon = 1, .weight_decay = 0.5};
  const test::Vector w = test::first_stepped(adamw, test::Vector{{8, 8, 8}}, test::Vector{{1, -3, 0}});
  CHECK(w[0] == Approx(8 - 1 - 0.25 * 1 / 2.0).epsilon(1e-14));
  CHECK(w[1] == Approx(8 - 1 + 0.25 * 3 / 4.0).epsilon(1e-14));
  CHECK(w[2] == 7);
}

TEST_CASE("AdamW refuses options that make no sense") {
  CHECK_NOTHROW(nn::AdamW{}.validate());
  CHECK_THROWS_MATCHES(nn::AdamW{.learning_rate = -1}.validate(), nn::data_error,
                       Message("AdamW: the learning rate must be a positive number, got -1; 1e-3 is a usual start"));
  for (const double beta : {-0.5, 1.0, test::not_a_number<double>}) {
    CHECK_THROWS_AS(nn::AdamW{.beta1 = beta}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::AdamW{.beta2 = beta}.validate(), nn::data_error);
  }
  CHECK_THROWS_AS(nn::AdamW{.epsilon = 0}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::AdamW{.weight_decay = -1}.validate(), nn::data_error,
                       Message("AdamW: weight decay must not be negative, got -1; 1e-2 is usual, 0 is none"));
}

TEST_CASE("AdamW that is told nothing has PyTorch's defaults") {
  const auto [learning_rate, beta1, beta2, epsilon, weight_decay] = nn::AdamW{};
  CHECK(learning_rate == 1e-3);
  CHECK(beta1 == 0.9);
  CHECK(beta2 == 0.999);
  CHECK(epsilon == 1e-8);
  CHECK(weight_decay == 1e-2);
}
