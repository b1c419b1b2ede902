// SPDX-License-Identifier: MIT
#include <nn/training/step/parameter_update.hpp>

#include <algorithm>
#include <vector>

#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>

#include "../../catch.hpp"

namespace {

// Two lines, one after the other: weight, bias, weight, bias.
using TwoLines = nn::Network<double, nn::Input<1>, nn::Dense<1>, nn::Dense<1>>;

// What one step makes of the parameters (2, 1, -2, 1), the gradient of each being 1.
nn::Vector<double> after_a_step(const nn::TrainerOptions& options, const nn::SGD& optimizer = {.learning_rate = 0.5}) {
  TwoLines network;
  network.parameters() << 2, 1, -2, 1;
  nn::ParameterUpdate<double, nn::SGD> update(network, optimizer, options);
  update.find_ranges(network);
  update.reserve(4);
  std::fill_n(update.gradient().data(), 4, 1.0);
  nn::ThreadTeam team(options.threads);
  update.add_batch(network.parameters().data(), team);
  CHECK(update.step_count() == 1);
  return network.parameters();
}

}  // namespace

TEST_CASE("a step takes each range with its own rate and decay, on any number of threads") {
  using Numbers = nn::Vector<double>;
  for (const nn::Index threads : {1, 3}) {
    CAPTURE(threads);
    CHECK(after_a_step({.threads = threads}) == Numbers{{1.5, 0.5, -2.5, 0.5}});
    CHECK(after_a_step({.threads = threads, .learning_rate_factors = {0, 2}}) == Numbers{{2, 1, -3, 0}});
    CHECK(after_a_step({.threads = threads, .l1 = 1}) == Numbers{{1, 0.5, -2, 0.5}});
    CHECK(after_a_step({.threads = threads, .l2 = 1, .decay_biases = true}) == Numbers{{0.5, 0, -1.5, 0}});
    CHECK(after_a_step({.threads = threads, .clip_value = 0.5}) == Numbers{{1.75, 0.75, -2.25, 0.75}});
    CHECK(after_a_step({.threads = threads, .clip_norm = 1}) == Numbers{{1.75, 0.75, -2.25, 0.75}});
    CHECK(after_a_step({.threads = threads}, {.learning_rate = 0.5, .weight_decay = 1}) ==
          Numbers{{0.5, 0.5, -1.5, 0.5}});
  }
}

TEST_CASE("the gradients of several batches make one step with their mean") {
  TwoLines network;
  network.parameters() << 2, 1, -2, 1;
  nn::ParameterUpdate<double, nn::SGD> update(network, {.learning_rate = 1}, {});
  update.find_ranges(network);
  update.reserve(4);
  update.accumulate_over(2);
  nn::ThreadTeam team(1);
  std::fill_n(update.gradient().data(), 4, 1.0);
  update.add_batch(network.parameters().data(), team);
  CHECK(update.accumulated() == 1);
  CHECK(update.step_count() == 0);
  std::fill_n(update.gradient().data(), 4, 4.0);
  update.add_batch(network.parameters().data(), team);
  CHECK(update.accumulated() == 0);
  CHECK(network.parameters() == nn::Vector<double>{{0, -1, -4, -1}});
}

TEST_CASE("the average begins with the first parameters and then moves towards the new ones") {
  TwoLines network;
  network.parameters() << 2, 1, -2, 1;
  nn::ParameterUpdate<double, nn::SGD> update(network, {.learning_rate = 1}, {.average_decay = 0.75});
  update.find_ranges(network);
  nn::ThreadTeam team(1);
  CHECK(update.average().size() == 0);
  for (int step = 0; step < 2; ++step) {
    update.reserve(4);
    std::fill_n(update.gradient().data(), 4, 1.0);
    update.add_batch(network.parameters().data(), team);
  }
  CHECK(update.average() == nn::Vector<double>{{0.75, -0.25, -3.25, -0.25}});
}

TEST_CASE("which steps are uniform, and which are plain besides") {
  const TwoLines network;
  const auto update_with = [&](const nn::TrainerOptions& options, const nn::SGD& optimizer) {
    return nn::ParameterUpdate<double, nn::SGD>(network, optimizer, options);
  };
  CHECK(update_with({}, {}).is_plain());
  CHECK(update_with({}, {.momentum = 0.9}).is_uniform());
  CHECK_FALSE(update_with({}, {.momentum = 0.9}).is_plain());
  CHECK_FALSE(update_with({}, {.weight_decay = 0.1}).is_uniform());
  CHECK(update_with({.decay_biases = true}, {.weight_decay = 0.1}).is_uniform());
  CHECK_FALSE(update_with({.clip_norm = 1}, {}).is_uniform());
  CHECK_FALSE(update_with({.freeze_first = 1}, {}).is_uniform());
  auto accumulating = update_with({}, {});
  accumulating.accumulate_over(2);
  CHECK_FALSE(accumulating.is_uniform());
}

TEST_CASE("what is kept before a step comes back") {
  TwoLines network;
  nn::ParameterUpdate<double, nn::SGD> update(network, {.learning_rate = 1, .momentum = 0.5}, {.average_decay = 0.5});
  update.find_ranges(network);
  update.reserve(4);
  nn::ThreadTeam team(1);
  nn::ParameterUpdate<double, nn::SGD>::Snapshot before;
  update.keep(before);
  std::fill_n(update.gradient().data(), 4, 1.0);
  update.add_batch(network.parameters().data(), team);
  CHECK(update.step_count() == 1);
  CHECK(update.average().size() == 4);
  update.go_back_to(before);
  CHECK(update.step_count() == 0);
  CHECK(update.average().size() == 0);
}
