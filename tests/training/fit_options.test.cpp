// SPDX-License-Identifier: MIT
#include <nn/training/fit_options.hpp>

#include <cmath>
#include <limits>

#include <nn/network.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using V = nn::Vector<double>;

namespace {

nn::Dataset line() {  // y = 2 x
  const M points = M(V::LinSpaced(40, -1, 1).transpose());
  return {points, M(2 * points)};
}

}  // namespace

TEST_CASE("batches that are accumulated make the step of one large batch") {
  const auto fitted = [](nn::Index batch_size, nn::Index accumulate) {
    nn::Network<double, nn::Input<1>, nn::Dense<3>, nn::Tanh, nn::Dense<1>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
    trainer.fit(line(), {.epochs = 3, .batch_size = batch_size, .accumulate = accumulate});
    CHECK(trainer.step_count() == 6);
    return V(network.parameters());
  };
  CHECK((fitted(20, 1) - fitted(5, 4)).norm() < 1e-13);
}

TEST_CASE("training ends without improvement, with the parameters of the best epoch") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  network.parameters() << 2, 0;  // perfect already; the large rate then makes it worse and worse
  nn::Dataset noisy{line().inputs<double>(), M(line().targets<double>().array() + 1)};
  const nn::Dataset validation = line();
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.05}};
  const nn::History history = trainer.fit(noisy, {.epochs = 50, .validation = &validation, .patience = 3});
  CHECK(history.ending == nn::Ending::no_improvement);
  CHECK(history.epochs.size() == 4);
  CHECK(history.best_epoch == 1);
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, validation).loss == history.epochs[0].validation_loss);
}

TEST_CASE("budgets of steps and of time end the training") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  nn::History history = trainer.fit(line(), {.epochs = 100, .batch_size = 1, .steps = 55});
  CHECK(trainer.step_count() == 55);
  CHECK(history.ending == nn::Ending::step_budget);
  history = trainer.fit(line(), {.epochs = 1'000'000, .seconds = 0.05});
  CHECK(history.ending == nn::Ending::time_budget);
}

TEST_CASE("the share for validation is not trained on") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> a, b;
  nn::Trainer with_share{a, nn::MeanSquaredError{}, nn::SGD{}}, by_hand{b, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::History first = with_share.fit(line(), {.epochs = 2, .validation_share = 0.25});
  const nn::Dataset validation = line().subset(30, 10);
  const nn::History second = by_hand.fit(line().subset(0, 30), {.epochs = 2, .validation = &validation});
  CHECK(a == b);
  CHECK(first.epochs[1].validation_loss == second.epochs[1].validation_loss);
}

TEST_CASE("a schedule sets the rate of every update") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  std::vector<double> rates;
  trainer.fit(line(), {.batch_size = 10,
                       .on_batch = [&](nn::Progress& progress) { rates.push_back(progress.learning_rate); },
                       .schedule = [](std::int64_t step) { return 0.1 / static_cast<double>(step + 1); }});
  CHECK(rates == std::vector<double>{0.1, 0.05, 0.1 / 3, 0.025});
}

TEST_CASE("options of fit that make no sense are refused, each in a sentence") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> small;
  nn::Trainer fitter{small, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::Dataset data = line();
  CHECK_THROWS_AS(fitter.fit(data, {.validation_share = 1}), nn::data_error);
  CHECK_THROWS_MATCHES(fitter.fit(data, {.validation_share = 0.01}), nn::data_error,
                       Message("fit: a share of 0.01 of 40 samples is none to validate; give a larger one, or a "
                               "validation set"));
  CHECK_THROWS_AS(fitter.fit(data, {.validation = &data, .validation_share = 0.5}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.patience = 1}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.keep_best = true}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.accumulate = 0}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.steps = -1}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.seconds = -1}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.validation_share = 0.5, .patience = -1}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.min_improvement = -1}), nn::data_error);
  const double nan = std::nan("");
  CHECK_THROWS_AS(fitter.fit(data, {.validation_share = nan}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.validation_share = -0.1}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.min_improvement = nan}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.seconds = nan}), nn::data_error);
  CHECK_THROWS_AS(fitter.fit(data, {.schedule = nn::StepSchedule{.learning_rate = nan}}), nn::data_error);
  CHECK_THROWS_MATCHES(fitter.fit(data, {.schedule = nn::OnPlateau{}}), nn::data_error,
                       Message("fit: the schedule waits for validation losses, but there is no validation set; give "
                               "one, or a validation_share"));
  CHECK(fitter.step_count() == 0);
  CHECK_NOTHROW(fitter.fit(data, {.validation_share = 0.5, .schedule = nn::OnPlateau{}}));
}

TEST_CASE("a schedule that gives no rate is refused before the update, one that ends at 0 is not") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  for (const double rate : {-0.1, -1e-40, std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(trainer.fit(line(), {.schedule = [rate](std::int64_t) { return rate; }}), nn::data_error);
  CHECK_THROWS_MATCHES(trainer.fit(line(), {.schedule = [](std::int64_t) { return -0.1; }}), nn::data_error,
                       Message("SGD: the learning rate must be a positive number, got -0.1; 1e-2 is a usual start"));
  trainer.fit(line(), {.schedule = [](std::int64_t) { return 0.0; }});
  CHECK((network.parameters() - before.parameters()).cwiseAbs().maxCoeff() < 1e-25F);
}
