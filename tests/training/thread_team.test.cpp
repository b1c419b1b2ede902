// SPDX-License-Identifier: MIT
#include <nn/training/thread_team.hpp>

#include <cstdint>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/core/network.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"

namespace {

using nn::Index;

// 150 samples of 30 features, a third of them zero, in 4 classes.
nn::Dataset some_data() {
  nn::Random random(7);
  nn::Matrix<double> x(30, 150);
  std::vector<int> labels(150);
  for (Index i = 0; i < x.size(); ++i) x.data()[i] = random.below(3) == 0 ? 0 : random.normal();
  for (int& label : labels) label = static_cast<int>(random.below(4));
  return nn::Dataset(x, labels, 4);
}

template <class T>
struct Trained {
  nn::Vector<T> parameters;
  double loss;
  nn::Evaluation evaluation;
};

template <class T>
Trained<T> train(Index threads, Index batch_size, const nn::SGD& optimizer) {
  nn::Network<T, nn::Input<30>, nn::Dense<40>, nn::ReLU, nn::Dense<21, nn::no_bias>, nn::ReLU, nn::Dense<4>,
              nn::Softmax>
      network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer, {.threads = threads}};
  const nn::Dataset data = some_data();
  const nn::History history = trainer.fit(data, {.epochs = 3, .batch_size = batch_size});
  return {network.parameters(), history.epochs.back().loss,
          nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 16, .keep_losses = true, .threads = threads})};
}

template <class T>
void check_same_bits(const nn::SGD& optimizer) {
  for (const Index batch_size : {1, 2, 3, 5, 32, 64, 150}) {
    const Trained<T> alone = train<T>(1, batch_size, optimizer);
    for (const Index threads : {2, 3, 8, 16}) {
      CAPTURE(batch_size, threads, optimizer.momentum);
      const Trained<T> together = train<T>(threads, batch_size, optimizer);
      CHECK((alone.parameters.array() == together.parameters.array()).all());
      CHECK(alone.loss == together.loss);
      CHECK(alone.evaluation.loss == together.evaluation.loss);
      CHECK(alone.evaluation.accuracy == together.evaluation.accuracy);
      CHECK(alone.evaluation.losses == together.evaluation.losses);
    }
  }
}

}  // namespace

TEST_CASE("Every member of a team works once in each round") {
  for (const Index size : {1, 2, 3, 8}) {
    nn::ThreadTeam team(size);
    CHECK(team.size() == size);
    std::vector<int> calls(static_cast<std::size_t>(size), 0);
    for (int round = 0; round < 1000; ++round)
      team.run([&](Index member) { ++calls[static_cast<std::size_t>(member)]; });
    for (const int count : calls) CHECK(count == 1000);
  }
}

TEST_CASE("What a member of a team throws reaches the caller, and the team works on") {
  nn::ThreadTeam team(3);
  for (const Index thrower : {0, 2})
    CHECK_THROWS_AS(team.run([&](Index member) {
      if (member == thrower) throw std::runtime_error("a problem");
    }),
                    std::runtime_error);
  std::vector<int> calls(3, 0);
  team.run([&](Index member) { ++calls[static_cast<std::size_t>(member)]; });
  CHECK(std::accumulate(calls.begin(), calls.end(), 0) == 3);
}

TEST_CASE("A team without threads is refused") {
  CHECK_THROWS_AS(nn::ThreadTeam(0), nn::data_error);
  CHECK_THROWS_WITH(nn::ThreadTeam(-2), "threads: at least 1 must work, got -2; 1 is the default");
}

TEST_CASE("Trained bits do not depend on the number of threads") {
  check_same_bits<float>({.learning_rate = 0.05});
  check_same_bits<double>({.learning_rate = 0.05});
  check_same_bits<float>({.learning_rate = 0.05, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true});
}
