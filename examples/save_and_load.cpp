// SPDX-License-Identifier: MIT
// A trained network goes to a file and comes back as it was, bit for bit; a damaged file changes nothing and says why.
#include <nn/network.hpp>

#include <cstdio>
#include <iostream>
#include <sstream>

int main() {
  using Network = nn::Network<nn::Input<3>, nn::Dense<5>, nn::ReLU, nn::Dense<2>, nn::Softmax>;

  Network network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  const nn::Vector<float> x{{0.1f, 0.2f, 0.3f}};
  for (int step = 0; step < 100; ++step) trainer.step(x, 1);

  const char* path = "save_and_load.json";
  nn::save(network, path);  // the old file or the new one, never half of it
  Network copy;
  nn::load(copy, path);
  std::cout << (copy == network ? "the copy is equal" : "the copy differs") << '\n';
  bool right = copy == network;

  // A stream serves as well. Half of a file is refused with a sentence, and the network stays as it was.
  std::ostringstream text;
  nn::save(network, text);
  std::istringstream half(text.str().substr(0, text.str().size() / 2));
  try {
    nn::load(copy, half);
    right = false;
  } catch (const nn::load_error& problem) {
    std::cout << problem.what() << '\n';
  }
  std::remove(path);
  return right && copy == network ? 0 : 1;
}
