// SPDX-License-Identifier: MIT
#include <nn/training/find_learning_rate.hpp>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

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
