// SPDX-License-Identifier: MIT
// After the first time, predict with a workspace and Trainer::step ask for no memory, whatever the layer or the batch.
#include <algorithm>
#include <vector>

#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/adagrad.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/adamax.hpp>
#include <nn/optimizers/adamw.hpp>
#include <nn/optimizers/lion.hpp>
#include <nn/optimizers/nadam.hpp>
#include <nn/optimizers/rmsprop.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../all_layers.hpp"
#include "../catch.hpp"
#include "../left_out.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"

namespace {

template <class Work>
std::size_t allocations_of(Work&& work) {
  const test::MemoryWatch watch;
  work();
  return watch.allocations();
}

// Predicts and trains with the least batch and with 64: nothing after the first time.
template <class Net, class Loss, class Optimizer = nn::SGD>
void check(Net& network, const Loss& loss, const Optimizer& optimizer, nn::Index least = 1,
           const nn::TrainerOptions& options = {}) {
  using T = typename Net::Scalar;
  nn::Trainer trainer{network, loss, optimizer, options};
  nn::Workspace<T> workspace;
  const nn::Index features = network.input_shape().size(), outputs = network.output_shape().size();
  T sum = 0;
  for (const nn::Index samples : {nn::Index(64), least}) {
    const nn::Matrix<T> x = test::drawn<T>(features, samples, 1), t = test::drawn<T>(outputs, samples, 2, 0, 1);
    const std::vector<int> labels(static_cast<std::size_t>(samples), 1);
    sum += network.predict(x, workspace)(0, 0);
    trainer.step(x, t);
    trainer.step(x, labels);
    const std::vector<double> weights(static_cast<std::size_t>(samples), 0.5);
    CAPTURE(samples, options.threads);
    CHECK(allocations_of([&] { sum += network.predict(x, workspace)(0, 0); }) == 0);
    CHECK(allocations_of([&] { sum += network.predict(x.leftCols(1), workspace)(0, 0); }) == 0);
    CHECK(allocations_of([&] { trainer.step(x, t); }) == 0);
    CHECK(allocations_of([&] { trainer.step(x, labels); }) == 0);
    CHECK(allocations_of([&] { trainer.step(x, labels, weights); }) == 0);
  }
  CHECK(sum == sum);
}

}  // namespace

TEST_CASE("the watch sees memory that operator new and Eigen ask for") {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  nn::Matrix<float> a = test::drawn<float>(300, 300, 1), b;
  CHECK(allocations_of([&] { b = a; }) == 1);
  CHECK(allocations_of([&] { b = a; }) == 0);
  std::vector<int> numbers;
  CHECK(allocations_of([&] { numbers.reserve(100); }) == 1);
  const nn::Sequential<float> network(nn::Input{300}, nn::Dense{3});
  CHECK(allocations_of([&] { b = network.predict(a); }) > 0);  // without a workspace of its own, predict makes one
}

TEMPLATE_TEST_CASE("every layer predicts and learns without an allocation", "", float, double) {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    CAPTURE(std::string(layer.name()));
    nn::Sequential<TestType> network(nn::Input{30}, nn::Dense{20}, before..., layer, nn::Dense{10}, nn::Softmax{});
    const auto layers = network.descriptions();
    const bool normalises =
        std::any_of(layers.begin(), layers.end(), [](const auto& l) { return l.type == "BatchNorm"; });
    const nn::Index least = normalises ? 2 : 1;  // one value has no variance
    check(network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}, least);
    check(network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3, .momentum = 0.9}, least);
  });
  nn::Sequential<TestType> network(nn::Input{30}, nn::Dense{10}, nn::Softmax{});
  check(network, nn::ClassWeighted{nn::CrossEntropy{}, std::vector<double>(10, 2.0)}, nn::SGD{.learning_rate = 1e-3});
}

TEST_CASE("a graph of every layer of several inputs predicts and learns without an allocation") {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  test::for_each_merge_layer([&](const auto& layer) {
    CAPTURE(std::string(layer.name()));
    nn::Graph<float> graph;
    const auto a = graph.input({6}), b = graph.input({6});
    const auto merged = graph.add(layer, a, b);
    const auto hidden = graph.add(nn::Tanh{}, graph.add(nn::Dense{4}, merged));
    graph.output(graph.add(nn::Dense{2}, hidden));
    graph.output(graph.add(nn::Dense{3}, graph.add(nn::Add{}, hidden, hidden)));
    check(graph, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-3});
    check(graph, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-3}, 1, {.threads = 2});
    check(graph, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 1e-3});
  });
}

TEST_CASE("the course's network predicts and learns without an allocation") {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
              nn::Dense<10>, nn::Softmax>
      network;
  check(network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3});
  check(network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3, .momentum = 0.9});
}

TEST_CASE("a small network with its sizes in the types predicts one sample without a workspace and an allocation") {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  const auto check = [](const auto& network) {
    using T = typename std::remove_cvref_t<decltype(network)>::Scalar;
    const nn::Matrix<T> samples = test::drawn<T>(network.input_shape().size(), 2, 1);
    const std::vector<T> sample(samples.data(), samples.data() + samples.rows());
    nn::Workspace<T> workspace;
    const nn::Vector<T> expected = network.predict(samples.col(0), workspace);
    CHECK(network.predict(samples.col(0)) == expected);
    CHECK(network.predict(sample) == expected);
    T sum = 0;
    CHECK(allocations_of([&] { sum += network.predict(samples.col(0))[0]; }) == 0);
    CHECK(allocations_of([&] { sum += network.predict(sample)[0]; }) == 0);
    CHECK(sum == 2 * expected[0]);
  };
  check(nn::Network<nn::Input<8>, nn::Dense<16>, nn::Tanh, nn::Dense<16>, nn::Tanh, nn::Dense<4>>{});
  check(nn::Network<double, nn::Input<8>, nn::Dense<16>, nn::BatchNorm, nn::Dense<3>, nn::Softmax>{});
  check(nn::Network<nn::Input<4>, nn::Residual<nn::Dense<4>, nn::Tanh>, nn::Concat<nn::Dense<3>, nn::Identity>>{});
}

TEST_CASE("a tiny network with its sizes in the types predicts and learns without an allocation") {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  nn::Network<nn::Input<8>, nn::Dense<16>, nn::Tanh, nn::Dense<16>, nn::Tanh, nn::Dense<4>> network;
  check(network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-3});
}

TEMPLATE_TEST_CASE("every optimizer learns without an allocation, whatever the options, in one thread and in two", "",
                   nn::SGD, nn::RMSProp, nn::Adagrad, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::Lion) {
  if (!test::MemoryWatch::works()) {
    test::left_out("the count of allocations, which this build cannot take");
    return;
  }
  for (const nn::Index threads : {1, 2}) {
    nn::Network<nn::Input<30>, nn::Dense<20>, nn::ReLU, nn::Dense<10>, nn::Softmax> network;
    check(network, nn::CrossEntropy{}, TestType{.learning_rate = 1e-3}, 1, {.threads = threads});
    check(network, nn::CrossEntropy{}, TestType{.learning_rate = 1e-3, .weight_decay = 1e-2}, 1,
          {.threads = threads, .clip_norm = 0.1, .l1 = 1e-3, .l2 = 1e-3, .average_decay = 0.9});
  }
}
