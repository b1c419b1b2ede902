// SPDX-License-Identifier: MIT
// Losses are told that oscillate, stand, fall too slowly, or fall where those of the validation rise.
#include <nn/training/diagnosis/diagnose_history.hpp>

#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::three_classes;

namespace {

test::Illnesses of_history(const std::vector<double>& losses, const std::vector<double>& validation_losses = {}) {
  nn::History history;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    history.epochs.push_back({.loss = losses[i]});
    if (!validation_losses.empty()) history.epochs[i].validation_loss = validation_losses[i];
  }
  nn::detail::Findings findings;
  nn::detail::diagnose_history(history, findings);
  return test::illnesses_of(findings);
}

}  // namespace

TEST_CASE("a rate far too high makes the loss oscillate") {
  nn::Network<nn::Input<6>, nn::Dense<3>, nn::Softmax> network;
  const nn::Diagnosis diagnosis = test::after_training(network, three_classes(30), 3, {.epochs = 12, .batch_size = 4});
  CHECK(diagnosis.has(Illness::oscillating_loss));
}

TEST_CASE("a rate far too low is told from a plateau") {
  test::SmallClassifier slow;
  const nn::Diagnosis too_low =
      test::after_training(slow, three_classes(), 1e-7, {.epochs = 8, .batch_size = 16, .shuffle = false});
  CHECK(too_low.has(Illness::small_learning_rate));
  CHECK_FALSE(too_low.has(Illness::plateau));

  // Labels that have nothing to do with the inputs: all that can be learned is how often they occur.
  std::vector<int> labels;
  nn::Random random(3);
  for (int i = 0; i < 3000; ++i) labels.push_back(static_cast<int>(random.below(3)));
  const nn::Dataset noise{test::drawn<double>(6, 3000, 8), labels};
  nn::Network<nn::Input<6>, nn::Dense<3>, nn::Softmax> network;
  network.parameters().setZero();
  const nn::Diagnosis stuck = test::after_training(network, noise, 0.02, {.epochs = 12, .batch_size = 32});
  CHECK(stuck.has(Illness::plateau));
  CHECK_FALSE(stuck.has(Illness::small_learning_rate));
}

TEST_CASE("over-fitting: the validation loss turns up") {
  nn::Network<nn::Input<6>, nn::Dense<64>, nn::ReLU, nn::Dense<3>, nn::Softmax> network;
  std::vector<int> labels;
  nn::Random random(4);
  for (int i = 0; i < 60; ++i) labels.push_back(static_cast<int>(random.below(3)));
  const nn::Dataset few{test::drawn<double>(6, 60, 9), labels};
  const nn::Diagnosis diagnosis =
      test::after_training(network, few, 0.3, {.epochs = 60, .batch_size = 5, .validation_share = 0.3});
  CHECK(diagnosis.has(Illness::overfitting));
}

TEST_CASE("a loss oscillates when it turns more often than every other time, and moves by more than a tenth") {
  CHECK(of_history({1, 1.125, 1, 1.125, 1, 1.125}) == test::Illnesses{Illness::oscillating_loss});
  CHECK(of_history({1, 1.125, 1, 1.125, 1}).empty());            // five epochs say nothing
  CHECK(of_history({1, 1.0625, 1, 1.0625, 1, 1.0625}).empty());  // by less than a tenth
  CHECK(of_history({1, 1.25, 1, 1.25, 1.5, 1.75}).empty());      // two turns of four
  CHECK(of_history({1, 1.25, 1, 1.25, 1, 0.5}) == test::Illnesses{Illness::oscillating_loss});  // three of four
  std::vector<double> calm_later(20, 1);
  for (std::size_t i = 0; i < 8; i += 2) calm_later[i] = 1.5;  // longer ago than the last twelve epochs
  CHECK(of_history(calm_later) == test::Illnesses{Illness::plateau});
  calm_later[0] = 2.5;  // and since the first the loss has more than halved
  CHECK(of_history(calm_later).empty());
}

TEST_CASE("a loss that falls by less than a hundredth has too low a rate where it never turns, else it is a plateau") {
  CHECK(of_history({1, 0.998, 0.996, 0.994, 0.992, 0.991}) == test::Illnesses{Illness::small_learning_rate});
  CHECK(of_history({1, 0.998, 0.996, 0.994, 0.992, 0.989}).empty());
  CHECK(of_history({1, 0.998, 0.999, 0.994, 0.992, 0.991}) == test::Illnesses{Illness::plateau});
  CHECK(of_history({1, 1.001, 1.002, 1.003, 1.004, 1.005}) == test::Illnesses{Illness::plateau});
  CHECK(of_history({1, 1, 1, 1, 1, 1}) == test::Illnesses{Illness::plateau});
  CHECK(of_history({100, 99.8, 99.6, 99.4, 99.2, 99.1}) ==
        test::Illnesses{Illness::small_learning_rate});  // in any unit
  CHECK(of_history({1, 1, 1, 1, 1}).empty());
}

TEST_CASE("a validation loss a twentieth above its lowest, three epochs later, while the loss fell, is over-fitting") {
  CHECK(of_history({4, 3, 2, 1}, {1, 1.2, 1.2, 1.0625}) == test::Illnesses{Illness::overfitting});
  CHECK(of_history({4, 3, 2, 1}, {1, 1.2, 1.2, 1.03125}).empty());
  CHECK(of_history({4, 3, 2, 1}, {1.2, 1, 1.2, 1.2}).empty());  // two epochs ago
  CHECK(of_history({4, 3, 2}, {1, 1.2, 1.2}).empty());
  CHECK(of_history({4, 3, 2, 4}, {1, 1.2, 1.2, 1.2}).empty());  // the loss did not fall
  CHECK(of_history({9, 4, 3, 2, 1}, {2, 1, 1.2, 1.2, 1.2}) == test::Illnesses{Illness::overfitting});
}
