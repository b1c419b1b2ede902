// SPDX-License-Identifier: MIT
// A network from a library that is loaded while the program runs is the same as one made here: it is equal, and its
// Softmax and CrossEntropy are differentiated as one, which is exact at any logit.
#include <dlfcn.h>

#include <vector>

#include <nn/training.hpp>

int main(int, char** arguments) {
  void* library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return 1;
  const auto make_network = reinterpret_cast<void (*)(nn::Sequential<double>*)>(dlsym(library, "make_network"));
  if (make_network == nullptr) return 2;

  nn::Sequential<double> ours{nn::Input{2}, nn::Dense{3}, nn::Softmax{}}, theirs{nn::Input{1}};
  make_network(&theirs);
  if (!(ours == theirs) || !theirs.last_is<nn::Softmax>() || theirs.last_is<nn::Sigmoid>()) return 3;
  if (theirs == nn::Sequential<double>{nn::Input{2}, nn::Dense{3}, nn::Sigmoid{}}) return 4;

  const nn::Matrix<double> x{{1}, {0}};
  const auto loss = [&](nn::Sequential<double>& network) {
    network.parameters().setZero();
    network.weight(0).col(0) << 500, 0, -500;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
    return trainer.step(x, std::vector<int>{2});
  };
  return loss(ours) == 1000 && loss(theirs) == 1000 && ours == theirs ? 0 : 5;
}
