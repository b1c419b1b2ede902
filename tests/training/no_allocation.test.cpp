// SPDX-License-Identifier: MIT
// After the first time, predict with a workspace and Trainer::step ask for no memory, whatever the layer or the batch.
#include <algorithm>
#include <vector>

#include <nn/core/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../all_layers.hpp"
#include "../catch.hpp"
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
template <class Net, class Loss>
void check(Net& network, const Loss& loss, const nn::SGD& optimizer, nn::Index least = 1) {
  using T = typename Net::Scalar;
  nn::Trainer trainer{network, loss, optimizer};
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
    CAPTURE(samples, optimizer.momentum);
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
    WARN("no count of allocations in this build");
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
    WARN("no count of allocations in this build");
    return;
  }
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    CAPTURE(std::string(layer.name()));
    nn::Sequential<TestType> network(nn::Input{30}, nn::Dense{20}, before..., layer, nn::Dense{10}, nn::Softmax{});
    const auto layers = network.descriptions();
    const bool normalises =
        std::any_of(layers.begin(), layers.end(), [](const auto& l) { return l.type == "BatchNorm"; });
    const nn::Index least = normalises ? 2 : 1;  // one value has no variance
    check(network, nn::CrossEntropy{}, {.learning_rate = 1e-3}, least);
    check(network, nn::CrossEntropy{}, {.learning_rate = 1e-3, .momentum = 0.9}, least);
  });
  nn::Sequential<TestType> network(nn::Input{30}, nn::Dense{10}, nn::Softmax{});
  check(network, nn::ClassWeighted{nn::CrossEntropy{}, std::vector<double>(10, 2.0)}, {.learning_rate = 1e-3});
}

TEST_CASE("the course's network predicts and learns without an allocation") {
  if (!test::MemoryWatch::works()) {
    WARN("no count of allocations in this build");
    return;
  }
  nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
              nn::Dense<10>, nn::Softmax>
      network;
  check(network, nn::CrossEntropy{}, {.learning_rate = 1e-3});
  check(network, nn::CrossEntropy{}, {.learning_rate = 1e-3, .momentum = 0.9});
}
