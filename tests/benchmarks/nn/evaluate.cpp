// SPDX-License-Identifier: MIT
// W4-2t: 10,000 samples in batches of 256 on two threads. nn::evaluate shares them; beyond the others it also gathers
// the batches, and works out the loss.
#include <nn/network.hpp>

#include "digits.hpp"

int main(int count, char** arguments) {
  return measure::main_of([&] {
    const measure::Arguments given(count, arguments);
    const measure::Work work(given);
    const measure::Samples samples = measure::read_mnist("t10k", work.samples, false);
    const nn::Dataset data(nn::Matrix<float>(make_digits_batch(samples.inputs.data(), nullptr, work.samples).inputs),
                           samples.labels, 10);
    Digits network;
    set_weights(network, measure::read_weights("trained", work.widths));

    for (int repetition = 0; repetition < given.repetitions; ++repetition) {
      nn::Evaluation result = nn::evaluate(network, nn::CrossEntropy{}, data, {.threads = work.threads});
      int rounds = 0;
      double time = 0;
      for (; time < 0.4 * given.size || rounds == 0; ++rounds)
        time += measure::seconds([&] {
          result = nn::evaluate(network, nn::CrossEntropy{}, data, {.threads = work.threads});
          measure::keep(&result);
        });
      measure::report(given.workload, "nn", work.value(time / rounds), work.unit(), "accuracy", result.accuracy);
    }
  });
}
