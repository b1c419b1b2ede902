// SPDX-License-Identifier: MIT
#include <nn/training/trainer.hpp>

#include <cmath>
#include <numeric>
#include <stdexcept>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/data/augmentation/affine.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/sequence.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/sgd.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

using M = nn::Matrix<double>;

// A clock that goes on by a second whenever it is asked for the time.
nn::Clock ticking_clock() {
  return [time = 0.0]() mutable { return ++time; };
}

// W -= rate g, but not known to be plain, and it writes down the steps it is asked for.
struct PlainInDisguise {
  double rate = 0.1;
  std::vector<std::int64_t>* numbers = nullptr;
  void validate() const {}
  nn::Index state_count() const { return 0; }
  template <class T>
  void step(nn::VectorView<T> parameters, nn::ConstVectorView<T> gradient, auto&&, std::int64_t number) const {
    if (numbers != nullptr) numbers->push_back(number);
    parameters -= static_cast<T>(rate) * gradient;
  }
};

nn::Sequential<double> small_network() {
  return nn::Sequential<double>(nn::Input{3}, nn::Dense{6}, nn::ReLU{}, nn::Dense{5}, nn::Tanh{}, nn::Dense{4},
                                nn::Softmax{});
}

// 23 samples of 3 features in 4 classes.
nn::Dataset small_data() {
  std::vector<int> labels(23);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i * i % 4);
  return nn::Dataset(test::drawn<double>(3, 23, 31), labels, 4);
}

// A network of one weight, y = w x, and no bias.
nn::Sequential<double> one_weight(double w) {
  nn::Sequential<double> network(nn::Input{1}, nn::Dense{1, nn::no_bias});
  network.parameters()[0] = w;
  return network;
}

}  // namespace

TEST_CASE("a step is the update worked by hand, and returns the mean loss before it") {
  // y = w x = 6; loss (6 - 2)^2 = 16; dw = 2 (6 - 2) 3 = 24; w = 2 - 24 / 32.
  auto network = one_weight(2);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1.0 / 32}};
  CHECK(trainer.step(M{{3}}, M{{2}}) == 16);
  CHECK(network.parameters()[0] == 1.25);
  // Two samples: y = (1.25, 2.5), loss (0.0625 + 0.25) / 2, dw = (2 0.25 1 + 2 0.5 2) / 2 = 1.25.
  CHECK(trainer.step(M{{1, 2}}, M{{1, 2}}) == 0.15625);
  CHECK(network.parameters()[0] == 1.25 - 1.25 / 32);
  CHECK(trainer.step_count() == 2);
}

TEST_CASE("a step takes labels, one label, matrices and any Eigen expression, all alike") {
  const M x = test::drawn<double>(3, 4, 1);
  const auto stepped = [&](auto&& step) {
    auto network = small_network();
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.5}};
    step(trainer);
    CHECK_FALSE(network == small_network());
    return network;
  };
  M one_hot = M::Zero(4, 4);
  const std::vector<int> labels{2, 0, 3, 3};
  for (nn::Index i = 0; i < 4; ++i) one_hot(labels[static_cast<std::size_t>(i)], i) = 1;
  const auto by_labels = stepped([&](auto& trainer) { trainer.step(x, labels); });
  CHECK(by_labels == stepped([&](auto& trainer) { trainer.step(x, one_hot); }));
  CHECK(by_labels == stepped([&](auto& trainer) { trainer.step(2 * x - x, 2 * one_hot - one_hot); }));
  CHECK(by_labels == stepped([&](auto& trainer) { trainer.step(x.transpose().eval().transpose(), one_hot); }));
  const auto by_label = stepped([&](auto& trainer) { trainer.step(x.col(0), 2); });
  CHECK(by_label == stepped([&](auto& trainer) { trainer.step(x.leftCols(1), std::vector<int>{2}); }));
  CHECK(by_label == stepped([&](auto& trainer) { trainer.step(x.col(0), one_hot.col(0)); }));
}

TEST_CASE("plain SGD, fused into the layers, is the optimizer that is given the gradient, to rounding") {
  for (const nn::Index samples : {1, 7}) {
    CAPTURE(samples);
    auto fused = small_network(), apart = small_network();
    nn::Trainer fused_trainer{fused, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
    nn::Trainer apart_trainer{apart, nn::CrossEntropy{}, PlainInDisguise{}};
    for (std::uint64_t step = 0; step < 50; ++step) {
      const M x = test::drawn<double>(3, samples, step), t = test::drawn_probabilities<double>(4, samples, step + 99);
      CHECK(std::abs(fused_trainer.step(x, t) - apart_trainer.step(x, t)) < 1e-13);
    }
    CHECK((fused.parameters() - apart.parameters()).cwiseAbs().maxCoeff() < 1e-13);
    CHECK((fused.parameters() - small_network().parameters()).cwiseAbs().maxCoeff() > 0.01);
  }
}

TEST_CASE("the optimizer is told the number of the step, counted from 1") {
  auto network = one_weight(1);
  std::vector<std::int64_t> numbers;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, PlainInDisguise{.numbers = &numbers}};
  for (int i = 0; i < 3; ++i) trainer.step(M{{1}}, M{{0}});
  CHECK(numbers == std::vector<std::int64_t>{1, 2, 3});
}

TEST_CASE("momentum is kept from step to step") {
  // y = w, target 0, dw = 2 w. v1 = 2 w, w1 = w - v1 / 8; v2 = v1 / 2 + 2 w1.
  auto network = one_weight(4);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.125, .momentum = 0.5}};
  trainer.step(M{{1}}, M{{0}});
  CHECK(network.parameters()[0] == 3);  // v = 8
  trainer.step(M{{1}}, M{{0}});
  CHECK(network.parameters()[0] == 3 - (4 + 6) / 8.0);
}

TEST_CASE("options of the optimizer may be changed between steps, and are checked again") {
  auto network = one_weight(4);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.125}};
  trainer.optimizer().learning_rate = 0.25;
  trainer.step(M{{1}}, M{{0}});
  CHECK(network.parameters()[0] == 2);
  trainer.optimizer().learning_rate = 0;
  CHECK_THROWS_AS(trainer.step(M{{1}}, M{{0}}), nn::data_error);
  CHECK(network.parameters()[0] == 2);
}

TEST_CASE("a trainer refuses options that make no sense") {
  auto network = one_weight(1);
  for (const double rate : {0.0, -1.0, test::not_a_number<double>, test::infinity<double>})
    CHECK_THROWS_AS((nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = rate}}), nn::data_error);
  CHECK_THROWS_MATCHES((nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0}}), nn::data_error,
                       Message("SGD: the learning rate must be a positive number, got 0; 1e-2 is a usual start"));
}

TEST_CASE("what a caller gets wrong is a sentence, and the network stays as it was") {
  auto network = small_network();
  const auto before = network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  const M x = test::drawn<double>(3, 2, 1), t = test::drawn_probabilities<double>(4, 2, 2);
  const double nan = test::not_a_number<double>, infinity = test::infinity<double>;

  CHECK_THROWS_MATCHES(trainer.step(M::Zero(5, 1), t), nn::shape_error,
                       Message("step: a sample of 5 features does not fit the network's input of 3; give features x "
                               "samples, one column each"));
  CHECK_THROWS_MATCHES(trainer.step(M(3, 0), M(4, 0)), nn::data_error,
                       Message("step: got no sample; give features x samples, at least one column"));
  CHECK_THROWS_MATCHES(
      trainer.step(x, t.leftCols(1)), nn::shape_error,
      Message("targets of 4 x 1 do not fit 4 outputs x 2 samples; give one column per sample, or class "
              "labels"));
  CHECK_THROWS_AS(trainer.step(x, t.topRows(3)), nn::shape_error);
  CHECK_THROWS_MATCHES(trainer.step(x, std::vector<int>{1}), nn::shape_error,
                       Message("1 labels do not fit 2 samples; give one label per sample"));
  CHECK_THROWS_MATCHES(trainer.step(x, std::vector<int>{0, 4}), nn::data_error,
                       Message("sample 1 has the label 4, but 4 outputs tell the classes 0 to 3; count classes from "
                               "0, or end the network in more units"));
  CHECK_THROWS_AS(trainer.step(x, std::vector<int>{-1, 0}), nn::data_error);
  CHECK_THROWS_AS(trainer.step(x.col(0), 7), nn::data_error);
  for (const double wrong : {nan, infinity, -infinity}) {
    M wrong_x = x, wrong_t = t;
    wrong_x(2, 1) = wrong_t(3, 0) = wrong;
    CHECK_THROWS_MATCHES(trainer.step(wrong_x, t), nn::data_error,
                         Catch::Matchers::Predicate<nn::data_error>([](const nn::data_error& problem) {
                           return std::string(problem.what()).rfind("step: feature 2 of sample 1 is ", 0) == 0;
                         }));
    CHECK_THROWS_AS(trainer.step(x, wrong_t), nn::data_error);
  }
  CHECK(test::have_same_bits(network.parameters(), before.parameters()));
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("a loss that is not finite is told with its cause, and the network stays as it was") {
  const auto sentence_of = [](auto&& step) -> std::string {
    try {
      step();
    } catch (const nn::data_error& problem) {
      return problem.what();
    }
    return "nothing was thrown";
  };
  const M x = test::drawn<double>(3, 2, 1), t = test::drawn_probabilities<double>(4, 2, 2);
  for (const double wrong : {test::not_a_number<double>, test::infinity<double>, -test::infinity<double>}) {
    // The weight 6 of the first layer; the bias 3 of the last, whose parameters start at 24 + 35.
    for (const nn::Index parameter : {6, 59 + 23}) {
      CAPTURE(wrong, parameter);
      auto network = small_network();
      network.parameters()[parameter] = wrong;
      const auto before = network;
      nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
      const std::string sentence = sentence_of([&] { trainer.step(x, t); });
      // An infinite weight can give -infinity, which is 0 behind the ReLU: then the loss is finite.
      if (sentence == "nothing was thrown" && parameter == 6 && std::isinf(wrong)) continue;
      CHECK_THAT(sentence, ContainsSubstring("step 1: the loss is "));
      CHECK_THAT(sentence, ContainsSubstring(parameter == 6 ? "parameter 6 of layer 1 (Dense)"
                                                            : "parameter 23 of layer 5 (Dense)"));
      CHECK(test::have_same_bits(network.parameters(), before.parameters()));
      CHECK(trainer.step_count() == 0);
    }
  }

  // Outputs of 1e200 are finite, their squares are not.
  auto large = one_weight(1e200);
  nn::Trainer trainer{large, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
  CHECK_THAT(sentence_of([&] { trainer.step(M{{1}}, M{{0}}); }),
             ContainsSubstring("step 1: the loss is inf though all outputs are finite"));
  CHECK(large.parameters()[0] == 1e200);
  // An output that overflows.
  CHECK_THAT(sentence_of([&] { trainer.step(M{{1e200}}, M{{0}}); }),
             ContainsSubstring("because output 0 of layer 1 (Dense) is inf"));
  CHECK(large.parameters()[0] == 1e200);
}

TEST_CASE("fit takes the samples in an order that the seed decides") {
  const auto trained = [](const nn::FitOptions& options) {
    auto network = small_network();
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
    trainer.fit(small_data(), options);
    return network;
  };
  const auto first = trained({.epochs = 2, .batch_size = 4, .random = nn::Random(1)});
  CHECK(first == trained({.epochs = 2, .batch_size = 4, .random = nn::Random(1)}));
  CHECK_FALSE(first == trained({.epochs = 2, .batch_size = 4, .random = nn::Random(2)}));
  CHECK_FALSE(first == trained({.epochs = 2, .batch_size = 4, .shuffle = false}));
}

TEST_CASE("fit is the steps that one would write by hand") {
  // A new order in every epoch, drawn by shuffling the order before; the last batch is smaller.
  const nn::Dataset data = small_data();
  auto network = small_network(), by_hand = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1, .momentum = 0.5}};
  nn::Trainer hand{by_hand, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1, .momentum = 0.5}};
  const nn::History history =
      trainer.fit(data, {.epochs = 3, .batch_size = 5, .random = nn::Random(8), .clock = ticking_clock()});

  nn::Random random(8);
  std::vector<nn::Index> order(23);
  std::iota(order.begin(), order.end(), 0);
  const M inputs = data.inputs<double>(), targets = data.targets<double>();
  REQUIRE(history.epochs.size() == 3);
  for (std::size_t epoch = 0; epoch < 3; ++epoch) {
    random.shuffle(order);
    double sum = 0;
    for (std::size_t first = 0; first < 23; first += 5) {
      const std::size_t count = std::min<std::size_t>(5, 23 - first);
      const std::vector<nn::Index> chosen(order.begin() + static_cast<std::ptrdiff_t>(first),
                                          order.begin() + static_cast<std::ptrdiff_t>(first + count));
      sum += hand.step(M(inputs(Eigen::all, chosen)), M(targets(Eigen::all, chosen))) * static_cast<double>(count);
    }
    CHECK(history.epochs[epoch].loss == Approx(sum / 23).epsilon(1e-13));
    CHECK(history.epochs[epoch].samples == 23);
    CHECK(history.epochs[epoch].seconds == 5);  // one for each batch
    CHECK(std::isnan(history.epochs[epoch].validation_loss));
  }
  CHECK(test::have_same_bits(network.parameters(), by_hand.parameters()));
  CHECK(trainer.step_count() == 15);
  CHECK_FALSE(history.is_stopped);
}

TEST_CASE("the loss within an epoch is the mean over the samples seen so far") {
  // y = w with w = 3 and a rate too small to matter in these digits: the losses are (3 - t)^2 = 9, 4, 1, 0, 1.
  auto network = one_weight(3);
  const nn::Dataset data(M::Ones(1, 5), M{{0, 1, 2, 3, 4}});
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-12}};
  std::vector<double> losses;
  std::vector<nn::Index> seen;
  const auto history = trainer.fit(data, {.batch_size = 2, .shuffle = false, .on_batch = [&](nn::Progress& progress) {
                                            losses.push_back(progress.loss);
                                            seen.push_back(progress.samples_seen);
                                          }});
  REQUIRE(losses.size() == 3);
  CHECK(losses[0] == Approx(13.0 / 2).epsilon(1e-9));
  CHECK(losses[1] == Approx(14.0 / 4).epsilon(1e-9));
  CHECK(losses[2] == Approx(15.0 / 5).epsilon(1e-9));  // the last batch counts as the one sample that it is
  CHECK(seen == std::vector<nn::Index>{2, 4, 5});
  CHECK(history.epochs[0].loss == losses[2]);
}

TEST_CASE("without shuffling a cap takes the first samples, with it a new choice every epoch") {
  // Labels 0 in the first 10 samples, and what is trained on is seen in the loss of a network that gives (0, 0).
  auto network = one_weight(0);
  const nn::Dataset data(M::Constant(1, 20, 1e-9),
                         M{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}});
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-12}};
  std::vector<double> seen;
  nn::FitOptions options{.epochs = 2, .batch_size = 1, .samples_per_epoch = 4, .shuffle = false};
  double before = 0;
  options.on_batch = [&](nn::Progress& progress) {
    if (progress.batch == 1) before = 0;
    const double sum = progress.loss * static_cast<double>(progress.samples_seen);
    seen.push_back(std::round(std::sqrt(sum - before)));
    before = sum;
    CHECK(progress.samples == 4);
    CHECK(progress.batches == 4);
  };
  const auto history = trainer.fit(data, options);
  CHECK(seen == std::vector<double>{0, 1, 2, 3, 0, 1, 2, 3});
  CHECK(history.epochs[1].samples == 4);

  seen.clear();
  options.shuffle = true;
  trainer.fit(data, options);
  REQUIRE(seen.size() == 8);
  CHECK_FALSE(std::equal(seen.begin(), seen.begin() + 4, seen.begin() + 4));
  seen.clear();
  options.samples_per_epoch = 1000;  // more than there are: all
  options.epochs = 1;
  options.on_batch = [&](nn::Progress& progress) { CHECK(progress.samples == 20); };
  CHECK(trainer.fit(data, options).epochs[0].samples == 20);
}

TEST_CASE("callbacks come after every batch and every epoch, and say where training stands") {
  auto network = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  std::vector<std::pair<nn::Index, nn::Index>> batches;
  std::vector<nn::Index> epochs;
  nn::FitOptions options{.epochs = 2, .batch_size = 10, .clock = ticking_clock()};
  options.on_batch = [&](nn::Progress& progress) {
    batches.emplace_back(progress.epoch, progress.batch);
    CHECK(progress.seconds == static_cast<double>(progress.batch));
    CHECK(progress.batches == 3);
    CHECK(progress.epochs == 2);
    CHECK(progress.samples == 23);
    CHECK(std::isnan(progress.validation_loss));
  };
  options.on_epoch = [&](nn::Progress& progress) {
    epochs.push_back(progress.epoch);
    CHECK(progress.batch == 3);
    CHECK(progress.samples_seen == 23);
    CHECK(progress.seconds == 3);
  };
  trainer.fit(small_data(), options);
  CHECK(batches == std::vector<std::pair<nn::Index, nn::Index>>{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {2, 3}});
  CHECK(epochs == std::vector<nn::Index>{1, 2});
}

TEST_CASE("a callback can stop the training, after a batch or after an epoch") {
  auto network = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  nn::FitOptions options{.epochs = 5, .batch_size = 10};
  options.on_batch = [](nn::Progress& progress) {
    if (progress.epoch == 2 && progress.batch == 2) progress.stop();
  };
  auto history = trainer.fit(small_data(), options);
  CHECK(history.is_stopped);
  REQUIRE(history.epochs.size() == 2);
  CHECK(history.epochs[1].samples == 20);
  CHECK(trainer.step_count() == 5);

  options.on_batch = nullptr;
  options.on_epoch = [](nn::Progress& progress) {
    if (progress.epoch == 3) progress.stop();
  };
  history = trainer.fit(small_data(), options);
  CHECK(history.is_stopped);
  CHECK(history.epochs.size() == 3);
}

TEST_CASE("a callback that returns false stops the training, one that returns true lets it go on") {
  auto network = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  const nn::FitOptions options{.epochs = 5,
                               .batch_size = 10,
                               .on_batch = [](const nn::Progress&) { return true; },
                               .on_epoch = [](const nn::Progress& progress) { return progress.epoch < 2; }};
  const nn::History history = trainer.fit(small_data(), options);
  CHECK(history.epochs.size() == 2);
  CHECK(history.ending == nn::Ending::callback);
}

TEST_CASE("a callback of fit cannot train the same trainer, and the fit goes on as if it had not tried") {
  auto network = small_network(), alone = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  nn::Trainer undisturbed{alone, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  const nn::Dataset data = small_data(), few = data.subset(0, 5);
  nn::FitOptions options{.epochs = 2, .batch_size = 10};
  undisturbed.fit(data, options);
  options.on_batch = [&](nn::Progress&) {
    CHECK_THROWS_MATCHES(trainer.fit(few), nn::data_error,
                         Message("fit: called from a callback of fit, which goes on afterwards; call it when fit has "
                                 "returned"));
    CHECK_THROWS_AS(trainer.step(few.inputs<double>(), few.labels()), nn::data_error);
  };
  trainer.fit(data, options);
  CHECK(test::have_same_bits(network.parameters(), alone.parameters()));
  CHECK(trainer.step_count() == undisturbed.step_count());

  // One that is not caught ends the fit, after which the trainer can be used again.
  options.on_batch = [&](nn::Progress&) { trainer.fit(few); };
  CHECK_THROWS_AS(trainer.fit(data, options), nn::data_error);
  CHECK_NOTHROW(trainer.step(few.inputs<double>(), few.labels()));
  CHECK_NOTHROW(trainer.fit(few));
}

TEST_CASE("a callback of fit cannot change the layers of the network") {
  const nn::Dataset data(M::Random(2, 64), M::Zero(1, 64));
  for (const bool after_epoch : {false, true}) {
    nn::Sequential<double> network{nn::Input{2}, nn::Dense{1}};
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
    nn::FitOptions options{.epochs = 2, .batch_size = 16};
    (after_epoch ? options.on_epoch : options.on_batch) = [&](nn::Progress&) { network.add(nn::Dense{3}); };
    CHECK_THROWS_MATCHES(trainer.fit(data, options), nn::data_error,
                         Message("fit: a callback changed the layers of the network; change them when fit has "
                                 "returned"));
    CHECK(network.depth() == 2);
  }
}

TEST_CASE("a validation set is evaluated after every epoch") {
  const nn::Dataset data = small_data(), validation = data.subset(3, 9);
  auto network = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  std::vector<double> losses;
  nn::FitOptions options{.epochs = 2, .validation = &validation};
  options.on_epoch = [&](nn::Progress& progress) {
    const auto now = nn::evaluate(network, nn::CrossEntropy{}, validation);
    CHECK(progress.validation_loss == now.loss);
    CHECK(progress.validation_accuracy == now.accuracy);
    losses.push_back(now.loss);
  };
  const auto history = trainer.fit(data, options);
  REQUIRE(history.epochs.size() == 2);
  CHECK(history.epochs[0].validation_loss == losses[0]);
  CHECK(history.epochs[1].validation_loss == losses[1]);
  CHECK(losses[0] != losses[1]);
}

TEST_CASE("fit refuses what cannot be used before the first update") {
  auto network = small_network();
  const auto before = network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  const nn::Dataset data = small_data(), wrong(M::Zero(2, 3), std::vector<int>{0, 1, 0});
  CHECK_THROWS_MATCHES(trainer.fit(data, {.epochs = -1}), nn::data_error,
                       Message("fit: the number of epochs must not be negative, got -1; use 1 or more"));
  CHECK_THROWS_MATCHES(trainer.fit(data, {.batch_size = 0}), nn::data_error,
                       Message("fit: the batch size must be at least 1, got 0; 32 is the default"));
  CHECK_THROWS_AS(trainer.fit(data, {.samples_per_epoch = -5}), nn::data_error);
  CHECK_THROWS_MATCHES(trainer.fit(wrong), nn::shape_error,
                       Message("fit: a sample of 2 features does not fit the network's input of 3; give features x "
                               "samples, one column each"));
  CHECK_THROWS_MATCHES(trainer.fit(data, {.validation = &wrong}), nn::shape_error,
                       Message("fit, validation: a sample of 2 features does not fit the network's input of 3; give "
                               "features x samples, one column each"));
  CHECK_THROWS_MATCHES(trainer.fit(nn::Dataset(M::Zero(3, 2), std::vector<int>{0, 4})), nn::shape_error,
                       Message("fit: the data set has 5 classes, but the network has 4 outputs; end it in Dense<5>"));
  CHECK_THROWS_AS(trainer.fit(nn::Dataset(M::Zero(3, 2), M::Zero(3, 2))), nn::shape_error);
  CHECK_THROWS_MATCHES(trainer.fit(nn::Dataset(M::Zero(3, 2), M{{0, 2}})), nn::shape_error,
                       Message("fit: the data set has 1 targets per sample, but the network has 4 outputs; end it in "
                               "Dense<1>, or, where the target is a class, give labels (of a file: "
                               "CsvOptions::categories)"));
  CHECK_THROWS_AS(nn::Dataset(M(3, 0), std::vector<int>{}), nn::data_error);  // an empty set cannot be made
  CHECK(test::have_same_bits(network.parameters(), before.parameters()));
  CHECK(trainer.fit(data, {.epochs = 0}).epochs.empty());
  CHECK(network == before);
}

TEST_CASE("numbers of a data set that do not fit float are an error, and the network stays as it was") {
  // 1e300 is finite in double and infinite in float. Behind the negative weight a ReLU gives 0, and the loss is finite.
  nn::Sequential<float> network(nn::Input{1}, nn::Dense{1}, nn::ReLU{}, nn::Dense{1});
  network.parameters() << -1, 0, 1, 0;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
  CHECK_THROWS_AS(trainer.fit(nn::Dataset(M{{1e300}}, M{{1}})), nn::data_error);
  CHECK(test::have_same_bits(network.parameters(), before.parameters()));
  CHECK_THROWS_AS(trainer.fit(nn::Dataset(M{{1}}, M{{1e300}})), nn::data_error);
  CHECK(test::have_same_bits(network.parameters(), before.parameters()));
}

TEST_CASE("a learning rate that does not fit float is an error, and the network stays as it was") {
  nn::Sequential<float> network(nn::Input{1}, nn::Dense{1});
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-2}};
  const nn::Matrix<float> x{{1}}, t{{5}};
  for (const double rate : {1e200, 1e-60}) {  // infinite and zero in float
    CAPTURE(rate);
    trainer.optimizer().learning_rate = rate;
    CHECK_THROWS_AS(trainer.step(x, t), nn::data_error);
    CHECK(test::have_same_bits(network.parameters(), before.parameters()));
  }
}

TEST_CASE("Network and Sequential give the same history") {
  auto sequential = small_network();
  nn::Network<double, nn::Input<3>, nn::Dense<6>, nn::ReLU, nn::Dense<5>, nn::Tanh, nn::Dense<4>, nn::Softmax> network;
  const nn::Dataset data = small_data(), validation = data.subset(0, 7);
  const auto history_of = [&](auto& net) {
    nn::Trainer trainer{net, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1, .momentum = 0.9}};
    return trainer.fit(data, {.epochs = 3, .batch_size = 4, .validation = &validation});
  };
  const nn::History a = history_of(sequential), b = history_of(network);
  REQUIRE(a.epochs.size() == b.epochs.size());
  for (std::size_t i = 0; i < a.epochs.size(); ++i) {
    CHECK(a.epochs[i].loss == b.epochs[i].loss);
    CHECK(a.epochs[i].validation_loss == b.epochs[i].validation_loss);
    CHECK(a.epochs[i].validation_accuracy == b.epochs[i].validation_accuracy);
  }
  CHECK(test::have_same_bits(sequential.parameters(), network.parameters()));
}

TEST_CASE("Trainer refuses a loss whose options make no sense") {
  nn::Sequential<double> network(nn::Input{2}, nn::Dense{2}, nn::Softmax{});
  const nn::SGD optimizer{.learning_rate = 0.1};
  CHECK_NOTHROW(nn::Trainer(network, nn::CrossEntropy{.label_smoothing = 0.1}, optimizer));
  CHECK_THROWS_AS(nn::Trainer(network, nn::CrossEntropy{.label_smoothing = 2}, optimizer), nn::data_error);
  // The number of weights is held against the network at the first step, which changes nothing.
  const nn::Sequential<double> before = network;
  nn::Trainer trainer(network, nn::ClassWeighted{nn::CrossEntropy{}, {1, 2, 3}}, optimizer);
  CHECK_THROWS_AS(trainer.step(nn::Vector<double>{{1, 2}}, 1), nn::data_error);
  CHECK(network == before);
}

TEST_CASE("weights multiply the losses of the samples, and the mean stays one over their number") {
  // y = x, target 0: losses 1 and 4, weighted (2 1 + 0.5 4) / 2 = 2; dw = (2 2 1 + 0.5 2 2 2) / 2 = 4.
  auto network = one_weight(1);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1.0 / 32}};
  const std::vector<double> weights{2, 0.5};
  CHECK(trainer.step(M{{1, 2}}, M{{0, 0}}, weights) == 2);
  CHECK(network.parameters()[0] == 1 - 4.0 / 32);
  // One sample: y = 0.875, loss 3 0.875^2, dw = 3 2 0.875.
  CHECK(trainer.step(M{{1}}, M{{0}}, std::vector<double>{3}) == 3 * 0.875 * 0.875);
  CHECK(network.parameters()[0] == 0.875 - 3 * 2 * 0.875 / 32);
}

TEST_CASE("weights of 1 change no bit, and a sample of weight 0 is not learned from") {
  const M x = test::drawn<double>(3, 5, 1), t = test::drawn_probabilities<double>(4, 5, 2);
  const auto trained = [&](const M& inputs, const M& targets, const std::vector<double>& weights, double rate) {
    auto network = small_network();
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = rate}};
    for (int step = 0; step < 20; ++step) trainer.step(inputs, targets, weights);
    return nn::Vector<double>(network.parameters());
  };
  CHECK(test::have_same_bits(trained(x, t, std::vector<double>(5, 1), 0.1), trained(x, t, {}, 0.1)));
  // The mean over five samples, of which one weighs nothing, is four fifths of the mean over the other four.
  const auto without_last = trained(x.leftCols(4), t.leftCols(4), {}, 0.08);
  CHECK((trained(x, t, {1, 1, 1, 1, 0}, 0.1) - without_last).cwiseAbs().maxCoeff() < 1e-14);
  CHECK((trained(x, t, {}, 0.1) - without_last).cwiseAbs().maxCoeff() > 1e-3);
}

TEST_CASE("fit and evaluate take the weights of the data set") {
  const std::vector<double> weights = [] {
    std::vector<double> numbers;
    for (int i = 0; i < 23; ++i) numbers.push_back(i % 5 * 0.5);
    return numbers;
  }();
  const nn::Dataset data = small_data().with_weights(weights);
  auto network = small_network(), by_hand = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}}, hand{by_hand, nn::CrossEntropy{}, nn::Adam{}};
  const nn::History history = trainer.fit(data, {.batch_size = 4, .shuffle = false});
  double sum = 0;
  for (nn::Index first = 0; first < 23; first += 4) {
    const nn::Index count = std::min<nn::Index>(4, 23 - first);
    const std::vector<double> some(weights.begin() + first, weights.begin() + first + count);
    sum += hand.step(data.inputs<double>(first, count), data.targets<double>(first, count), some) *
           static_cast<double>(count);
  }
  CHECK(test::have_same_bits(network.parameters(), by_hand.parameters()));
  CHECK(history.epochs[0].loss == Approx(sum / 23).epsilon(1e-13));

  const nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, data, {.keep_losses = true});
  double weighted = 0;
  for (std::size_t i = 0; i < 23; ++i) weighted += weights[i] * result.losses[i];
  CHECK(result.loss == Approx(weighted / 23).epsilon(1e-13));
  const nn::Evaluation alike = nn::evaluate(network, nn::CrossEntropy{}, small_data(), {.keep_losses = true});
  CHECK(result.losses == alike.losses);
  CHECK(result.accuracy == alike.accuracy);
  CHECK(result.loss != alike.loss);
}

TEST_CASE("weights that make no sense are refused, and the network stays as it was") {
  auto network = small_network();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  const M x = test::drawn<double>(3, 2, 1), t = test::drawn_probabilities<double>(4, 2, 2);
  CHECK_THROWS_MATCHES(trainer.step(x, t, std::vector<double>{1}), nn::data_error,
                       Message("step: 1 weights do not fit 2 samples; give one per sample"));
  CHECK_THROWS_MATCHES(trainer.step(x, t, std::vector<double>{1, -2}), nn::data_error,
                       Message("step: the weight of sample 1 must be a number that is not negative, got -2; 1 counts a "
                               "sample as without weights"));
  for (const double wrong : {test::not_a_number<double>, test::infinity<double>, 1e300})
    CHECK_THROWS_AS(trainer.step(x, t, std::vector<double>{wrong, 1}), nn::data_error);
  CHECK(network == small_network());
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("a step takes every one of several sequences, and refuses weights that do not fit them") {
  // y = w x at the last step; w = 1 and targets of 0 give losses of 4 and 16, and dw = (2 2 2 + 2 4 4) / 2.
  nn::Network<double, nn::Sequence<1>, nn::LastStep, nn::Dense<1, nn::no_bias>> network;
  network.parameters()[0] = 1;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1.0 / 32}};
  const std::vector<M> sequences{M{{1, 2}}, M{{1, 3, 4}}};
  const M targets{{0, 0}};
  CHECK_THROWS_MATCHES(trainer.step(sequences, targets, std::vector<double>{1}), nn::data_error,
                       Message("step: 1 weights do not fit 2 samples; give one per sample"));
  CHECK_THROWS_AS(trainer.step(sequences, targets, std::vector<double>{1, -2}), nn::data_error);
  CHECK(trainer.step(sequences, targets) == 10);
  CHECK(network.parameters()[0] == 0.375);
}

TEST_CASE("keep_best gives the network the parameters and the running means of the best epoch") {
  // The rate is so high that the first epoch is the best.
  const auto trained = [](nn::Index epochs) {
    nn::Sequential<double> network(nn::Input{3}, nn::BatchNorm{}, nn::Dense{4}, nn::Softmax{});
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 20}};
    const nn::Dataset data = small_data();
    const nn::History history =
        trainer.fit(data, {.epochs = epochs, .batch_size = 8, .validation = &data, .keep_best = true});
    CHECK(history.best_epoch == 1);
    return network;
  };
  CHECK(trained(3) == trained(1));
  CHECK(trained(3).state() == trained(1).state());
}

TEST_CASE("gradients that fit has accumulated are forgotten by a step, however fit ended") {
  const nn::Dataset data(M::Ones(1, 8), M::Constant(1, 8, 10));
  const auto check = [&](nn::FitOptions options) {
    auto network = one_weight(1);
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1.0 / 32}};
    try {
      trainer.fit(data, options);
    } catch (const std::runtime_error&) {
    }
    CHECK(network.parameters()[0] == 1);  // fewer batches than make an update
    trainer.step(M{{3}}, M{{2}});         // y = 3, dw = 2 (3 - 2) 3 = 6
    CHECK(network.parameters()[0] == 1 - 6.0 / 32);
    CHECK(trainer.step_count() == 1);
  };
  check({.batch_size = 2, .on_batch = [](nn::Progress& progress) { progress.stop(); }, .accumulate = 4});
  check({.batch_size = 2, .on_batch = [](nn::Progress&) { throw std::runtime_error("mine"); }, .accumulate = 4});
  check({.batch_size = 2, .accumulate = 4, .seconds = 1, .clock = ticking_clock()});
}

TEST_CASE("an update that makes a parameter infinite is found in the same fit, and taken back") {
  // y = 10 w, dw = 2 (10 w) 10: with a rate of 1e38 the first update is more than float holds.
  nn::Network<nn::Input<1>, nn::Dense<1, false>> network;
  network.parameters() << 1;
  const nn::Dataset data(nn::Matrix<float>::Constant(1, 8, 10.F), nn::Matrix<float>::Zero(1, 8));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e38, .momentum = 0.5}};
  CHECK_THROWS_MATCHES(trainer.fit(data, {.batch_size = 8}), nn::data_error,
                       Message("fit: after update 1 parameter 0 of layer 1 (Dense) is -inf; the network is again as it "
                               "was after update 0. Lower the learning rate, or scale the inputs to about -1..1"));
  CHECK(network.parameters()[0] == 1);
  CHECK(trainer.step_count() == 0);
  // By a budget of updates, and by a callback.
  CHECK_THROWS_AS(trainer.fit(data, {.batch_size = 2, .steps = 1}), nn::data_error);
  CHECK(network.parameters()[0] == 1);
  CHECK_THROWS_AS(trainer.fit(data, {.batch_size = 2, .on_batch = [](nn::Progress& progress) { progress.stop(); }}),
                  nn::data_error);
  CHECK(network.parameters()[0] == 1);
  // The trainer goes on as if nothing had been, without the infinite velocity.
  trainer.optimizer().learning_rate = 1e-3;
  trainer.fit(data, {.batch_size = 8});
  CHECK(network.parameters()[0] == Approx(1 - 0.2));
}

TEST_CASE("an update that makes a parameter infinite is taken back where the next batch finds it, too") {
  nn::Network<nn::Input<1>, nn::Dense<1, false>> network;
  network.parameters() << 1;
  const nn::Dataset data(nn::Matrix<float>::Constant(1, 8, 10.F), nn::Matrix<float>::Zero(1, 8));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e38}};
  CHECK_THROWS_MATCHES(trainer.fit(data, {.batch_size = 2}), nn::data_error,
                       Message("fit: after update 1 parameter 0 of layer 1 (Dense) is -inf; the network is again as it "
                               "was after update 0. Lower the learning rate, or scale the inputs to about -1..1"));
  CHECK(network.parameters()[0] == 1);
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("an update that diverged and that a callback cannot save is taken back, too") {
  nn::Network<nn::Input<1>, nn::Dense<1, false>> network;
  network.parameters() << 1;
  const nn::Dataset data(nn::Matrix<float>::Constant(1, 8, 10.F), nn::Matrix<float>::Zero(1, 8));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e38}};
  const auto refuses = [&](nn::Progress&) {
    nn::require_finite_numbers(network, "save");
    return;
  };
  CHECK_THROWS_WITH(
      trainer.fit(data, {.batch_size = 2, .on_batch = refuses}),
      ContainsSubstring("fit: after update 1 parameter 0 of layer 1 (Dense) is -inf; the network is again"));
  CHECK(network.parameters()[0] == 1);
  // Any other refusal of a callback is passed on.
  trainer.optimizer().learning_rate = 1e-4;
  CHECK_THROWS_WITH(
      trainer.fit(data, {.batch_size = 2, .on_batch = [](nn::Progress&) { throw nn::data_error("mine"); }}), "mine");
  CHECK(network.parameters()[0] < 1);
}

TEST_CASE("a trainer that was moved from says so") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  const nn::Matrix<float> x{{1}}, t{{2}};
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  nn::Trainer moved = std::move(trainer);
  CHECK_NOTHROW(moved.step(x, t));
  CHECK_THROWS_MATCHES(trainer.step(x, t), nn::data_error,
                       Message("step: this trainer was moved from; make another one"));
  CHECK_THROWS_AS(trainer.fit(nn::Dataset(x, t)), nn::data_error);
  CHECK_THROWS_AS(trainer.step_with_output_gradient(x, t), nn::data_error);
}

TEST_CASE("where a callback stops an epoch that diverged, the network is as at the end of the epoch before") {
  nn::Network<nn::Input<1>, nn::Dense<1, false>> network;
  network.parameters() << 1;
  const nn::Dataset data(nn::Matrix<float>::Constant(1, 8, 10.F), nn::Matrix<float>::Zero(1, 8));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-4}};
  float at_end_of_epoch = 0;
  const nn::FitOptions diverging{.epochs = 2,
                                 .batch_size = 2,
                                 .on_batch =
                                     [&](nn::Progress& progress) {
                                       if (progress.epoch == 2) trainer.optimizer().learning_rate = 1e38;
                                       if (progress.epoch == 2 && progress.batch == 2) progress.stop();
                                     },
                                 .on_epoch = [&](nn::Progress&) { at_end_of_epoch = network.parameters()[0]; }};
  CHECK_THROWS_WITH(trainer.fit(data, diverging),
                    ContainsSubstring("after update 6 parameter 0 of layer 1 (Dense) is -inf; the network is again as "
                                      "it was after update 4. "));
  CHECK(network.parameters()[0] == at_end_of_epoch);
  CHECK(at_end_of_epoch < 1);
  CHECK(trainer.step_count() == 4);
}

TEST_CASE("an infinite parameter behind Tanh, which no loss shows, is not what an epoch goes back to") {
  // dw = 2 (tanh(1/2) + 1) (1 - tanh(1/2)^2) > 2: infinite at a rate of 3e38, and then without a gradient.
  nn::Network<nn::Input<1>, nn::Dense<1, false>, nn::Tanh> network;
  network.parameters() << 0.5F;
  const nn::Dataset data(nn::Matrix<float>::Ones(1, 8), nn::Matrix<float>::Constant(1, 8, -1.F));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 3e38}};
  CHECK_THROWS_WITH(trainer.fit(data, {.batch_size = 2}),
                    ContainsSubstring("after update 4 parameter 0 of layer 1 (Dense) is -inf; the network is again as "
                                      "it was after update 0. "));
  CHECK(network.parameters()[0] == 0.5F);
}

TEST_CASE("a number of the network that is not finite is named before the first update") {
  nn::Network<double, nn::Input<2>, nn::BatchNorm, nn::Tanh, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  const M x = test::drawn<double>(2, 6, 1), t = test::drawn<double>(1, 6, 2);
  network.state()[3] = test::not_a_number<double>;
  const nn::Vector<double> before = network.parameters();
  CHECK_THROWS_MATCHES(trainer.fit(nn::Dataset(x, t)), nn::data_error,
                       Message("fit: state 3 of layer 1 (BatchNorm) is nan; load or initialize the network again"));
  CHECK_THROWS_MATCHES(trainer.step(x, t), nn::data_error,
                       Message("step 1: state 3 of layer 1 (BatchNorm) is nan; load or initialize the network again"));
  CHECK(network.parameters() == before);
  network.state()[3] = 1;
  network.parameters()[5] = test::infinity<double>;
  CHECK_THROWS_MATCHES(trainer.fit(nn::Dataset(x, t)), nn::data_error,
                       Message("fit: parameter 1 of layer 3 (Dense) is inf; load or initialize the network again"));
}

TEST_CASE("images that come as a matrix of numbers are augmented as the images that the network takes") {
  const auto seen = [](auto network, const nn::Dataset& data) {
    std::vector<nn::Shape> shapes;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
    trainer.fit(data, {.augmentation = [&](float*, nn::Shape shape, nn::Random&) { shapes.push_back(shape); }});
    REQUIRE(shapes.size() == 2);
    CHECK(shapes[0] == shapes[1]);
    return shapes[0];
  };
  const nn::Network<nn::Input<2, 3, 1>, nn::Flatten, nn::Dense<2>, nn::Softmax> of_images;
  const nn::Network<nn::Input<6>, nn::Dense<2>, nn::Softmax> of_features;
  const nn::Matrix<float> x = nn::Matrix<float>::Ones(6, 2);
  const std::vector<int> labels{0, 1};
  const nn::Dataset flat(x, labels), images(nn::Shape(2, 3, 1), x, labels);
  CHECK(seen(of_images, flat) == nn::Shape(2, 3, 1));
  CHECK(seen(of_images.cast<double>(), flat) == nn::Shape(2, 3, 1));
  CHECK(seen(of_images, images) == nn::Shape(2, 3, 1));
  CHECK(seen(of_features, images) == nn::Shape(2, 3, 1));
  CHECK(seen(of_features, flat) == nn::Shape(6));
}

TEST_CASE("a lit pixel of images given as numbers is shifted, and stays lit") {
  nn::Matrix<float> x = nn::Matrix<float>::Zero(64, 200);
  x.row(27).setOnes();
  const auto share_lit = [&](bool anywhere) {
    double lit = 0;
    nn::Network<nn::Input<8, 8, 1>, nn::Flatten, nn::Dense<2>, nn::Softmax> network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
    const auto shift = nn::augment(nn::RandomShift{2});
    trainer.fit(nn::Dataset(x, std::vector<int>(200), 2),
                {.augmentation = [&](float* pixels, nn::Shape shape, nn::Random& random) {
                  shift(pixels, shape, random);
                  lit += anywhere ? nn::ConstVectorView<float>(pixels, 64).sum() : pixels[27];
                }});
    return lit / 200;
  };
  CHECK(share_lit(true) == Approx(1).epsilon(1e-5));
  CHECK(share_lit(false) < 0.5);
}

TEST_CASE("a network that was moved from under its trainer says so") {
  const M x{{1, 2}, {3, 4}}, target{{1, 0}};
  const nn::Dataset data(x, target);
  nn::Network<double, nn::Input<2>, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  const auto moved = std::move(network);
  const auto says = ContainsSubstring("this network was moved from; assign a network to it first");
  CHECK_THROWS_WITH(trainer.step(x, target), says);
  CHECK_THROWS_WITH(trainer.fit(data), says);
  CHECK_THROWS_WITH(nn::evaluate(network, nn::MeanSquaredError{}, data), says);
  network = moved;
  CHECK(trainer.step(x, target) > 0);
}
