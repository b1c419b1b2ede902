// SPDX-License-Identifier: MIT
// What watching costs: trainings of the course's network on MNIST with nn::Doctor and without, in turn. Prints the time
// spent in the doctor as a share of the training around it, and both whole times; at full size it fails where the share
// is 2 % or more. (Of a training of a few hundredths of a second the first look alone is as much.)
#include <nn/network.hpp>

#include <algorithm>
#include <cstdio>

#include "digits.hpp"

namespace {

struct Times {
  double training = 0;
  double doctor = 0;
};

template <class Optimizer>
Times train(const nn::Dataset& data, const Optimizer& optimizer, nn::Index batch_size, nn::Index samples,
            bool is_watched) {
  Digits network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, optimizer};
  nn::Doctor doctor{trainer, data, [](const nn::Finding&) {}};
  Times times;
  const double whole = measure::seconds([&] {
    trainer.fit(
        data,
        {.epochs = 3, .batch_size = batch_size, .samples_per_epoch = samples, .on_epoch = [&](nn::Progress& progress) {
           if (is_watched) times.doctor += measure::seconds([&] { doctor(progress); });
         }});
  });
  times.training = whole - times.doctor;
  return times;
}

template <class Optimizer>
bool is_cheap(const char* name, const nn::Dataset& data, const Optimizer& optimizer, nn::Index batch_size,
              const measure::Arguments& arguments) {
  Times watched, alone;
  for (int repetition = 0; repetition < arguments.repetitions; ++repetition)
    for (const bool is_watched : {repetition % 2 == 0, repetition % 2 != 0}) {
      const Times times = train(data, optimizer, batch_size, arguments.scaled(60000), is_watched);
      Times& sum = is_watched ? watched : alone;
      sum.training += times.training;
      sum.doctor += times.doctor;
    }
  const double share = watched.doctor / watched.training;
  std::printf("%s: the doctor took %.2f %% of the training; %.3f s with it, %.3f s without\n", name, 100 * share,
              watched.training + watched.doctor, alone.training);
  return arguments.size < 1 || share < 0.02;
}

}  // namespace

int main(int count, char** arguments) {
  bool all_cheap = true;
  const int status = measure::main_of([&] {
    const measure::Arguments given(count, arguments);
    const nn::Dataset data = nn::read_mnist(measure::environment("NN_MNIST_DIR"), nn::MnistPart::train);
    all_cheap = is_cheap("one update per sample, SGD", data, nn::SGD{.learning_rate = 1e-3}, 1, given);
    all_cheap = is_cheap("batches of 64, Adam", data, nn::Adam{}, 64, given) && all_cheap;
  });
  return status != 0 ? status : all_cheap ? 0 : 1;
}
