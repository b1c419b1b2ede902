// SPDX-License-Identifier: MIT
// Whole programs, as a user writes them: `course` does what the course's program does (3 epochs of 50,000 updates from
// one sample each, parameters saved after each, the test printed line by line); `memory` is one epoch of mini-batches
// and the test, and reports the most memory that the process took.
#include <nn/network.hpp>

#include "digits.hpp"

namespace {

void course(const measure::Arguments& arguments) {
  const std::string folder = measure::environment("NN_MNIST_DIR");
  double accuracy = 0;
  const double time = measure::seconds([&] {
    const nn::Dataset train = nn::read_mnist(folder, nn::MnistPart::train);
    const nn::Dataset test = nn::read_mnist(folder, nn::MnistPart::test);
    Digits network;
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
    trainer.fit(train, {.epochs = 3,
                        .batch_size = 1,
                        .samples_per_epoch = arguments.scaled(50000),
                        .shuffle = false,
                        .on_epoch = [&](nn::Progress& progress) {
                          nn::save(network, "params.json");
                          std::printf("Epoch %d/3, Loss: %f\n", static_cast<int>(progress.epoch), progress.loss);
                        }});
    const nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, test, {.keep_losses = true});
    for (std::size_t i = 0; i < result.losses.size(); ++i)
      std::printf("Test Data: %zu/%d, Loss: %f\n", i + 1, static_cast<int>(result.samples), result.losses[i]);
    accuracy = result.accuracy;
  });
  measure::report("course", "nn", time, "s", "accuracy", accuracy);
}

void memory(const measure::Arguments& arguments) {
  const std::string folder = measure::environment("NN_MNIST_DIR");
  Digits network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-2}};
  trainer.fit(nn::read_mnist(folder, nn::MnistPart::train),
              {.epochs = 1, .batch_size = 64, .samples_per_epoch = std::max(64, arguments.scaled(60000))});
  const nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, nn::read_mnist(folder, nn::MnistPart::test));
  measure::report("memory", "nn", measure::peak_megabytes(), "MB", "accuracy", result.accuracy);
}

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] {
    const measure::Arguments given(count, arguments);
    given.workload == "memory" ? memory(given) : course(given);
  });
}
