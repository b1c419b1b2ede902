// SPDX-License-Identifier: MIT
// The network of the course, and what our programs do with the shared weights and batches.
#pragma once

#include <nn/inference.hpp>
#include <span>
#include <vector>

#include "../measure.hpp"

using Digits = nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
                           nn::Dense<10>, nn::Softmax>;

template <class Network>
void set_weights(Network& network, const std::vector<measure::LayerWeights>& layers) {
  using RowByRow = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  nn::Index k = 0;
  for (const measure::LayerWeights& layer : layers) {
    network.weight(k) = Eigen::Map<const RowByRow>(layer.W.data(), layer.outputs, layer.inputs);
    network.bias(k) = nn::ConstVectorView<float>(layer.b.data(), layer.outputs);
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
