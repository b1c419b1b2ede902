// SPDX-License-Identifier: MIT
// What one call of fit does with what it is given; more of it is tested through Trainer::fit, in trainer.test.cpp.
#include <nn/training/fit/fit_run.hpp>

#include <optional>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/step/training_step.hpp>

#include "../../catch.hpp"

namespace {

using RunLine = nn::Network<double, nn::Input<1>, nn::Dense<1>>;
using LineStep = nn::TrainingStep<RunLine, nn::MeanSquaredError, nn::SGD>;

const nn::Dataset& five_samples() {
  static const nn::Dataset data(nn::Matrix<double>{{1, 2, 3, 4, 5}}, nn::Matrix<double>{{2, 4, 6, 8, 9}});
  return data;
}

// Runs one fit from the state, and says how it ended.
struct OneRun {
  RunLine network;
  LineStep step{network, {}, {.learning_rate = 0.01}, {}};
  nn::FitState<double> state;
  std::optional<nn::FitState<double>> interrupted;

  std::optional<nn::Ending> operator()(const nn::FitOptions& options, const nn::Dataset* validation = nullptr) {
    if (state.order.empty()) state = nn::FitState<double>::starting(5, options, step.step_count());
    const nn::Batches batches(5, options, 1);
    nn::FitRun<LineStep> run(step, state, interrupted, five_samples(), batches, validation, options);
    run.begin_schedule(state.schedule);
    return run.train();
  }
};

}  // namespace

TEST_CASE("a run makes all updates of all epochs, and leaves their history in the state") {
  OneRun run;
  CHECK(run({.epochs = 3, .batch_size = 2}) == std::nullopt);
  CHECK(run.step.step_count() == 9);
  CHECK(run.state.history.epochs.size() == 3);
  CHECK_FALSE(run.state.is_within_epoch);
  CHECK_FALSE(run.interrupted);
}

TEST_CASE("a run that ends within an epoch keeps where it was, from where another goes on to the same bits") {
  OneRun whole, two_parts;
  whole({.epochs = 2, .batch_size = 2});
  CHECK(two_parts({.epochs = 2, .batch_size = 2, .steps = 4}) == nn::Ending::step_budget);
  REQUIRE(two_parts.interrupted);
  CHECK(two_parts.interrupted->samples_seen == 2);
  CHECK(two_parts.interrupted->is_within_epoch);
  CHECK(two_parts.state.history.epochs.size() == 2);
  two_parts.state = *two_parts.interrupted;
  CHECK(two_parts({.epochs = 2, .batch_size = 2}) == std::nullopt);
  CHECK(two_parts.network == whole.network);
  CHECK(two_parts.state.history.epochs[1].loss == whole.state.history.epochs[1].loss);
}

TEST_CASE("a run is resumed until its first update") {
  OneRun run;
  bool was_resumed = true;
  run.state = nn::FitState<double>::starting(5, {}, 0);
  run.state.is_resumed = true;
  run({.batch_size = 5, .on_batch = [&](nn::Progress&) { was_resumed = run.state.is_resumed; }});
  CHECK_FALSE(was_resumed);
}

TEST_CASE("a run whose patience is over, or that a callback stops, says so") {
  OneRun run, stopped;
  // Of targets that the training goes away from, each epoch's loss is higher than the first.
  const nn::Dataset away(nn::Matrix<double>{{1, 2}}, nn::Matrix<double>{{-9, -9}});
  CHECK(run({.epochs = 50, .batch_size = 5, .patience = 3}, &away) == nn::Ending::no_improvement);
  CHECK(run.state.history.epochs.size() == 4);
  CHECK(run.state.history.best_epoch == 1);
  CHECK(stopped({.epochs = 50, .batch_size = 5, .on_epoch = [](nn::Progress& now) { now.stop(); }}) ==
        nn::Ending::callback);
  CHECK(stopped.state.history.epochs.size() == 1);
}
