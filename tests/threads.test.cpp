// SPDX-License-Identifier: MIT
// What may be done from several threads at once; built apart, to run under ThreadSanitizer.
#include <nn/network.hpp>

#include <thread>
#include <utility>
#include <vector>

#include "catch.hpp"

namespace {

constexpr int thread_count = 8;

// Calls work(i) in eight threads at once, i from 0.
void in_threads(auto work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < thread_count; ++i) threads.emplace_back(work, i);
  for (std::thread& thread : threads) thread.join();
}

nn::Matrix<float> some_inputs(nn::Index features, nn::Index samples) {
  nn::Random random(7);
  return nn::Matrix<float>::NullaryExpr(features, samples, [&] { return static_cast<float>(random.normal()); });
}

// Every thread predicts every sample, alone and all in one batch, with and without a workspace of its own.
void check_predictions(const auto& network) {
  const nn::Matrix<float> x = some_inputs(20, 64);
  const nn::Matrix<float> batch = network.predict(x);
  nn::Matrix<float> alone(batch.rows(), batch.cols());
  for (nn::Index sample = 0; sample < x.cols(); ++sample) alone.col(sample) = network.predict(x.col(sample));

  std::vector<int> equal(thread_count, 0);
  in_threads([&](int thread) {
    int count = 0;
    nn::Workspace<float> workspace;
    for (int round = 0; round < 5; ++round) {
      for (nn::Index sample = 0; sample < x.cols(); ++sample) {
        count += network.predict(x.col(sample)) == alone.col(sample);
        count += network.predict(x.col(sample), workspace) == alone.col(sample);
      }
      count += network.predict(x) == batch;
      count += network.predict(x, workspace) == batch;
    }
    equal[static_cast<std::size_t>(thread)] = count;
  });
  for (const int count : equal) CHECK(count == 5 * (2 * 64 + 2));
}

}  // namespace

TEST_CASE("Eight threads predict on one Network and get the bits of one thread") {
  const nn::Network<nn::Input<20>, nn::Dense<32>, nn::ReLU, nn::Dense<16>, nn::Tanh, nn::Dense<5>, nn::Softmax> network;
  check_predictions(network);
}

TEST_CASE("Eight threads predict on one Network with sizes given at run time") {
  const nn::Network network{nn::Input{20}, nn::Dense{32}, nn::Sigmoid{}, nn::Dense{5}, nn::Softmax{}};
  check_predictions(network);
}

TEST_CASE("Eight threads predict on one Sequential and get the bits of one thread") {
  const nn::Sequential<float> network{nn::Input{20}, nn::Dense{32}, nn::LeakyReLU{}, nn::Dense{5}, nn::Softmax{}};
  check_predictions(network);
}

TEST_CASE("Eight threads predict on networks with containers of layers") {
  const nn::Network<nn::Input<20>, nn::Residual<nn::Dense<20>, nn::ReLU>,
                    nn::Concat<nn::Dense<5>, nn::Chain<nn::Dense<3>, nn::Residual<nn::Dense<3>, nn::Tanh>>>>
      network;
  check_predictions(network);
  check_predictions(nn::Sequential<float>{nn::Input{20}, nn::Residual{nn::Dense{20}, nn::ReLU{}},
                                          nn::Concat{nn::Dense{5}, nn::Identity{}}});
}

TEST_CASE("Networks trained in eight threads at once do not know of each other") {
  using Network = nn::Network<nn::Input<20>, nn::Dense<16>, nn::ReLU, nn::Dense<4>, nn::Softmax>;
  const nn::Matrix<float> x = some_inputs(20, 32);
  const std::vector<int> labels = [] {
    std::vector<int> result;
    for (int i = 0; i < 32; ++i) result.push_back(i % 4);
    return result;
  }();
  const auto trained = [&] {
    Network network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.05, .momentum = 0.9}};
    for (int step = 0; step < 20; ++step) trainer.step(x, labels);
    return network;
  };

  const Network alone = trained();
  CHECK(!(alone == Network{}));
  std::vector<Network> networks(thread_count);
  in_threads([&](int thread) { networks[static_cast<std::size_t>(thread)] = trained(); });
  for (const Network& network : networks) CHECK(network == alone);
}

TEMPLATE_TEST_CASE("Threads that share the work step every optimizer to the bits of one thread", "", nn::SGD,
                   nn::RMSProp, nn::Adagrad, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::Lion) {
  const nn::Matrix<float> x = some_inputs(20, 32), t = some_inputs(3, 32);
  const auto trained = [&](nn::Index threads) {
    nn::Network<nn::Input<20>, nn::Dense<17>, nn::Tanh, nn::Dense<3>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, TestType{.weight_decay = 0.01}, {.threads = threads}};
    for (int step = 0; step < 20; ++step) trainer.step(x, t);
    return network;
  };
  const auto alone = trained(1);
  CHECK(!(alone == decltype(trained(1)){}));
  for (const nn::Index threads : {2, 5}) CHECK(trained(threads) == alone);
}

TEST_CASE("Threads share a step that looks at the whole gradient, and the average, to the bits of one thread") {
  const nn::Matrix<float> x = some_inputs(20, 32), t = some_inputs(3, 32);
  const auto trained = [&](nn::Index threads) {
    nn::Network<nn::Input<20>, nn::Dense<17>, nn::Tanh, nn::Dense<3>> network;
    nn::Trainer trainer{
        network,
        nn::MeanSquaredError{},
        nn::AdamW{},
        {.threads = threads, .clip_norm = 0.1, .average_decay = 0.9, .learning_rate_factors = {0.5, 1, 0}}};
    for (int step = 0; step < 20; ++step) trainer.step(x, t);
    return std::pair(network, trainer.averaged());
  };
  const auto alone = trained(1);
  CHECK(!(alone.first == decltype(alone.first){}));
  CHECK(!(alone.first == alone.second));
  for (const nn::Index threads : {2, 5}) CHECK(trained(threads) == alone);
}

TEST_CASE("Threads that share weighted samples learn the bits of one thread, and evaluate to them") {
  std::vector<double> weights;
  for (int i = 0; i < 50; ++i) weights.push_back(0.25 * (i % 7));
  const nn::Dataset data = nn::Dataset(some_inputs(20, 50), some_inputs(3, 50)).with_weights(weights);
  const auto trained = [&](nn::Index threads) {
    nn::Network<nn::Input<20>, nn::Dense<17>, nn::Tanh, nn::Dense<3>> network;
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}, {.threads = threads}};
    trainer.fit(data, {.epochs = 4, .batch_size = 16});
    return network;
  };
  const auto alone = trained(1);
  const double loss = nn::evaluate(alone, nn::MeanSquaredError{}, data).loss;
  for (const nn::Index threads : {2, 3}) {
    CHECK(trained(threads) == alone);
    CHECK(nn::evaluate(alone, nn::MeanSquaredError{}, data, {.batch_size = 7, .threads = threads}).loss == loss);
  }
}

TEMPLATE_TEST_CASE("Threads share the work within containers of layers, to the bits of one thread", "", nn::SGD,
                   nn::Adam) {
  using Branches = nn::Concat<
      nn::Chain<nn::Residual<nn::Conv2D<2, 3, nn::ConvOptions{.padding = 1}>, nn::PReLU<>>, nn::Conv2D<3, 1>>,
      nn::Dropout>;
  using Network = nn::Network<nn::Input<5, 2, 2>, Branches, nn::LayerNorm,
                              nn::Residual<nn::Dense<7>, nn::Tanh, nn::Dense<50>, nn::Reshape<5, 2, 5>>, nn::Dense<3>>;
  const nn::Sequential<float> same_at_run_time(
      nn::Input{5, 2, 2},
      nn::Concat{nn::Chain{nn::Residual{nn::Conv2D{2, 3, {.padding = 1}}, nn::PReLU{}}, nn::Conv2D{3, 1}},
                 nn::Dropout{}},
      nn::LayerNorm{}, nn::Residual{nn::Dense{7}, nn::Tanh{}, nn::Dense{50}, nn::Reshape{5, 2, 5}}, nn::Dense{3});
  const nn::Matrix<float> x = some_inputs(20, 32), t = some_inputs(3, 32);
  const auto trained = [&](auto network, nn::Index threads) {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, TestType{.learning_rate = 0.01}, {.threads = threads}};
    for (int step = 0; step < 10; ++step) trainer.step(x, t);
    return nn::Vector<float>(network.parameters());
  };
  REQUIRE(Network{}.has_shards());
  const nn::Vector<float> alone = trained(Network{}, 1);
  CHECK((alone.array() != Network{}.parameters().array()).any());
  CHECK(trained(same_at_run_time, 1) == alone);
  for (const nn::Index threads : {2, 3, 5}) {
    CHECK(trained(Network{}, threads) == alone);
    CHECK(trained(same_at_run_time, threads) == alone);
  }
}
