// SPDX-License-Identifier: MIT
#include <nn/network.hpp>

#include <cmath>
#include <iostream>

int main() {
  nn::Network<nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<1>, nn::Sigmoid> network;
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::SGD{.learning_rate = 0.5}};

  const nn::Matrix<float> x{{0, 0, 1, 1}, {0, 1, 0, 1}};  // four samples, one column each
  const nn::Matrix<float> target{{0, 1, 1, 0}};
  for (int step = 0; step < 1000; ++step) trainer.step(x, target);

  const nn::Matrix<float> y = network.predict(x);
  for (int i = 0; i < 4; ++i) std::cout << x(0, i) << " xor " << x(1, i) << " = " << std::round(y(0, i)) << '\n';
}
