// SPDX-License-Identifier: MIT
// The network of the course, and what our programs do with the shared weights and batches.
#pragma once

#include <algorithm>
#include <nn/inference.hpp>
#include <span>
#include <vector>

#include "../measure.hpp"

using Digits = nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
                           nn::Dense<10>, nn::Softmax>;

template <class Network>
void set_weights(Network& network, const std::vector<measure::LayerWeights>& layers) {
  nn::Index k = 0;
  for (const measure::LayerWeights& layer : layers) {
    float* const W = network.weight(k).data();
    for (int i = 0; i < layer.outputs; ++i)
      for (int j = 0; j < layer.inputs; ++j)
        W[j * layer.outputs + i] = layer.W[static_cast<std::size_t>(i * layer.inputs + j)];
    std::copy(layer.b.begin(), layer.b.end(), network.bias(k).data());
    ++k;
  }
}

struct Batch {
  nn::ConstMatrixView<float> inputs;
  std::span<const int> labels;
};

inline Batch make_digits_batch(const float* inputs, const int* labels, int samples) {
  return {{inputs, 784, samples}, {labels, static_cast<std::size_t>(samples)}};
}
