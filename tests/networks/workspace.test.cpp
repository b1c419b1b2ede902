// SPDX-License-Identifier: MIT
#include <nn/networks/workspace.hpp>

#include <algorithm>
#include <new>

#include <nn/activations/prelu.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/residual.hpp>
#include <nn/networks/network.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"

namespace {
const nn::Network network{nn::Input{3}, nn::Dense{5}, nn::Dense{20}};
}

TEST_CASE("a workspace grows when it must and never shrinks") {
  nn::Workspace<float> workspace;
  workspace.reserve_activations(network, 4);
  float* const first = workspace.activation(network.place(0), 4);
  workspace.reserve_activations(network, 2);
  workspace.reserve_activations(network, 4);
  CHECK(workspace.activation(network.place(0), 4) == first);
  const nn::Network small{nn::Input{3}, nn::Dense{2}};
  workspace.reserve_activations(small, 4);
  CHECK(workspace.activation(network.place(0), 4) == first);
  workspace.reserve_activations(network, 5);
  workspace.activation(network.place(1), 5)[20 * 5 - 1] = 1;  // a sanitizer tells whether it is there
  CHECK(workspace.activation(network.place(1), 5)[20 * 5 - 1] == 1.0F);
}

TEST_CASE("the outputs of layers do not overlap, nor do their gradients") {
  nn::Workspace<float> workspace;
  workspace.reserve_activations(network, 3);
  workspace.reserve_gradients(network, 3);
  const auto fill = [](float* numbers, nn::Index count, float value) { std::fill_n(numbers, count, value); };
  for (nn::Index level = 0; level <= 2; ++level)
    fill(workspace.gradient(network, level, 3), network.shape(level).size() * 3, static_cast<float>(level));
  for (nn::Index i = 0; i < 2; ++i)
    fill(workspace.activation(network.place(i), 3), network.place(i).output.size() * 3, static_cast<float>(10 + i));
  for (nn::Index level = 0; level <= 2; ++level) {
    CHECK(workspace.gradient(network, level, 3)[0] == static_cast<float>(level));
    CHECK(workspace.gradient(network, level, 3)[network.shape(level).size() * 3 - 1] == static_cast<float>(level));
  }
  CHECK(workspace.activation(network.place(0), 3)[14] == 10.0F);
  CHECK(workspace.activation(network.place(1), 3)[0] == 11.0F);
  CHECK(workspace.gradient(network, 1, 3) == workspace.gradient(network.place(0), 3));
}

TEST_CASE("the gradient of parameters starts at zero each time") {
  nn::Workspace<float> workspace;
  workspace.parameter_gradient(5).setConstant(3);
  const auto again = workspace.parameter_gradient(4);
  CHECK(again.size() == 4);
  CHECK((again.array() == 0.0F).all());
  CHECK((workspace.parameter_gradient(9).array() == 0.0F).all());
}

TEST_CASE("a workspace that cannot grow serves what it served before") {
  nn::Workspace<float> workspace;
  workspace.reserve_activations(network, 4);
  workspace.reserve_gradients(network, 4);
  float* const activation = workspace.activation(network.place(1), 4);
  float* const gradient = workspace.gradient(network.place(1), 4);
  std::fill_n(activation, 20 * 4, 1.0F);
  std::fill_n(gradient, 20 * 4, 2.0F);
  constexpr nn::Index many = nn::Index(1) << 54;  // can be counted, but not had
  CHECK_THROWS_AS(workspace.reserve_activations(network, many), std::bad_alloc);
  CHECK_THROWS_AS(workspace.reserve_gradients(network, many), std::bad_alloc);
  CHECK(workspace.activation(network.place(1), 4) == activation);
  CHECK(workspace.gradient(network.place(1), 4) == gradient);
  CHECK(std::count(activation, activation + 20 * 4, 1.0F) == 20 * 4);
  CHECK(std::count(gradient, gradient + 20 * 4, 2.0F) == 20 * 4);
}

TEST_CASE("a pass back allocates nothing once there is room for the gradients") {
  nn::Network<nn::Input<3>, nn::Dense<4>, nn::PReLU<>, nn::Residual<nn::Dense<4>, nn::BatchNorm>, nn::Dense<2>> net;
  const nn::Vector<float> x = nn::Vector<float>::Ones(3);
  nn::Workspace<float> workspace;
  workspace.reserve_activations(net, 1);
  workspace.reserve_gradients(net, 1);
  std::fill_n(workspace.activation(net.place(0), 1), net.activation_size(), 1.0F);
  std::fill_n(workspace.gradient(net.place(0), 1), net.activation_size(), 1.0F);
  const auto before = net;
  const test::MemoryWatch watch;
  nn::descend(net, net.parameters().data(), x, workspace, net.depth(), 0.1F, nn::Training<float>{});
  CHECK(watch.allocations() == 0);
  CHECK(!(net == before));
}

TEST_CASE("a size that cannot be counted is refused") {
  nn::Workspace<float> workspace;
  CHECK_THROWS_AS(workspace.reserve_activations(network, nn::Index(1) << 60), nn::shape_error);
  CHECK_THROWS_AS(workspace.reserve_gradients(network, nn::Index(1) << 60), nn::shape_error);
}
