// SPDX-License-Identifier: MIT
// With the standard library of Clang and macOS all three doors compile, a network learns, and comes back from files.
#include <cstdio>
#include <sstream>

#include <nn/io/checkpoint.hpp>
#include <nn/network.hpp>

double train_through_training_door();
bool predict_through_inference_door();

namespace {

using Xor = nn::Network<nn::Input<2>, nn::Dense<8>, nn::LeakyReLU, nn::Dense<1>, nn::Sigmoid>;

int check(const char* folder) {
  if (!predict_through_inference_door()) return 1;
  if (!(train_through_training_door() < 0.1)) return 2;

  const nn::Matrix<float> x{{0, 0, 1, 1}, {0, 1, 0, 1}}, target{{0, 1, 1, 0}};
  Xor network, copy;
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::Adam{.learning_rate = 0.05}};
  trainer.fit(nn::Dataset(x, target), {.epochs = 20, .batch_size = 2});
  std::stringstream file;
  nn::save(network, file);
  copy.initialize(nn::Random(9));
  nn::load(copy, file);
  if (!(copy == network)) return 3;

  const std::string path = std::string(folder) + "/training.checkpoint";
  trainer.save_checkpoint(path);
  nn::Trainer resumed{copy, nn::BinaryCrossEntropy{}, nn::Adam{.learning_rate = 0.05}};
  resumed.resume(path);
  if (resumed.step(x, target) != trainer.step(x, target) || !(copy == network)) return 4;

  std::istringstream csv("a,b\n1.5,2\n-2.5e3,0.1\n");
  const nn::Table table = nn::read_csv(csv);
  return table.column("a").numbers[1] == -2500 && table.column("b").numbers[1] == 0.1 ? 0 : 5;
}

}  // namespace

int main(int, char** arguments) {
  const int step = check(arguments[1]);
  if (step != 0) std::printf("check %d failed\n", step);
  return step;
}
