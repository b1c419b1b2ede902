// SPDX-License-Identifier: MIT
#include <nn/training/diagnosis/find_learning_rate.hpp>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {
nn::Dataset data() {
  const nn::Matrix<double> x = test::drawn<double>(4, 200, 1);
  return {x, nn::Matrix<double>(x.topRows(2) - x.bottomRows(2))};
}
}  // namespace

TEST_CASE("the suggested rate trains, a hundred times it does not, and a hundredth of it is slow") {
  nn::Network<nn::Input<4>, nn::Dense<16>, nn::Tanh, nn::Dense<2>> network;
  const auto before = network;
  const nn::LearningRateCurve curve =
      nn::find_learning_rate(network, nn::MeanSquaredError{}, nn::SGD{}, data(), {.highest = 100, .batch_size = 20});
  CHECK(network == before);
  CHECK(curve.rates.size() == curve.losses.size());
  CHECK(curve.rates.size() > 50);
  CHECK(curve.rates[0] == 1e-6);
  CHECK(curve.losses.back() > 2 * *std::min_element(curve.losses.begin(), curve.losses.end()));
  const auto loss_with = [&](double rate) {
    auto copy = network;
    nn::Trainer trainer{copy, nn::MeanSquaredError{}, nn::SGD{.learning_rate = rate}};
    try {
      return trainer.fit(data(), {.epochs = 3, .batch_size = 20}).epochs.back().loss;
    } catch (const nn::data_error&) {
      return 1e30;
    }
  };
  CAPTURE(curve.suggestion);
  CHECK(loss_with(curve.suggestion) < 0.5 * loss_with(curve.suggestion / 100));
  CHECK(loss_with(curve.suggestion) < 0.5 * loss_with(curve.suggestion * 100));
}

TEST_CASE("a range that makes no sense is refused") {
  const nn::Network<nn::Input<4>, nn::Dense<2>> network;
  const auto find = [&](nn::LearningRateRange range) {
    nn::find_learning_rate(network, nn::MeanSquaredError{}, nn::SGD{}, data(), range);
  };
  CHECK_THROWS_AS(find({.lowest = 0}), nn::data_error);
  CHECK_THROWS_AS(find({.lowest = 1, .highest = 0.1}), nn::data_error);
  CHECK_THROWS_AS(find({.highest = test::infinity<double>}), nn::data_error);
  CHECK_THROWS_AS(find({.highest = test::not_a_number<double>}), nn::data_error);
  CHECK_THROWS_AS(find({.steps = 3}), nn::data_error);
  CHECK_THROWS_AS(find({.batch_size = 0}), nn::data_error);
}

TEST_CASE("the same seed finds the same curve, another one another") {
  const nn::Network<nn::Input<4>, nn::Dense<8>, nn::Tanh, nn::Dense<2>> network;
  const auto find = [&](std::uint64_t seed) {
    return nn::find_learning_rate(network, nn::MeanSquaredError{}, nn::Adam{}, data(),
                                  {.batch_size = 20, .random = nn::Random(seed)});
  };
  const auto first = find(1);
  CHECK(find(1).losses == first.losses);
  CHECK(find(1).suggestion == first.suggestion);
  CHECK(find(2).losses != first.losses);
}

TEST_CASE("a range that is told nothing is that of fast.ai") {
  const nn::LearningRateRange range;
  CHECK(range.lowest == 1e-6);
  CHECK(range.highest == 10);
  CHECK(range.steps == 100);
  CHECK(range.batch_size == 64);
  CHECK(range.random == nn::Random(0));
}

// The loss of the constant c from samples that are all 0 is c^2, and a step takes c to (1 - 2 rate) c.
TEST_CASE("the curve is the loss at growing rates, smoothed, up to four times its lowest") {
  const nn::Matrix<double> inputs = nn::Matrix<double>::Zero(1, 30), targets = nn::Matrix<double>::Zero(1, 30);
  nn::Network<double, nn::Input<1>, nn::Dense<1>> network;
  network.parameters() << 0, 1;
  const auto find = [&](nn::LearningRateRange range) {
    return nn::find_learning_rate(network, nn::MeanSquaredError{}, nn::SGD{}, nn::Dataset{inputs, targets}, range);
  };
  // Batches of 20 and of 10, in turn.
  const nn::LearningRateCurve curve = find({.lowest = 1e-3, .highest = 1e3, .steps = 61, .batch_size = 20});
  REQUIRE(curve.rates.size() == curve.losses.size());
  REQUIRE(curve.rates.size() < 61);
  double constant = 1, average = 0, weight = 0, lowest = 1;
  for (std::size_t i = 0; i < curve.rates.size(); ++i) {
    const double rate = 1e-3 * std::pow(10, 0.1 * static_cast<double>(i));
    average = 0.9 * average + 0.1 * constant * constant;
    weight = 0.9 * weight + 0.1;
    constant *= 1 - 2 * rate;
    lowest = std::min(lowest, average / weight);
    CHECK(curve.rates[i] == Approx(rate).epsilon(1e-12));
    CHECK(curve.losses[i] == Approx(average / weight).epsilon(1e-9));
    CHECK((curve.losses[i] > 4 * lowest) == (i + 1 == curve.rates.size()));
  }
  // The steepest fall over a tenth of the steps, 6 of 61.
  std::size_t steepest = 6;
  for (std::size_t i = 6; i < curve.losses.size(); ++i)
    if (curve.losses[i] - curve.losses[i - 6] < curve.losses[steepest] - curve.losses[steepest - 6]) steepest = i;
  CHECK(curve.suggestion == Approx(std::sqrt(curve.rates[steepest] * curve.rates[steepest - 6])).epsilon(1e-12));

  CHECK(find({.lowest = 1e-3, .highest = 1e-2, .steps = 10}).rates.size() == 10);
  CHECK_THROWS_AS(find({.lowest = 1e-3, .highest = 1e-2, .steps = 9}), nn::data_error);
  network.parameters() << 0, 0;  // nothing to learn: the loss never falls
  CHECK_THROWS_WITH(find({.lowest = 1e-3, .highest = 1}),
                    "find_learning_rate: the loss never falls between rates of 0.001 and 1; start lower, or see what "
                    "nn::diagnose says");
}
