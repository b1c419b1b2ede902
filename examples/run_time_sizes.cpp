// SPDX-License-Identifier: MIT
// Sizes, and even the number of layers, that are known only when the program runs: run_time_sizes 16 16 8
#include <nn/network.hpp>

#include <cstdlib>
#include <iostream>
#include <vector>

int main(int argument_count, char** arguments) try {
  std::vector<int> hidden;
  for (int i = 1; i < argument_count; ++i) hidden.push_back(std::atoi(arguments[i]));
  if (hidden.empty()) hidden = {16, 8};

  // Any number of layers: a Sequential.
  nn::Sequential<float> deep{nn::Input{4}};
  for (const int units : hidden) deep.add(nn::Dense{units}).add(nn::ReLU{});
  deep.add(nn::Dense{3}).add(nn::Softmax{});
  std::cout << deep.depth() << " layers, " << deep.parameter_count() << " parameters\n";

  // The layers known, their sizes not: a Network as ever, its sizes in parentheses instead of angle brackets.
  nn::Network small{nn::Input{4}, nn::Dense{hidden[0]}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  std::cout << small.depth() << " layers, " << small.parameter_count() << " parameters\n";

  // Both train, save and load as any network does; a class label serves as target where the output has one for each.
  const nn::Vector<float> x{{0.2f, 0.4f, 0.6f, 0.8f}};
  nn::Trainer train_deep{deep, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  nn::Trainer train_small{small, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  for (int step = 0; step < 100; ++step) {
    train_deep.step(x, 2);
    train_small.step(x, 2);
  }
  std::cout << "probability of class 2: " << deep.predict(x)(2) << " and " << small.predict(x)(2) << '\n';
  return deep.predict(x)(2) > 0.5f && small.predict(x)(2) > 0.5f ? 0 : 1;
} catch (const nn::error& problem) {
  std::cerr << problem.what() << '\n';  // a size of 0, say
  return 2;
}
