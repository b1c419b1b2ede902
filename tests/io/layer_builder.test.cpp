// SPDX-License-Identifier: MIT
// Its refusals are tested with load_network.
#include <nn/io/layer_builder.hpp>

#include <utility>
#include <vector>

#include <nn/activations/tanh.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/dense.hpp>

#include "../catch.hpp"

TEST_CASE("layers inside of containers follow them, and each container ends with its last layer") {
  using Layers = std::vector<nn::AnyLayer<float>>;
  nn::LayerTable<float> table;
  table.add(nn::Dense{1}).add(nn::Tanh{});
  table.add_container("Chain", "layers", [](Layers layers) { return nn::Chain{std::move(layers)}; });
  nn::detail::LayerBuilder<float> builder(table);
  builder.begin_with(nn::Description{"Input", {{"height", 1}, {"width", 1}, {"channels", 3}}});
  CHECK(builder.input() == nn::Shape(3));
  builder.add(nn::Description{"Chain", {{"layers", 2}}});
  builder.add(nn::Description{"Chain", {{"layers", 1}}});
  CHECK(builder.unfinished() == "Chain (layers 1)");
  builder.add(nn::Description{"Dense", {{"units", 4}, {"bias", 1}}});
  CHECK(builder.unfinished() == "Chain (layers 2)");
  CHECK(builder.parameter_count() == 0);
  builder.add(nn::Description{"Tanh", {}});
  CHECK(builder.unfinished().empty());
  CHECK(builder.parameter_count() == 16);
  builder.add(nn::Description{"Tanh", {}});

  const nn::AnyLayer<float> dense{nn::Dense{4}}, tanh{nn::Tanh{}};
  const nn::AnyLayer<float> inner{nn::Chain{Layers{dense}}};
  const nn::Sequential<float> network = builder.network();
  CHECK(network.layer(0) == nn::AnyLayer<float>(nn::Chain{Layers{inner, tanh}}));
  CHECK(network.layer(1) == tanh);
}

TEST_CASE("an input of no steps is that of sequences of any length") {
  const nn::LayerTable<float> table;
  nn::detail::LayerBuilder<float> one(table);
  nn::detail::LayerBuilder<float, nn::any_length> any(table);
  any.begin_with(nn::Shape(1, 0, 3));
  CHECK(any.input() == nn::Shape(1, 1, 3));
  CHECK_THROWS_WITH(any.begin_with(nn::Shape(1, 5, 3)),
                    "Input: the network reads samples of 1x5x3 only; take "
                    "nn::load_network<float>");
  CHECK_THROWS_WITH(one.begin_with(nn::Shape(1, 0, 3)),
                    Catch::Matchers::StartsWith("Input: the network reads sequences of any length, which "
                                                "nn::load_network<float, nn::any_length> gives"));
}
