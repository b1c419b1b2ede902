// SPDX-License-Identifier: MIT
// Other layers, other sizes, and other layers inside of a layer have another fingerprint; other numbers have not.
#include <nn/training/step/layers_fingerprint.hpp>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

TEST_CASE("a network has the fingerprint of another where layers and sizes are the same, whatever its numbers") {
  using nn::Dense, nn::Input, nn::ReLU, nn::Sequential, nn::Tanh, nn::detail::layers_fingerprint;
  Sequential<double> network{Input{2}, Dense{3}, ReLU{}, Dense{5}, Dense{1}};
  const auto fingerprint = layers_fingerprint(network);
  network.parameters().setOnes();
  CHECK(layers_fingerprint(network) == fingerprint);
  CHECK(layers_fingerprint(Sequential<double>(network)) == fingerprint);
  const auto is_same = [&](const auto&... layers) {
    return layers_fingerprint(Sequential<double>(Input{2}, layers...)) == fingerprint;
  };
  CHECK(is_same(Dense{3}, ReLU{}, Dense{5}, Dense{1}));
  CHECK_FALSE(is_same(Dense{2}, ReLU{}, Dense{7}, Dense{1}));  // 35 parameters, too
  CHECK_FALSE(is_same(Dense{30}, ReLU{}, Dense{5}, Dense{1}));
  CHECK_FALSE(is_same(Dense{3}, Tanh{}, Dense{5}, Dense{1}));
  CHECK_FALSE(is_same(Dense{3}, ReLU{}, Dense{5}));
  CHECK_FALSE(is_same(Dense{3}, ReLU{}, Dense{5}, Dense{1}, ReLU{}));
  CHECK_FALSE(is_same(nn::Chain(Dense{3}, ReLU{}), Dense{5}, Dense{1}));
}

TEST_CASE("a weight and a bias of other sizes count where their sum and the output are the same") {
  const auto of = [](const nn::Conv1D<>& layer) {
    return nn::detail::layers_fingerprint(nn::Sequential<double>(nn::Input{1, 10, 1}, layer));
  };
  CHECK(of(nn::Conv1D{5, 1, {.stride = 5}}) != of(nn::Conv1D{1, 9, {.padding = 4}}));
}

TEST_CASE("what is inside of a layer counts") {
  using nn::Dense, nn::Input, nn::ReLU, nn::Sequential, nn::Tanh, nn::detail::layers_fingerprint;
  const auto of = [](const auto& inner) {
    return layers_fingerprint(Sequential<double>(Input{2}, nn::Chain(Dense{2}, inner)));
  };
  CHECK(of(ReLU{}) == of(ReLU{}));
  CHECK(of(ReLU{}) != of(Tanh{}));
}
