// SPDX-License-Identifier: MIT
#include <nn/training/fit/fit_loop.hpp>

#include <vector>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>

#include "../../catch.hpp"

// Most of what it does is tested through Trainer::fit, in trainer.test.cpp and the tests of its options.
TEST_CASE("epochs of a loop are the steps that one would make by hand") {
  using Line = nn::Network<double, nn::Input<1>, nn::Dense<1>>;
  Line network, by_hand;
  const nn::Matrix<double> x{{1, 2, 3}}, t{{2, 4, 7}};
  const nn::Dataset data(x, t);
  nn::FitLoop loop(
      nn::TrainingStep(network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.125}, nn::TrainerOptions{}));
  std::vector<nn::Index> batches;
  const nn::History history = loop(data, {.epochs = 2, .batch_size = 2, .shuffle = false, .on_batch = [&](auto& now) {
                                            batches.push_back(now.batch);
                                            CHECK_THROWS_AS(loop.require_outside("step"), nn::data_error);
                                          }});
  nn::TrainingStep step(by_hand, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.125}, nn::TrainerOptions{});
  for (nn::Index epoch = 0; epoch < 2; ++epoch) {
    double sum = 0;
    for (const auto& [first, count] : std::vector<std::pair<nn::Index, nn::Index>>{{0, 2}, {2, 1}})
      sum += step({x.data() + first, 1, count}, {t.data() + first, 1, count}, {}) * static_cast<double>(count);
    CHECK(history.epochs[static_cast<std::size_t>(epoch)].loss == sum / 3);
  }
  CHECK(network == by_hand);
  CHECK(batches == std::vector<nn::Index>{1, 2, 1, 2});
  CHECK(loop.step().step_count() == 4);
  CHECK_NOTHROW(loop.require_outside("step"));
}
