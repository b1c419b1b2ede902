// SPDX-License-Identifier: MIT
// Every layer, in each of its forms, is made again from what it writes about itself.
#include <nn/io/known_layers.hpp>

#include <span>
#include <sstream>
#include <string>
#include <vector>

#include <nn/io/load_network.hpp>

#include "../all_layers.hpp"
#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

// The layers that a list of descriptions begins with, those inside of a container after it.
nn::AnyLayer<float> first_made_of(std::span<const nn::Description>& descriptions, const nn::LayerTable<float>& table) {
  const nn::Description description = descriptions.front();
  descriptions = descriptions.subspan(1);
  std::vector<nn::AnyLayer<float>> inside;
  for (std::size_t left = table.count_inside(description); left > 0; --left)
    inside.push_back(first_made_of(descriptions, table));
  return table.make(description, std::move(inside));
}

}  // namespace

TEST_CASE("every layer is made again from its description, with the same words, shapes and tensors") {
  const auto table = nn::known_layers<float>().add(nn::Activation<test::Swish>{});
  int count = 0;
  test::for_each_layer([&](const auto& layer, const auto&... before) {
    nn::Sequential<float> network{nn::Input{6}};
    (network.add(before), ...);
    network.add(layer);
    const auto described = network.descriptions();
    CAPTURE(layer.name());

    nn::Sequential<float> again{nn::Input{6}};
    std::span<const nn::Description> left(described.begin() + 1, described.end());
    while (!left.empty()) again.add(first_made_of(left, table));
    CHECK(again.descriptions() == described);
    CHECK(again.output_shape() == network.output_shape());
    CHECK(again.parameters() == network.parameters());
    CHECK(again.state() == network.state());

    std::stringstream file;
    nn::save(network, file, {.self_test = true});
    const nn::Sequential<float> loaded = nn::load_network<float>(file, {.layers = table});
    CHECK(loaded.descriptions() == described);
    CHECK(loaded.parameters() == network.parameters());
    CHECK(loaded.state() == network.state());
    const nn::Matrix<float> x = test::drawn<float>(6, 3, 1);
    CHECK(test::have_same_bits(loaded.predict(x), network.predict(x)));
    ++count;
  });
  CHECK(count > 50);
}
