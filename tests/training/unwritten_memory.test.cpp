// SPDX-License-Identifier: MIT
// Every layer and every optimizer learns and predicts the same bits whatever stands in the memory that it is given: a
// number that nobody has written is never read.
#include <memory>
#include <string>
#include <vector>

#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
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
#include "../memory_watch.hpp"
#include "../numbers.hpp"

namespace {

using Numbers = std::vector<nn::Matrix<float>>;

// What a copy of the network learns in a few steps and predicts afterwards, where fresh memory is full of `byte`.
template <class Net, class Loss, class Optimizer>
Numbers learned_in_memory_of(unsigned char byte, const Net& untrained, const Loss& loss, const Optimizer& optimizer,
                             const nn::TrainerOptions& options) {
  const nn::Index features = untrained.input_shape().size(), outputs = untrained.output_shape().size();
  const nn::Index least = untrained.state().size() > 0 ? 2 : 1;  // one value has no variance
  Numbers result;
  const test::FreshMemory fresh(byte);
  Net network = untrained;
  nn::Trainer trainer{network, loss, optimizer, options};
  for (const nn::Index samples : {least, nn::Index(7)}) {
    const nn::Matrix<float> x = test::drawn<float>(features, samples, 1);
    const nn::Matrix<float> t = test::drawn_probabilities<float>(outputs, samples, 2);
    for (int step = 0; step < 2; ++step) trainer.step(x, t);
    nn::Workspace<float> workspace;
    result.push_back(network.predict(x));
    result.push_back(network.predict(x, workspace));
    result.push_back(network.predict(x.col(0)));
  }
  result.push_back(network.parameters());
  result.push_back(network.state());
  if (options.average_decay > 0) result.push_back(trainer.averaged().parameters());
  return result;
}

template <class Net, class Optimizer = nn::SGD, class Loss = nn::MeanSquaredError>
void check_unwritten(Net network, const Optimizer& optimizer = {.learning_rate = 1e-3}, nn::TrainerOptions options = {},
                     const Loss& loss = {}) {
  network.initialize(nn::Random(3));
  for (const nn::Index threads : {1, 2}) {
    CAPTURE(threads);
    options.threads = threads;
    const Numbers in_zeros = learned_in_memory_of(0, network, loss, optimizer, options);
    const Numbers in_nan = learned_in_memory_of(0xFF, network, loss, optimizer, options);
    REQUIRE(in_zeros.size() == in_nan.size());
    for (std::size_t i = 0; i < in_nan.size(); ++i) {
      CAPTURE(i);
      CHECK(in_nan[i].array().isFinite().all());
      CHECK(test::have_same_bits(in_nan[i], in_zeros[i]));
    }
  }
}

// 0 within half of 0, else half closer to it; written as a user would.
struct Softshrink : nn::Elementwise<Softshrink> {
  static constexpr bool is_flat_where_zero = true;
  static constexpr std::string_view name() { return "Softshrink"; }
  auto value(auto x) const {
    using T = decltype(x);
    return x > T(0.5) ? T(x - T(0.5)) : x < T(-0.5) ? T(x + T(0.5)) : T(0);
  }
  auto slope(auto, auto y) const { return y == 0 ? decltype(y)(0) : decltype(y)(1); }
  bool operator==(const Softshrink&) const = default;
};

}  // namespace

TEST_CASE("fresh memory is full of what was asked for") {
  const auto second_of = [](unsigned char byte) {
    const test::FreshMemory fresh(byte);
    return std::unique_ptr<unsigned char[]>(new unsigned char[1000])[1];
  };
  CHECK(second_of(0xFF) == 0xFF);
  CHECK(second_of(0) == 0);
}

TEST_CASE("every layer in a Sequential reads no number that was not written") {
  const auto check = [](const auto& layer, const auto&... before) {
    CAPTURE(std::string(layer.name()));
    check_unwritten(nn::Sequential<float>(nn::Input{5}, nn::Dense{6}, before..., layer, nn::Dense{3}));
    check_unwritten(nn::Sequential<float>(nn::Input{5}, nn::Dense{6}, before..., layer, nn::Dense{3}),
                    nn::SGD{.learning_rate = 1e-3, .momentum = 0.9});
  };
  test::for_each_layer(check);
  check(Softshrink{});
}

TEST_CASE("every layer in a Network reads no number that was not written") {
  const auto check = []<class L, class... Before>(const L& layer, const Before&... before) {
    CAPTURE(std::string(layer.name()));
    check_unwritten(nn::Network<nn::Input<5>, nn::Dense<6>, Before..., L, nn::Dense<3>>(
        nn::Input<5>{}, nn::Dense<6>{}, before..., layer, nn::Dense<3>{}));
  };
  test::for_each_layer(check);
  check(Softshrink{});
}

TEMPLATE_TEST_CASE("every optimizer reads no number that was not written, whatever the options", "", nn::SGD,
                   nn::RMSProp, nn::Adagrad, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::Lion) {
  const nn::Network<nn::Input<5>, nn::Dense<6>, nn::ReLU, nn::Dense<3>> network;
  check_unwritten(network, TestType{.learning_rate = 1e-3, .weight_decay = 1e-2});
  check_unwritten(network, TestType{.learning_rate = 1e-3}, {.average_decay = 0.9});
  check_unwritten(network, TestType{.learning_rate = 1e-3, .weight_decay = 1e-2},
                  {.clip_norm = 0.1, .clip_value = 0.05, .l1 = 1e-3, .l2 = 1e-3, .learning_rate_factors = {1, 1, 0.5}});
  check_unwritten(network, TestType{.learning_rate = 1e-3}, {.learning_rate_factors = {0, 1, 1}});
}

TEST_CASE("a last activation that is differentiated with its loss reads no number that was not written") {
  const auto ending_in = [](const auto& activation) {
    return nn::Sequential<float>(nn::Input{5}, nn::Dense{6}, nn::ReLU{}, nn::Dense{3}, activation);
  };
  const nn::SGD optimizer{.learning_rate = 1e-3};
  check_unwritten(ending_in(nn::Softmax{}), optimizer, {}, nn::CrossEntropy{});
  check_unwritten(ending_in(nn::Softmax{}), optimizer, {}, nn::Focal{});
  check_unwritten(ending_in(nn::Sigmoid{}), optimizer, {}, nn::BinaryCrossEntropy{});
}
