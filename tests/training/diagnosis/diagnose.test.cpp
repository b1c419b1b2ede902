// SPDX-License-Identifier: MIT
// Every illness is really produced, and a healthy training is left in peace.
#include <nn/training/diagnosis/diagnose.hpp>

#include <cmath>
#include <limits>
#include <sstream>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::diagnosis_of, test::found, test::three_classes;

TEST_CASE("a healthy training stays silent, at its start and at its end") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    test::SmallClassifier network;
    network.initialize(nn::Random(seed));
    const nn::Dataset train = three_classes(), validation = three_classes(1, 100);
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.05}};
    std::ostringstream start;
    CHECK(found(nn::diagnose(trainer, train)).empty());
    trainer.fit(train, {.epochs = 15, .batch_size = 16, .validation = &validation});
    const nn::Diagnosis end = nn::diagnose(trainer, train);
    std::ostringstream text;
    text << end;
    INFO(text.str());
    CHECK(found(end).empty());
  }
}

TEST_CASE("healthy trainings of other kinds stay silent, too: tanh, a deep network, numbers as targets") {
  const nn::Dataset train = three_classes(), validation = three_classes(1, 100);
  const auto check = [](auto network, const auto& loss, const nn::Dataset& set, const nn::Dataset& held_out) {
    nn::Trainer trainer{network, loss, nn::Adam{}};
    trainer.fit(set, {.epochs = 15, .batch_size = 16, .validation = &held_out});
    std::ostringstream text;
    const nn::Diagnosis diagnosis = nn::diagnose(trainer, set);
    text << diagnosis;
    INFO(text.str());
    CHECK(found(diagnosis).empty());
  };
  check(nn::Sequential<float>(nn::Input{6}, nn::Dense{16}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}), nn::CrossEntropy{},
        train, validation);
  nn::Sequential<float> deep{nn::Input{6}};
  for (int i = 0; i < 6; ++i) deep.add(nn::Dense{24}).add(nn::ReLU{});
  check(deep.add(nn::Dense{3}).add(nn::Softmax{}), nn::CrossEntropy{}, train, validation);
  const auto sums = [](const nn::Dataset& set) {
    const nn::Matrix<double> x = set.inputs<double>();
    return nn::Dataset(x, nn::Matrix<double>(x.topRows(2) - x.bottomRows(2)));
  };
  check(nn::Sequential<float>(nn::Input{6}, nn::Dense{16}, nn::Sigmoid{}, nn::Dense{2}), nn::MeanSquaredError{},
        sums(train), sums(validation));
}

TEST_CASE("a single sample is looked at, also by a network that needs more to train on") {
  nn::Sequential<float> network(nn::Input{6}, nn::BatchNorm{}, nn::Dense{4}, nn::BatchNorm{}, nn::Dense{3},
                                nn::Softmax{});
  const nn::Dataset one(test::drawn<double>(6, 1, 1), std::vector<int>{1}, 3);
  const auto diagnosis = diagnosis_of(network, one);
  CHECK(diagnosis.has(Illness::unfitting_labels));  // all of one class
  CHECK(found(diagnosis).size() == 1);
  network.parameters()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(diagnosis_of(network, one).has(Illness::not_finite));
}

TEST_CASE("a debug build is told from an optimised one") {
  test::SmallClassifier network;
#ifdef __OPTIMIZE__
  CHECK_FALSE(diagnosis_of(network, three_classes()).has(Illness::debug_build));
#else
  CHECK(diagnosis_of(network, three_classes()).has(Illness::debug_build));
#endif
}

TEST_CASE("too few samples to look at are refused") {
  test::SmallClassifier network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(nn::diagnose(trainer, three_classes(), {.samples = 1}), nn::data_error);
}

TEST_CASE("a diagnosis that is told nothing looks at 256 samples") { CHECK(nn::DiagnoseOptions{}.samples == 256); }
