// SPDX-License-Identifier: MIT
// W1: one update per sample.
#include <nn/training.hpp>

#include "digits.hpp"

class Contender {
 public:
  struct Batch {
    nn::ConstVectorView<float> input;
    int label;
  };

  explicit Contender(const measure::Work& work)
      : trainer_(network_, nn::CrossEntropy{}, nn::SGD{.learning_rate = work.learning_rate}) {}

  Batch make_batch(const float* inputs, const int* labels, int) { return {{inputs, 784}, *labels}; }
  void start(const std::vector<measure::LayerWeights>& weights) { set_weights(network_, weights); }
  void step(const Batch& batch) { trainer_.step(batch.input, batch.label); }
  const float* forward(const Batch& batch) { return network_.predict(batch.input, workspace_).data(); }

 private:
  Digits network_;
  nn::Trainer<Digits, nn::CrossEntropy, nn::SGD> trainer_;
  nn::Workspace<float> workspace_;
};

int main(int count, char** arguments) { return measure::run<Contender>("nn", count, arguments); }
