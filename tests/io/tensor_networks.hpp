// SPDX-License-Identifier: MIT
// The networks of tests/fixtures/safetensors.py.
#pragma once

#include <nn/network.hpp>

namespace test {

template <class T>
nn::Sequential<T> image_network() {
  nn::Sequential<T> network{nn::Input{6, 5, 2}};
  network.add(nn::Conv2D{4, {3, 2}, {.padding = 1}}).add(nn::BatchNorm{}).add(nn::ReLU{});
  network.add(nn::Conv2D{4, 3, {.groups = 4}}).add(nn::PReLU{nn::per_channel}).add(nn::GroupNorm{2});
  network.add(nn::MaxPool2D{2}).add(nn::Flatten{}).add(nn::BatchNorm{}).add(nn::PReLU{nn::per_channel});
  network.add(nn::Dense{6}).add(nn::LayerNorm{}).add(nn::Dense{3, nn::no_bias});
  return network;
}

template <class T>
nn::Sequential<T> time_network() {
  nn::Sequential<T> network{nn::Input{1, 8, 3}};
  network.add(nn::Conv1D{4, 3, {.dilation = 2}}).add(nn::Tanh{}).add(nn::Flatten{}).add(nn::Dense{2});
  return network;
}

template <class T>
nn::Sequential<T> decoder_network() {
  nn::Sequential<T> network{nn::Input{3}};
  network.add(nn::Dense{24}).add(nn::PReLU{nn::per_channel}).add(nn::Reshape{2, 3, 4}).add(nn::Conv2D{2, 1});
  return network;
}

template <class T>
nn::Sequential<T> container_network() {
  nn::Sequential<T> network{nn::Input{3, 3, 1}};
  network.add(nn::Conv2D{3, 2}).add(nn::Residual{nn::Conv2D{3, 1}, nn::Tanh{}}).add(nn::Flatten{});
  network.add(nn::Residual{nn::Dense{12}, nn::Chain{nn::Tanh{}, nn::Dense{12}}});
  network.add(nn::Concat{nn::Dense{2}, nn::Identity{}}).add(nn::BatchNorm{}).add(nn::Dense{2});
  return network;
}

template <class T>
nn::Sequential<T> member_network() {
  nn::Sequential<T> network{nn::Input{3, 3, 1}};
  network.add(nn::Conv2D{2, 2}).add(nn::ReLU{}).add(nn::Flatten{}).add(nn::Dense{3}).add(nn::Tanh{}).add(nn::Dense{2});
  return network;
}

}  // namespace test
