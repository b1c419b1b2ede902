// SPDX-License-Identifier: MIT
// W3: one sample forward; W4: 10,000 samples in batches of 256.
#include <nn/inference.hpp>

#include "digits.hpp"

class Contender {
 public:
  explicit Contender(const measure::Work& work) : is_single_(work.batch_size == 1) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return make_digits_batch(inputs, labels, samples);
  }
  void start(const std::vector<measure::LayerWeights>& weights) { set_weights(network_, weights); }
  void step(const Batch&) {}
  const float* forward(const Batch& batch) {
    if (is_single_) return network_.predict(batch.inputs.col(0), workspace_).data();
    return network_.predict(batch.inputs, workspace_).data();
  }

 private:
  bool is_single_;
  Digits network_;
  nn::Workspace<float> workspace_;
};

int main(int count, char** arguments) { return measure::run<Contender>("nn", count, arguments); }
