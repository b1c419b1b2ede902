// SPDX-License-Identifier: MIT
// Training in mini-batches with any optimizer.
#pragma once

#include <nn/network.hpp>
#include <optional>

#include "digits.hpp"

template <class Optimizer>
class MiniBatches {
 public:
  explicit MiniBatches(const measure::Work& work)
      : optimizer_{.learning_rate = work.learning_rate}, threads_(work.threads) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return make_digits_batch(inputs, labels, samples);
  }
  void start(const std::vector<measure::LayerWeights>& weights) {
    set_weights(network_, weights);
    trainer_.emplace(network_, nn::CrossEntropy{}, optimizer_, nn::TrainerOptions{.threads = threads_});
  }
  void step(const Batch& batch) { trainer_->step(batch.inputs, batch.labels); }
  const float* forward(const Batch& batch) { return network_.predict(batch.inputs, workspace_).data(); }

 private:
  Optimizer optimizer_;
  nn::Index threads_;
  Digits network_;
  std::optional<nn::Trainer<Digits, nn::CrossEntropy, Optimizer>> trainer_;
  nn::Workspace<float> workspace_;
};
