// SPDX-License-Identifier: MIT
#include <nn/training/training_step.hpp>

#include <limits>
#include <vector>

#include <nn/core/network.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/sgd.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

using Line = nn::Network<double, nn::Input<1>, nn::Dense<1>>;

// y = w x + b
Line line(double w, double b) {
  Line network;
  network.parameters() << w, b;
  return network;
}

nn::ConstMatrixView<double> row(const std::vector<double>& numbers) {
  return {numbers.data(), 1, static_cast<nn::Index>(numbers.size())};
}

}  // namespace

TEST_CASE("a step worked out by hand") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  // y = 7, its target 5: the loss is 4, and dy = 4
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network.parameters()[0] == 2 - 0.1 * 12);
  CHECK(network.parameters()[1] == 1 - 0.1 * 4);
  CHECK(step.step_count() == 1);
  CHECK(step.pass_count() == 1);
}

TEST_CASE("the loss of a batch is the mean, and weights multiply it") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  const std::vector<double> weights{1, 0};
  // losses 4 and 1, of which the second does not count; the mean is one over both
  CHECK(step(row({3, 0}), row({5, 0}), weights) == 2);
  CHECK(network.parameters()[0] == 2 - 0.1 * 6);
}

TEST_CASE("gradients that are added up make one step, and may be forgotten") {
  Line network = line(2, 1);
  const Line before = network;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  step.accumulate_over(2);
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network == before);
  CHECK(step.accumulated() == 1);
  step.forget_accumulated();
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network == before);
  CHECK(step(row({3}), row({7}), {}) == 0);
  CHECK(network.parameters()[0] == 2 - 0.1 * 6);
  CHECK(step.accumulated() == 0);
  CHECK(step.step_count() == 1);
  CHECK(step.pass_count() == 3);
}

TEST_CASE("a step that cannot be made changes nothing") {
  Line network = line(2, 1);
  const Line before = network;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  CHECK_THROWS_MATCHES(step(row({std::numeric_limits<double>::infinity()}), row({5}), {}), nn::data_error,
                       Message("step: feature 0 of sample 0 is inf; replace it by a finite number"));
  CHECK(network == before);
  CHECK(step.step_count() == 0);
  CHECK_THROWS_AS(
      (nn::TrainingStep{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = -1}, nn::TrainerOptions{}}),
      nn::data_error);
}

TEST_CASE("what the next update depends on is visited by name, the optimizer's options among it") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{}};
  std::vector<std::string> names;
  const auto visit = [&](std::string_view name, const auto&, const auto& problem) {
    names.emplace_back(name);
    CHECK(std::string(problem()).empty());
  };
  decltype(step)::for_each_field(step, visit, network.parameters(), network.state());
  CHECK(names == std::vector<std::string>{"step count", "pass count", "parameters", "state", "optimizer.learning_rate",
                                          "optimizer.momentum", "optimizer.weight_decay", "optimizer.nesterov",
                                          "optimizer.dampening", "optimizer state", "gradient", "accumulated",
                                          "average"});
}
