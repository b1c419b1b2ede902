// SPDX-License-Identifier: MIT
#include <nn/training/fit/fit_options.hpp>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

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

TEST_CASE("fit that is told nothing goes once through all samples, shuffled, in batches of 32, without a budget") {
  const nn::FitOptions options;
  CHECK(options.epochs == 1);
  CHECK(options.batch_size == 32);
  CHECK_FALSE(options.drop_last);
  CHECK(options.samples_per_epoch == 0);
  CHECK(options.shuffle);
  CHECK(options.random == nn::Random(0));
  CHECK(options.validation == nullptr);
  CHECK(options.validation_share == 0);
  CHECK(options.patience == 0);
  CHECK(options.min_improvement == 0);
  CHECK_FALSE(options.keep_best);
  CHECK(options.accumulate == 1);
  CHECK(options.steps == 0);
  CHECK(options.seconds == 0);
  const double earlier = nn::steady_seconds();
  CHECK(options.clock() >= earlier);
}

TEST_CASE("a budget of one step is one step") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  CHECK(trainer.fit(line(), {.epochs = 100, .batch_size = 1, .steps = 1}).ending == nn::Ending::step_budget);
  CHECK(trainer.step_count() == 1);
}

TEST_CASE("budgets of steps and of time end the training") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  nn::History history = trainer.fit(line(), {.epochs = 100, .batch_size = 1, .steps = 55});
  CHECK(trainer.step_count() == 55);
  CHECK(history.ending == nn::Ending::step_budget);
  // By a clock that is a second later whenever it is asked, an epoch of 2 batches takes 2 seconds.
  history = trainer.fit(line(), {.epochs = 100, .seconds = 5, .clock = [time = 0.0]() mutable { return ++time; }});
  CHECK(history.ending == nn::Ending::time_budget);
  CHECK(trainer.step_count() == 55 + 5);
  CHECK(history.epochs.back().seconds == 1);
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

TEST_CASE("the lowest validation loss is the best, whatever improvement patience asks for") {
  const nn::Dataset data = line();
  for (const double min_improvement : {0.0, 0.5, std::numeric_limits<double>::infinity()}) {
    CAPTURE(min_improvement);
    nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.01}};
    // Too slow to be better by a half in an epoch, but always better.
    const nn::History history =
        trainer.fit(data, {.epochs = 12, .validation = &data, .min_improvement = min_improvement, .keep_best = true});
    CHECK(history.best_epoch == 12);
    CHECK(nn::evaluate(network, nn::MeanSquaredError{}, data).loss == history.epochs.back().validation_loss);
  }
}

TEST_CASE("patience compares with the last loss that was lower by enough, so that small steps add up") {
  // Full batches and a small rate: the loss falls by about as much in every epoch.
  const auto epochs = [](double min_improvement) {
    const nn::Dataset data = line();
    nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
    network.parameters() << 0, 0;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-3}};
    const nn::History history = trainer.fit(
        data, {.epochs = 12, .batch_size = 40, .validation = &data, .patience = 3, .min_improvement = min_improvement});
    const double first = history.epochs[0].validation_loss - history.epochs[1].validation_loss;
    CHECK(first > 0);
    return std::pair(history.epochs.size(), first);
  };
  const double per_epoch = epochs(0).second;
  CHECK(epochs(2.5 * per_epoch).first == 12);  // reached in the third epoch, before patience is over
  CHECK(epochs(5 * per_epoch).first == 4);     // not reached within three
}

TEST_CASE("a last batch that BatchNorm cannot train on joins the one before it, others stay, or are dropped") {
  const auto sizes = [](auto network, nn::Index samples, nn::FitOptions options) {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    std::vector<nn::Index> seen;
    options.on_batch = [&](nn::Progress& progress) {
      seen.push_back(progress.samples_seen);
      CHECK(progress.batch == static_cast<nn::Index>(seen.size()));
    };
    options.on_epoch = [&](nn::Progress& progress) {
      CHECK(progress.batches == static_cast<nn::Index>(seen.size()));
      CHECK(progress.samples == seen.back());
    };
    const M x = test::drawn<double>(2, samples, 1);
    trainer.fit(nn::Dataset(x, M(x.topRows(1))), options);
    return seen;
  };
  const nn::Network<double, nn::Input<2>, nn::BatchNorm, nn::Dense<1>> normalized;
  const nn::Network<double, nn::Input<2>, nn::Dense<1>> plain;
  using Sizes = std::vector<nn::Index>;
  CHECK(sizes(normalized, 9, {.batch_size = 4}) == Sizes{4, 9});
  CHECK(sizes(normalized, 10, {.batch_size = 4}) == Sizes{4, 8, 10});
  CHECK(sizes(normalized, 8, {.batch_size = 4}) == Sizes{4, 8});
  CHECK(sizes(plain, 9, {.batch_size = 4}) == Sizes{4, 8, 9});
  CHECK(sizes(plain, 9, {.batch_size = 4, .drop_last = true}) == Sizes{4, 8});
  CHECK(sizes(plain, 8, {.batch_size = 4, .drop_last = true}) == Sizes{4, 8});
  CHECK(sizes(plain, 3, {.batch_size = 4}) == Sizes{3});
}

TEST_CASE("batches that are too small, or none, are refused before the first update") {
  nn::Network<double, nn::Input<2>, nn::BatchNorm, nn::Dense<1>> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::Dataset data(test::drawn<double>(2, 9, 1), test::drawn<double>(1, 9, 2));
  CHECK_THROWS_MATCHES(trainer.fit(data, {.batch_size = 1}), nn::data_error,
                       Message("fit: a batch of 1 is too small for this network, which needs 2 samples to train on "
                               "(BatchNorm); use a larger batch_size"));
  CHECK_THROWS_AS(trainer.fit(data.subset(0, 1)), nn::data_error);
  CHECK_THROWS_MATCHES(
      trainer.fit(data, {.batch_size = 10, .drop_last = true}), nn::data_error,
      Message("fit: drop_last leaves nothing of 9 samples in batches of 10; use a smaller batch_size"));
  CHECK(network == before);
  nn::Trainer frozen{network, nn::MeanSquaredError{}, nn::SGD{}, {.learning_rate_factors = {0, 1}}};
  CHECK_NOTHROW(frozen.fit(data, {.batch_size = 1}));
}

TEST_CASE("a schedule begins with its fit, and afterwards the optimizer's own rate is back") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.02}};
  std::vector<double> rates;
  const nn::OneCycle cycle{.learning_rate = 0.1, .steps = 4};
  for (int fit = 0; fit < 2; ++fit) {
    rates.clear();
    trainer.fit(line(), {.batch_size = 10,
                         .on_batch =
                             [&](nn::Progress& progress) {
                               rates.push_back(progress.learning_rate);
                               CHECK(trainer.optimizer().learning_rate == 0.02);
                             },
                         .schedule = cycle});
    CHECK(rates == std::vector<double>{cycle(0), cycle(1), cycle(2), cycle(3)});
    CHECK(trainer.optimizer().learning_rate == 0.02);
  }
  // Also when a callback, the schedule or the update itself throws.
  const auto throws = [&](nn::FitOptions options) { CHECK_THROWS_AS(trainer.fit(line(), options), nn::data_error); };
  const auto broken = [](auto) -> double { throw nn::data_error("broken"); };
  throws({.on_batch = [&](nn::Progress& progress) { broken(progress); }, .schedule = cycle});
  throws({.schedule = broken});
  throws({.epochs = 1000, .schedule = [](std::int64_t) { return 1e200; }});
  CHECK(trainer.optimizer().learning_rate == 0.02);
  network.initialize(nn::Random(1));
  trainer.fit(line(),
              {.batch_size = 40, .on_batch = [](nn::Progress& progress) { CHECK(progress.learning_rate == 0.02); }});
}

TEST_CASE("a schedule without a length lasts as long as its fit") {
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  std::vector<double> rates;
  const auto check = [&](nn::FitOptions options, nn::Schedule open, nn::Schedule closed, std::int64_t updates) {
    rates.clear();
    options.schedule = std::move(open);
    const nn::ProgressCallback note = [&](nn::Progress& progress) { rates.push_back(progress.learning_rate); };
    if (options.accumulate == 1) options.on_batch = note;
    const std::int64_t before = trainer.step_count();
    trainer.fit(line(), options);
    CHECK(trainer.step_count() - before == updates);
    for (std::size_t i = 0; i < rates.size(); ++i) CHECK(rates[i] == closed(static_cast<std::int64_t>(i)));
    if (options.accumulate == 1) CHECK(rates.size() == static_cast<std::size_t>(updates));
  };
  // 40 samples: 3 batches of at most 16 an epoch.
  check({.epochs = 4, .batch_size = 16}, nn::OneCycle{}, nn::OneCycle{.steps = 12}, 12);
  check({.epochs = 4, .batch_size = 16}, nn::CosineSchedule{}, nn::CosineSchedule{.steps = 12}, 12);
  check({.epochs = 4, .batch_size = 16}, nn::PolynomialSchedule{}, nn::PolynomialSchedule{.steps = 12}, 12);
  check({.epochs = 4, .batch_size = 16}, nn::WarmUp<nn::CosineSchedule>{.steps = 5},
        nn::WarmUp<nn::CosineSchedule>{.schedule = {.steps = 7}, .steps = 5}, 12);
  check({.epochs = 1'000'000'000'000'000'000, .batch_size = 16, .steps = 7}, nn::OneCycle{}, nn::OneCycle{.steps = 7},
        7);
  // One that has a length keeps it.
  check({.epochs = 4, .batch_size = 16}, nn::OneCycle{.steps = 5}, nn::OneCycle{.steps = 5}, 12);

  // Two updates an epoch, of two batches and of one: the last update has the lowest rate.
  double lowest = 1;
  trainer.fit(line(), {.epochs = 2,
                       .batch_size = 16,
                       .on_batch = [&](nn::Progress& progress) { lowest = progress.learning_rate; },
                       .accumulate = 2,
                       .schedule = nn::OneCycle{}});
  CHECK(lowest == nn::OneCycle{.steps = 4}(3));
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
  CHECK_THROWS_AS(fitter.fit(data, {.clock = nullptr}), nn::data_error);
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

TEST_CASE("no epochs are no updates, also of a schedule that lasts as long as the fit") {
  nn::Network<nn::Input<2>, nn::Dense<1>> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::Dataset data{nn::Matrix<float>{{1, 2}, {3, 4}}, nn::Matrix<float>{{1, 2}}};
  CHECK(trainer.fit(data, {.epochs = 0, .schedule = nn::OneCycle{}}).epochs.empty());
  CHECK(trainer.fit(data, {.epochs = 0, .schedule = nn::CosineSchedule{}}).epochs.empty());
  CHECK(network == before);
}
