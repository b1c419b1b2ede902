// SPDX-License-Identifier: MIT
#include <nn/networks/graph_node.hpp>

#include <nn/activations/tanh.hpp>
#include <nn/layers/add.hpp>
#include <nn/layers/dense.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("A layer in a graph knows the shapes that it reads") {
  const nn::GraphNode<float> node(nn::AnyLayer<float>(nn::Dense{3}), {nn::Shape(2)});
  CHECK(node.place({}).input == nn::Shape(2));
  CHECK(node.place({}).parameter_count == 9);
  CHECK(node.is<nn::Dense<>>());
  CHECK_FALSE(node.is<nn::Tanh>());
  CHECK(node.single() != nullptr);
  CHECK(node == nn::GraphNode<float>(nn::AnyLayer<float>(nn::Dense{3}), {nn::Shape(2)}));
  CHECK_FALSE(node == nn::GraphNode<float>(nn::AnyLayer<float>(nn::Dense{3}), {nn::Shape(4)}));
}

TEST_CASE("A layer of several inputs is one of its own kind") {
  const nn::GraphNode<float> sum(nn::AnyLayer<float, nn::Shapes>(nn::Add{}), {nn::Shape(2), nn::Shape(2)});
  CHECK(sum.single() == nullptr);
  CHECK(sum.name() == "Add");
  CHECK(sum.place({}).output == nn::Shape(2));
  CHECK_THROWS_MATCHES(
      nn::GraphNode<float>(nn::AnyLayer<float>(nn::Tanh{}), {nn::Shape(2), nn::Shape(2)}), nn::shape_error,
      Message("it reads one value, but was given 2; put them together first, as nn::Concatenate{} does"));
}
