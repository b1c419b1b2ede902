// SPDX-License-Identifier: MIT
#include <nn/training/step/trainer_options.hpp>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using V = nn::Vector<double>;

namespace {

using Network = nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Tanh, nn::Dense<2>>;

const M x = test::drawn<double>(3, 6, 1), t = test::drawn<double>(2, 6, 2);

V gradient_of(const Network& network) {
  Network copy = network;
  nn::Trainer trainer{copy, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1}};
  trainer.step(x, t);
  return network.parameters() - copy.parameters();
}

V trained(nn::TrainerOptions options, int steps = 1, nn::SGD sgd = {.learning_rate = 1}) {
  Network network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, sgd, options};
  for (int i = 0; i < steps; ++i) trainer.step(x, t);
  return network.parameters();
}

}  // namespace

TEST_CASE("a gradient longer than clip_norm is scaled down to it, a shorter one is left alone") {
  const Network start;
  const V g = gradient_of(start);
  CHECK((trained({.clip_norm = 0.5 * g.norm()}) - (start.parameters() - 0.5 * g)).norm() < 1e-14);
  CHECK((trained({.clip_norm = 2 * g.norm()}) - (start.parameters() - g)).norm() < 1e-14);
}

TEST_CASE("clip_value limits every component") {
  const Network start;
  const V g = gradient_of(start);
  const double limit = 0.3 * g.cwiseAbs().maxCoeff();
  const V expected = start.parameters() - g.cwiseMin(limit).cwiseMax(-limit);
  CHECK((trained({.clip_value = limit}) - expected).norm() < 1e-14);
}

TEST_CASE("L1 and L2 pull at weights, at biases only where asked") {
  Network start;
  V pull = V::Zero(start.parameter_count());
  pull.head(12) = start.weight<0>().reshaped();
  pull.segment(16, 8) = start.weight<1>().reshaped();
  const V g = gradient_of(start);
  CHECK((trained({.l2 = 0.1}) - (start.parameters() - g - 0.1 * pull)).norm() < 1e-14);
  CHECK((trained({.l1 = 0.1}) - (start.parameters() - g - 0.1 * pull.cwiseSign())).norm() < 1e-14);

  const V with_bias = trained({.l2 = 0.1, .decay_biases = true}, 2), without = trained({.l2 = 0.1}, 2);
  CHECK_FALSE(with_bias.isApprox(without, 1e-6));  // the biases are 0 before the first step, and not before the second
}

TEST_CASE("an optimizer's weight decay leaves biases out by default") {
  Network a, b;
  a.bias<0>().setOnes();
  b.bias<0>().setOnes();
  const nn::Adam adam{.learning_rate = 0.1, .weight_decay = 10};
  nn::Trainer weights_only{a, nn::MeanSquaredError{}, adam};
  nn::Trainer everything{b, nn::MeanSquaredError{}, adam, {.decay_biases = true}};
  weights_only.step(x, t);
  everything.step(x, t);
  CHECK(a.weight<0>() == b.weight<0>());
  CHECK_FALSE(a.bias<0>() == b.bias<0>());
}

TEMPLATE_TEST_CASE("decay takes weights only by default, coupled to the gradient or not", "", nn::SGD, nn::RMSProp,
                   nn::Adagrad, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::Lion) {
  const auto stepped = [](double decay, nn::TrainerOptions options) {
    Network network;
    network.bias<0>().setOnes();
    nn::Trainer trainer{network, nn::MeanSquaredError{}, TestType{.learning_rate = 0.01, .weight_decay = decay},
                        options};
    for (int i = 0; i < 2; ++i) trainer.step(x, t);
    return network;
  };
  const Network none = stepped(0, {}), weights = stepped(0.5, {}), all = stepped(0.5, {.decay_biases = true});
  // The gradient of the first step is that of the same network, so that its bias differs by the decay of the second.
  const auto bias_moved = [&](const Network& network) { return (network.bias<0>() - none.bias<0>()).norm(); };
  CHECK(weights.weight<0>() != none.weight<0>());
  CHECK(bias_moved(all) > 5 * bias_moved(weights));
}

TEST_CASE("a layer's learning-rate factor scales its steps, and 0 freezes it") {
  const Network start;
  const V g = gradient_of(start);
  V expected = start.parameters();
  expected.tail(10) -= 0.5 * g.tail(10);
  CHECK((trained({.learning_rate_factors = {0, 1, 0.5}}) - expected).norm() < 1e-14);
}

TEST_CASE("what is a scale or a slope does not decay, whatever pulls") {
  // Losses that weigh nothing give no gradient, so that decay alone moves parameters.
  const auto moved = [](auto layer, auto optimizer, nn::TrainerOptions options) {
    nn::Network network{nn::Input{3}, layer, nn::Dense{1}};
    network.initialize(nn::Random(1));
    const nn::Vector<float> before = network.parameters();
    nn::Trainer trainer{network, nn::MeanSquaredError{}, optimizer, options};
    for (int i = 0; i < 3; ++i)
      trainer.step(test::drawn<float>(3, 4, 1), test::drawn<float>(1, 4, 2), std::vector<double>(4, 0.0));
    const nn::Vector<float> change = network.parameters() - before;
    CHECK(change.tail(4).head(3).norm() > 0);  // the W of Dense
    return change.head(change.size() - 4).norm() > 0;
  };
  const nn::SGD sgd{.learning_rate = 0.1}, decaying{.learning_rate = 0.1, .weight_decay = 0.5};
  const nn::AdamW adamw{.learning_rate = 0.1, .weight_decay = 0.5};
  const auto check = [&](auto layer) {
    CHECK_FALSE(moved(layer, sgd, {.l2 = 0.5}));
    CHECK_FALSE(moved(layer, sgd, {.l1 = 0.01}));
    CHECK_FALSE(moved(layer, decaying, {}));
    CHECK_FALSE(moved(layer, adamw, {}));
    CHECK(moved(layer, adamw, {.decay_biases = true}));
  };
  check(nn::BatchNorm{});
  check(nn::LayerNorm{});
  check(nn::GroupNorm{1});
  check(nn::PReLU{});
  check(nn::Residual{nn::BatchNorm{}});
}

TEST_CASE("a frozen layer is used as it is: its statistics stay, alone and inside of a block") {
  const auto check = [](auto network) {
    const V parameters = network.parameters(), state = network.state();
    nn::Trainer trainer{
        network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.01}, {.learning_rate_factors = {0, 0, 1}}};
    for (int i = 0; i < 5; ++i) trainer.step(x, t);
    CHECK(network.state() == state);
    CHECK(network.parameters().head(parameters.size() - 10) == parameters.head(parameters.size() - 10));
    // The loss of a step is that of the network in use.
    const double now = nn::evaluate(network, nn::MeanSquaredError{}, nn::Dataset(x, t)).loss;
    CHECK(trainer.step(x, t) == Approx(now).epsilon(1e-14));
    CHECK_NOTHROW(trainer.step(x.col(0), t.col(0)));  // no statistics of the batch are needed
  };
  check(nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::BatchNorm, nn::Dense<2>>{});
  check(nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Residual<nn::BatchNorm>, nn::Dense<2>>{});
  check(nn::Sequential<double>(nn::Input{3}, nn::Dense{4}, nn::Chain{nn::BatchNorm{}}, nn::Dense{2}));
}

TEST_CASE("layers are frozen by count and by name as by a rate of 0") {
  const nn::Sequential<double> network{nn::Input{3}, nn::Dense{4}, nn::BatchNorm{}, nn::Tanh{}, nn::Dense{2}};
  const auto trained = [&](nn::TrainerOptions options) {
    auto copy = network;
    nn::Trainer trainer{copy, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.01}, std::move(options)};
    for (int i = 0; i < 3; ++i) trainer.step(x, t);
    return copy;
  };
  CHECK(trained({.freeze_first = 2}) == trained({.learning_rate_factors = {0, 0, 1, 1}}));
  CHECK(trained({.freeze = {"3", "1"}}) == trained({.learning_rate_factors = {1, 0, 1, 0}}));
  CHECK(trained({.learning_rate_factors = {1, 0.5, 1, 0.25}, .freeze_first = 1, .freeze = {"1"}}) ==
        trained({.learning_rate_factors = {0, 0, 1, 0.25}}));
  CHECK(trained({.freeze_first = 4}) == network);

  CHECK_THROWS_MATCHES(trained({.freeze_first = 5}), nn::data_error,
                       Message("Trainer: cannot freeze the first 5 of 4 layers; 0 freezes none"));
  CHECK_THROWS_AS(trained({.freeze_first = -1}), nn::data_error);
  CHECK_THROWS_MATCHES(trained({.freeze = {"encoder"}}), nn::data_error,
                       Message("Trainer: no layer to freeze is named \"encoder\"; there are 0, 1, 2, 3"));
}

TEST_CASE("a name freezes all layers of a graph below it") {
  nn::Graph<double> graph;
  const auto input = graph.input({3});
  const auto hidden = graph.add("encoder.0", nn::Dense{4}, input);
  const auto squashed = graph.add("encoder.1", nn::PReLU{}, hidden);
  graph.output(graph.add("encoders", nn::Dense{2}, squashed));
  const V before = graph.parameters();
  nn::Trainer trainer{graph, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.01}, {.freeze = {"encoder"}}};
  trainer.step(x, t);
  CHECK(graph.parameters().head(17) == before.head(17));  // 16 of encoder.0, 1 of encoder.1
  CHECK_FALSE(graph.tensor("encoders.weight") == nn::ConstMatrixView<double>(before.data() + 17, 2, 4));
}

TEST_CASE("a layer that is added under a trainer with factors lacks one, which the next step says") {
  nn::Sequential<double> network{nn::Input{3}, nn::Dense{4}};
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.learning_rate_factors = {0.5}}};
  network.add(nn::Tanh{}).add(nn::Dense{2});
  const auto before = network;
  CHECK_THROWS_MATCHES(trainer.step(x, t), nn::data_error,
                       Message("Trainer: got 1 learning_rate_factors for 3 layers; give one for each, also for those "
                               "without parameters, or none"));
  CHECK_THROWS_AS(trainer.fit(nn::Dataset(x, t)), nn::data_error);
  CHECK(network == before);
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("a network of other sizes that is assigned under a trainer is trained as by a new one") {
  const auto trained = [](auto& network, auto& trainer) {
    network.parameters().setOnes();
    trainer.step(M::Ones(2, 4), M::Zero(1, 4));
    return V(network.parameters());
  };
  const auto first = [] { return nn::Sequential<double>(nn::Input{2}, nn::Dense{3}, nn::Dense{5}, nn::Dense{1}); };
  const auto check = [&](const nn::SGD& optimizer, const nn::TrainerOptions& options, const auto&... layers) {
    nn::Sequential<double> network = first(), other(nn::Input{2}, layers...);
    nn::Trainer trainer{network, nn::MeanSquaredError{}, optimizer, options};
    trained(network, trainer);
    network = other;
    nn::Trainer fresh{other, nn::MeanSquaredError{}, optimizer, options};
    CHECK(test::have_same_bits(trained(network, trainer), trained(other, fresh)));
  };
  const nn::SGD decaying{.learning_rate = 0.01, .weight_decay = 1}, plain{.learning_rate = 0.01};
  for (const nn::Index middle : {7, 70}) {  // as many parameters as before, and more
    const nn::Dense two{2}, many{middle}, one{1};
    check(decaying, {}, two, many, one);
    check(plain, {.l2 = 0.1}, two, many, one);
    check(plain, {.learning_rate_factors = {0, 1, 0.5}}, two, many, one);
  }
  check(plain, {.l1 = 0.1}, nn::Dense{1}, nn::Dense{2}, nn::Dense{1});  // fewer
}

TEST_CASE("the average follows the parameters") {
  Network network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.average_decay = 0.75}};
  trainer.step(x, t);
  V expected = network.parameters();  // it begins there
  CHECK(trainer.averaged().parameters() == expected);
  trainer.step(x, t);
  expected = 0.75 * expected + 0.25 * network.parameters();
  CHECK((trainer.averaged().parameters() - expected).norm() < 1e-15);
  nn::Trainer without{network, nn::MeanSquaredError{}, nn::SGD{}};
  CHECK_THROWS_AS(without.averaged(), nn::data_error);

  // Of a network that has got other sizes there is no average before its first step.
  nn::Sequential<double> growing{nn::Input{3}, nn::Dense{2}};
  nn::Trainer of_growing{growing, nn::MeanSquaredError{}, nn::SGD{}, {.average_decay = 0.75}};
  of_growing.step(x, t);
  growing = nn::Sequential<double>{nn::Input{3}, nn::Dense{5}, nn::Dense{2}};
  CHECK(of_growing.averaged() == growing);
  const nn::Sequential<double> elsewhere = std::move(growing);
  CHECK_THROWS_WITH(of_growing.averaged(), Catch::Matchers::ContainsSubstring("averaged: this network was moved from"));
}

TEST_CASE("options that make no sense are refused, each in a sentence") {
  Network network;
  const auto trainer = [&](nn::TrainerOptions options) {
    return nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{}, options};
  };
  CHECK_THROWS_MATCHES(trainer({.clip_norm = -1}), nn::data_error,
                       Message("Trainer: clip_norm must not be negative, got -1; 0 is none"));
  CHECK_THROWS_AS(trainer({.clip_value = -1}), nn::data_error);
  CHECK_THROWS_AS(trainer({.l1 = -1}), nn::data_error);
  CHECK_THROWS_AS(trainer({.l2 = std::nan("")}), nn::data_error);
  CHECK_THROWS_AS(trainer({.average_decay = 1}), nn::data_error);
  CHECK_THROWS_AS(trainer({.threads = 0}), nn::data_error);
  const double nan = std::nan("");
  for (const nn::TrainerOptions& options :
       {nn::TrainerOptions{.clip_norm = nan}, nn::TrainerOptions{.clip_value = nan}, nn::TrainerOptions{.l1 = nan},
        nn::TrainerOptions{.average_decay = nan}, nn::TrainerOptions{.average_decay = -0.1},
        nn::TrainerOptions{.learning_rate_factors = {1, 1, nan}}})
    CHECK_THROWS_AS(trainer(options), nn::data_error);
  CHECK_THROWS_MATCHES(trainer({.learning_rate_factors = {1, -2, 1}}), nn::data_error,
                       Message("Trainer: a learning_rate_factor must not be negative, got -2; 0 is none"));
  CHECK_THROWS_MATCHES(trainer({.learning_rate_factors = {1, 1}}), nn::data_error,
                       Message("Trainer: got 2 learning_rate_factors for 3 layers; give one for each, also for those "
                               "without parameters, or none"));
}

TEST_CASE("a gradient whose norm is not finite cannot be clipped, and nothing is changed") {
  nn::Network<nn::Input<1>, nn::BatchNorm, nn::Dense<1>> network;
  network.bias<0>().setConstant(3e38F);  // what the layer after it is given
  network.parameters().tail(2) << 1e-38F, 0;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}, {.clip_norm = 1}};
  const nn::Matrix<float> inputs{{1, 2}}, targets{{0, 0}};
  CHECK_THROWS_WITH(
      trainer.step(inputs, targets),
      "step 1: the norm of the gradient is inf, which cannot be clipped; lower the learning rate, or scale "
      "the inputs to about -1..1");
  CHECK(network == before);
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("a trainer that is told nothing has one thread, clips nothing, decays nothing and keeps no average") {
  const nn::TrainerOptions options;
  CHECK(options.threads == 1);
  CHECK(options.seed == 0);
  CHECK(options.clip_norm == 0);
  CHECK(options.clip_value == 0);
  CHECK(options.l1 == 0);
  CHECK(options.l2 == 0);
  CHECK_FALSE(options.decay_biases);
  CHECK(options.average_decay == 0);
  CHECK(options.learning_rate_factors.empty());
  CHECK(options.freeze_first == 0);
  CHECK(options.freeze.empty());
}

TEST_CASE("every option is looked at in the network's number type, and what is 0 or infinite there is refused") {
  nn::Network<float, nn::Input<2>, nn::Dense<1>> network;
  nn::Network<double, nn::Input<2>, nn::Dense<1>> precise;
  const auto is_refused = [&](nn::TrainerOptions options) {
    CHECK_NOTHROW(nn::Trainer{precise, nn::MeanSquaredError{}, nn::SGD{}, options});
    CHECK_THROWS_AS((nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{}, options}), nn::data_error);
  };
  for (const double number : {1e-50, 1e39}) {
    is_refused({.clip_norm = number});
    is_refused({.clip_value = number});
    is_refused({.l1 = number});
    is_refused({.l2 = number});
    is_refused({.learning_rate_factors = {number}});
  }
  is_refused({.average_decay = 1e-50});
  is_refused({.average_decay = 1 - 1e-12});
  CHECK_THROWS_MATCHES((nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{.l2 = 1e39}}),
                       nn::data_error,
                       Message("Trainer: l2 of 1e+39 is inf in the network's number type; use one that it can tell "
                               "from inf"));
}

TEST_CASE("the rate of a layer is looked at in the network's number type, too, and nothing is changed") {
  nn::Network<float, nn::Input<2>, nn::Dense<1>> network;
  const auto before = network;
  const nn::Vector<float> inputs{{1, 2}}, target{{3}};
  CHECK_THROWS_MATCHES(
      (nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e20},
                   nn::TrainerOptions{.learning_rate_factors = {1e30}}}),
      nn::data_error,
      Message("Trainer: the learning rate times a learning_rate_factor of 1e+50 is inf in the network's "
              "number type; use one that it can tell from inf"));
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{.learning_rate_factors = {1e-30}}};
  trainer.optimizer().learning_rate = 1e-20;
  CHECK_THROWS_AS(trainer.step(inputs, target), nn::data_error);
  CHECK(network == before);
}
