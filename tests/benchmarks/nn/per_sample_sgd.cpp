// SPDX-License-Identifier: MIT
// W1: one update per sample.
#include <nn/training.hpp>

#include "digits.hpp"

class Contender {
 public:
  explicit Contender(const measure::Work& work)
      : trainer_(network_, nn::CrossEntropy{}, nn::SGD{.learning_rate = work.learning_rate}) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return make_digits_batch(inputs, labels, samples);
  }
  void start(const std::vector<measure::LayerWeights>& weights) { set_weights(network_, weights); }
  void step(const Batch& batch) { trainer_.step(batch.inputs.col(0), batch.labels[0]); }
  const float* forward(const Batch& batch) { return network_.predict(batch.inputs.col(0), workspace_).data(); }

 private:
  Digits network_;
  nn::Trainer<Digits, nn::CrossEntropy, nn::SGD> trainer_;
  nn::Workspace<float> workspace_;
};

int main(int count, char** arguments) { return measure::run<Contender>("nn", count, arguments); }
