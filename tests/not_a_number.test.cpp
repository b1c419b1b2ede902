// SPDX-License-Identifier: MIT
// NaN and infinity are refused, and what is not known yet is not taken for a number. This is compiled with -ffast-math,
// too, under which x != x is false and comparisons with NaN may be true.
#include <nn/network.hpp>

#include <limits>
#include <string>
#include <vector>

#include "catch.hpp"
#include "io/files.hpp"
#include "numbers.hpp"

namespace {

constexpr double a_nan = std::numeric_limits<double>::quiet_NaN();
constexpr double an_infinity = std::numeric_limits<double>::infinity();

using Curve = nn::Network<nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<1>>;

nn::Matrix<float> curve_inputs() { return test::drawn<float>(2, 64, 1); }
nn::Matrix<float> curve_targets() {
  const nn::Matrix<float> x = curve_inputs();
  return x.row(0).cwiseProduct(x.row(1));
}

}  // namespace

TEST_CASE("data that are no numbers are refused under all flags") {
  for (const float wrong : {float(a_nan), float(an_infinity), -float(an_infinity)}) {
    nn::Matrix<float> x = curve_inputs();
    x(1, 13) = wrong;
    CHECK_THROWS_AS(nn::Dataset(x, curve_targets()), nn::data_error);
    CHECK_THROWS_AS(nn::Standardize::fit(x), nn::data_error);
    Curve network;
    const Curve before = network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    CHECK_THROWS_AS(trainer.step(x, curve_targets()), nn::data_error);
    CHECK(network == before);
  }
  const nn::Dataset data(curve_inputs(), curve_targets());
  for (const double wrong : {a_nan, an_infinity, -1.0})
    CHECK_THROWS_AS(data.with_weights(std::vector<double>(64, wrong)), nn::data_error);
  CHECK_THROWS_AS(nn::ConfusionMatrix(2).add(nn::Matrix<double>{{a_nan}, {0}}, std::vector<int>{0}), nn::data_error);
}

TEST_CASE(
    "parameters that are no numbers are refused by a step and not saved, also behind Tanh and ReLU, and nothing is "
    "changed, under all flags") {
  nn::Network<nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<4>, nn::ReLU, nn::Dense<1>> network;
  for (const nn::Index place : {3, 40, 60}) {
    network.initialize(nn::Random(1));
    network.parameters()[place] = float(a_nan);
    const nn::Vector<float> before = network.parameters();
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    CHECK_THROWS_AS(trainer.step(curve_inputs(), curve_targets()), nn::data_error);
    CHECK(test::have_same_bits(before, network.parameters()));
    CHECK(trainer.step_count() == 0);
    CHECK_THROWS_AS(nn::save(network, "not_a_number.json"), nn::error);
    const nn::Dataset data(curve_inputs(), curve_targets());
    CHECK(nn::is_nan(nn::evaluate(network, nn::MeanSquaredError{}, data).loss));
    CHECK_FALSE(nn::is_finite(network.predict(curve_inputs())(0, 63)));
    CHECK_THROWS_AS(nn::regression_report(network, data), nn::data_error);
    CHECK_THROWS_AS(nn::fit_full_batch(network, nn::MeanSquaredError{}, {}, data), nn::data_error);
    if constexpr (nn::assumes_finite_math)
      CHECK_THROWS_AS(nn::gradients(network, nn::MeanSquaredError{}, curve_inputs(), curve_targets()), nn::data_error);
  }
}

TEST_CASE("options that are no numbers are refused under all flags") {
  for (const double wrong : {a_nan, an_infinity, -an_infinity}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(nn::SGD{.learning_rate = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::SGD{.momentum = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::SGD{.weight_decay = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::Adam{.epsilon = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::TrainerOptions{.l1 = wrong}.validate(1), nn::data_error);
    CHECK_THROWS_AS(nn::TrainerOptions{.clip_norm = wrong}.validate(1), nn::data_error);
    CHECK_THROWS_AS(nn::TrainerOptions{.average_decay = wrong}.validate(1), nn::data_error);
    CHECK_THROWS_AS(nn::TrainerOptions{.learning_rate_factors = {wrong}}.validate(1), nn::data_error);
    CHECK_THROWS_AS(nn::FitOptions{.validation_share = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::Focal{.gamma = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::Huber{.delta = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::CrossEntropy{.label_smoothing = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS((nn::ClassWeighted{nn::CrossEntropy{}, {1, wrong}}.validate()), nn::data_error);
    CHECK_THROWS_AS(nn::ExponentialSchedule{.factor = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::OnPlateau{.threshold = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomShift{.pixels = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomRotation{.degrees = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomScale{.smallest = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomScale{.largest = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomShear{.slope = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomThickness{.strength = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::GaussianNoise{.deviation = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::RandomErase{.share = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::ElasticDistortion{.alpha = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::ElasticDistortion{.sigma = wrong}.validate(), nn::data_error);
    CHECK_THROWS_AS(nn::split(nn::Dataset(curve_inputs(), curve_targets()), {.train = wrong}, nn::Random(1)),
                    nn::data_error);
    const auto never = [](const nn::Trial&) { return 0.0; };
    CHECK_THROWS_AS(nn::search({{.name = "a", .lowest = wrong}}, never), nn::data_error);
    CHECK_THROWS_AS(nn::search({{.name = "a", .highest = wrong}}, never), nn::data_error);
    Curve network;
    CHECK_THROWS_AS(nn::find_learning_rate(network, nn::MeanSquaredError{}, nn::SGD{},
                                           nn::Dataset(curve_inputs(), curve_targets()), {.highest = wrong}),
                    nn::data_error);
    CHECK_THROWS_AS(network.initialize(nn::Random(1), nn::constant(wrong)), nn::data_error);
    CHECK_THROWS_AS(network.initialize(nn::Random(1), nn::Initializer{.gain = wrong}), nn::data_error);
    CHECK(network == Curve{});
  }
  CHECK_THROWS_AS(nn::FitOptions{.min_improvement = a_nan}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::FitOptions{.seconds = a_nan}.validate(), nn::data_error);
  CHECK_THROWS_AS(nn::search({{.name = "a"}}, [](const nn::Trial&) { return 0.0; }, {.seconds = a_nan}),
                  nn::data_error);
}

TEST_CASE("layers whose numbers are none are refused, alone, inside of others and when added, under all flags") {
  for (const double wrong : {a_nan, an_infinity, -an_infinity}) {
    CAPTURE(wrong);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::LeakyReLU{wrong}), nn::data_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::ELU{wrong}), nn::data_error);
    CHECK_THROWS_AS((nn::HardTanh{wrong, 1}), nn::data_error);
    CHECK_THROWS_AS((nn::HardTanh{0, wrong}), nn::data_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::Dropout{wrong}), nn::shape_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::BatchNorm{wrong}), nn::shape_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::BatchNorm{1e-5, wrong}), nn::shape_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::LayerNorm{wrong}), nn::shape_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::GroupNorm{1, wrong}), nn::shape_error);
    CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::Residual(nn::Chain(nn::ELU{wrong}))), nn::data_error);
    nn::Sequential<float> network{nn::Input{2}};
    CHECK_THROWS_AS(network.add(nn::LeakyReLU{wrong}), nn::data_error);
    CHECK_THROWS_AS(network.add(nn::AnyLayer<float>(nn::Residual(nn::ELU{wrong}))), nn::data_error);
    CHECK(network.depth() == 0);
  }
}

TEST_CASE("what is not known is no number: the best epoch, a schedule, reports and logs, under all flags") {
  SECTION("the best checkpoint is written after epochs alone") {
    const test::Folder folder;
    const std::string path = folder / "checkpoint";
    Curve network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
    nn::Checkpoints keep(trainer, path, {});
    int within = 0, after = 0;
    const auto count = [&](nn::Progress& progress, int& number) {
      std::filesystem::remove(path + ".best");
      keep(progress);
      number += std::filesystem::exists(path + ".best");
    };
    trainer.fit({curve_inputs(), curve_targets()}, {.epochs = 2,
                                                    .batch_size = 8,
                                                    .on_batch = [&](nn::Progress& p) { count(p, within); },
                                                    .on_epoch = [&](nn::Progress& p) { count(p, after); },
                                                    .validation_share = 0.25});
    CHECK(within == 0);
    CHECK(after >= 1);
  }
  SECTION("a validation loss of NaN is no progress") {
    nn::OnPlateau plateau{.patience = 0};
    plateau.observe(1);
    plateau.observe(a_nan);
    CHECK(plateau.learning_rate < 1e-2);
  }
  SECTION("a schedule that returns NaN is refused") {
    Curve network;
    const auto before = network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
    CHECK_THROWS_AS(
        trainer.fit({curve_inputs(), curve_targets()}, {.epochs = 1, .schedule = [](std::int64_t) { return a_nan; }}),
        nn::data_error);
    CHECK(network == before);
  }
  SECTION("a trial whose loss is NaN is the worst") {
    int number = 0;
    const auto trials =
        nn::search({{.name = "a"}}, [&](const nn::Trial&) { return ++number == 1 ? a_nan : 1.0; }, {.trials = 2});
    CHECK(trials.front().loss == 1);
  }
  SECTION("a class without samples has no area") {
    nn::RocAuc auc(3);
    auc.add(nn::Matrix<double>{{0.7, 0.2}, {0.2, 0.7}, {0.1, 0.1}}, std::vector<int>{0, 1});
    CHECK(auc.macro() == 1);
  }
}
