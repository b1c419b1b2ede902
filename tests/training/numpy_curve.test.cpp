// SPDX-License-Identifier: MIT
// The same initial weights, samples and order as a NumPy program (tests/python/make_training_curve.py, which wrote
// numpy_curve.txt): the same loss at each of 1,000 per-sample steps.
#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"

namespace {

constexpr nn::Index features = 20;

// As in the Python program: numbers in [-1, 1), the i-th of a sequence.
double scattered(nn::Index i, nn::Index step, nn::Index prime) {
  return 2.0 * (static_cast<double>(step * i % prime) / static_cast<double>(prime)) - 1.0;
}

template <class Net>
void set_first_weights(Net& network) {
  for (nn::Index layer = 0; layer < network.weight_count(); ++layer) {
    auto W = network.weight(layer);
    const double scale = 1.0 / static_cast<double>(W.cols());
    for (nn::Index row = 0; row < W.rows(); ++row)
      for (nn::Index column = 0; column < W.cols(); ++column)
        W(row, column) = scattered(row * W.cols() + column, 7919 + layer, 10007) * (3 * scale);
    for (nn::Index row = 0; row < W.rows(); ++row)
      network.bias(layer)[row] = scattered(row, 104729 + layer, 1009) * 0.125;
  }
}

nn::Vector<double> sample(nn::Index step) {
  nn::Vector<double> x(features);
  for (nn::Index i = 0; i < features; ++i) x[i] = (scattered(step * features + i, 31, 4099) + 1) / 2;
  for (nn::Index i = step % 3; i < features; i += 4) x[i] = 0;
  return x;
}

std::vector<double> fixture() {
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "numpy_curve.txt");
  std::vector<double> losses;
  for (double loss = 0; file >> loss;) losses.push_back(loss);
  return losses;
}

}  // namespace

TEST_CASE("1,000 per-sample steps have the losses that NumPy has, to 1e-9") {
  nn::Network<double, nn::Input<features>, nn::Dense<16>, nn::ReLU, nn::Dense<12>, nn::ReLU, nn::Dense<5>, nn::Softmax>
      network;
  set_first_weights(network);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.03125}};
  const auto expected = fixture();
  REQUIRE(expected.size() == 1000);
  double worst = 0, first_hundred = 0, last_hundred = 0;
  for (nn::Index step = 0; step < 1000; ++step) {
    const double loss = trainer.step(sample(step), step * step % 5);
    const double of_numpy = expected[static_cast<std::size_t>(step)];
    worst = std::max(worst, std::abs(loss - of_numpy) / of_numpy);
    if (step < 100) first_hundred += loss / 100;
    if (step >= 900) last_hundred += loss / 100;
  }
  CHECK(worst < 1e-9);
  CHECK(last_hundred < 0.9 * first_hundred);  // something was learned, so the steps mattered
}
