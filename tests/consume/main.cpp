// SPDX-License-Identifier: MIT
// A stranger's program: trains a small network, saves and loads it; exits with 0 when the loss fell and the copy
// agrees.
#include <nn/network.hpp>

#include <sstream>

int main() {
  nn::Network<nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<1>> network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};

  nn::Matrix<float> x(2, 4), target(1, 4);
  x << 0, 0, 1, 1, 0, 1, 0, 1;
  target << 0, 1, 1, 0;
  const auto first = trainer.step(x, target);
  auto last = first;
  for (int step = 0; step < 500; ++step) last = trainer.step(x, target);

  auto copy = decltype(network){};
  std::stringstream file;
  nn::save(network, file);
  nn::load(copy, file);
  return last < first / 2 && copy == network ? 0 : 1;
}
