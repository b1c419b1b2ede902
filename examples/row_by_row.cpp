// SPDX-License-Identifier: MIT
// An LSTM reads a digit of MNIST row by row, 28 steps of 28 pixels, and says at the end which it was. The folder of
// MNIST is in NN_MNIST_DIR, and `row_by_row 2` begins from another seed; `row_by_row short` learns from digits drawn
// here.
#include <nn/network.hpp>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "mnist/digits.hpp"

int main(int argument_count, char** arguments) {
  const bool is_short = argument_count > 1 && std::string_view(arguments[1]) == "short";
  const char* folder = is_short ? nullptr : std::getenv("NN_MNIST_DIR");
  if (!folder && !is_short) {
    std::cerr << "row_by_row: set NN_MNIST_DIR to the folder of MNIST, or say `row_by_row short`\n";
    return 1;
  }
  const std::uint64_t seed = argument_count > 1 && !is_short ? std::stoul(arguments[1]) : 1;
  const nn::Dataset train =
      folder ? nn::read_mnist(folder, nn::MnistPart::train) : mnist::DigitGenerator(nn::Random(1)).dataset(400);
  const nn::Dataset test =
      folder ? nn::read_mnist(folder, nn::MnistPart::test) : mnist::DigitGenerator(nn::Random(2)).dataset(100);

  nn::Network network{nn::Input{28, 28, 1}, nn::Reshape{1, 28, 28}, nn::LSTM{folder ? 64 : 16},
                      nn::LastStep{},       nn::Dense{10},          nn::Softmax{}};
  network.initialize(nn::Random{seed});
  nn::Trainer trainer{
      network, nn::CrossEntropy{}, nn::AdamW{.weight_decay = 0.01}, {.threads = 2, .seed = seed, .clip_norm = 1}};
  const auto begin = std::chrono::steady_clock::now();
  trainer.fit(train, {.epochs = folder ? 12 : 4,
                      .batch_size = folder ? 64 : 8,
                      .augmentation = nn::augment(nn::RandomShift{1}),
                      .schedule = nn::OneCycle{.learning_rate = 5e-3}});
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  const double accuracy = nn::evaluate(network, nn::CrossEntropy{}, test, {.threads = 2}).accuracy;
  std::cout << "seed " << seed << ": " << 100 * accuracy << " % of " << test.size() << " digits are right after "
            << seconds.count() << " s\n";
  return accuracy > (folder ? 0.985 : 0.3) ? 0 : 1;
}
