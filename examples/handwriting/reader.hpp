// SPDX-License-Identifier: MIT
// The networks of the page: the one small enough to travel in it, of examples/mnist/run.sh --recipe page, and the
// course's, which the page trains from nothing. Their layers are known at run time, so that one code is for both.
#pragma once

#include <nn/networks/sequential.hpp>
#include <nn/training.hpp>

#include <utility>

namespace handwriting {

using Reader = nn::Sequential<float>;

inline Reader make_reader() {
  return Reader{nn::Input{28, 28, 1},
                nn::Conv2D{16, 5, {.padding = 2}},
                nn::ReLU{},
                nn::MaxPool2D{2},
                nn::Conv2D{32, 5, {.padding = 2}},
                nn::ReLU{},
                nn::MaxPool2D{2},
                nn::Conv2D{48, 3},
                nn::ReLU{},
                nn::Flatten{},
                nn::Dropout{0.1},
                nn::Dense{48},
                nn::ReLU{},
                nn::Dropout{0.1},
                nn::Dense{10},
                nn::Softmax{}};
}

enum class Activation { relu, sigmoid, tanh };

/// 784 - width - ... - width - 10, all dense.
inline Reader course_network(int hidden_layers, int width, Activation activation) {
  Reader network{nn::Input{28 * 28}};
  for (int layer = 0; layer < hidden_layers; ++layer) {
    network.add(nn::Dense{width});
    if (activation == Activation::relu) network.add(nn::ReLU{});
    if (activation == Activation::sigmoid) network.add(nn::Sigmoid{});
    if (activation == Activation::tanh) network.add(nn::Tanh{});
  }
  network.add(nn::Dense{10});
  network.add(nn::Softmax{});
  return network;
}

}  // namespace handwriting
