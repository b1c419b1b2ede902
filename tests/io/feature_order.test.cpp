// SPDX-License-Identifier: MIT
#include <nn/io/feature_order.hpp>

#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"

namespace {

using nn::detail::FeatureOrder;

// What the layers of a network read and put out, one after the other.
template <class Network>
std::vector<FeatureOrder> orders_along(const Network& network, bool outputs) {
  const nn::detail::FeatureOrders orders = nn::detail::feature_orders(network);
  std::size_t count = 0;
  network.for_each_inside([&](const auto&, const auto&, nn::Index) { ++count; });
  std::vector<FeatureOrder> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(outputs ? orders.output(i) : orders.input(i));
  return all;
}

}  // namespace

TEST_CASE("A feature's place is that of its pixel, and there that of its channel") {
  // 2 pixels of 3 channels: PyTorch has a0 a1 b0 b1 c0 c1, nn a0 b0 c0 a1 b1 c1.
  const FeatureOrder order{{2, 3}};
  const std::vector<nn::Index> places{0, 3, 1, 4, 2, 5};
  for (nn::Index k = 0; k < 6; ++k) CHECK(nn::detail::position_of(order, k) == places[static_cast<std::size_t>(k)]);
  const FeatureOrder both{{1, 4}, {2, 2}};
  const std::vector<nn::Index> of_both{0, 1, 2, 3, 4, 6, 5, 7};
  for (nn::Index k = 0; k < 8; ++k) CHECK(nn::detail::position_of(both, k) == of_both[static_cast<std::size_t>(k)]);
  CHECK(nn::detail::position_of({}, 5) == 5);
}

TEST_CASE("An image that is read as features gives them its order, up to the next weights") {
  nn::Sequential<float> network{nn::Input{2, 3, 4}};
  network.add(nn::ReLU{}).add(nn::Flatten{}).add(nn::Tanh{}).add(nn::Dense{5}).add(nn::Tanh{});
  const FeatureOrder image{{6, 4}};
  CHECK(orders_along(network, false) == std::vector<FeatureOrder>{{}, {}, image, image, {}});
  CHECK(orders_along(network, true) == std::vector<FeatureOrder>{{}, image, image, {}, {}});
}

TEST_CASE("A layer of which no weights are told passes an order on") {
  const nn::detail::FeatureOrders orders({{.name = "Flatten", .input = nn::Shape(2, 1, 2), .output = nn::Shape(4)},
                                          {.name = "Tanh", .input = nn::Shape(4), .output = nn::Shape(4)}});
  CHECK(orders.output(1) == FeatureOrder{{2, 2}});
}

TEST_CASE("An image of one channel or of one pixel has one order only") {
  const nn::Network grey{nn::Input{2, 3, 1}, nn::Flatten{}, nn::Dense{5}};
  const nn::Network features{nn::Input{1, 1, 6}, nn::Flatten{}, nn::Dense{5}};
  CHECK(orders_along(grey, true) == std::vector<FeatureOrder>{{}, {}});
  CHECK(orders_along(features, true) == std::vector<FeatureOrder>{{}, {}});
}

TEST_CASE("Features that become an image have its order back to the weights that made them") {
  const nn::Network network{nn::Input{3}, nn::Dense{24}, nn::Tanh{}, nn::Reshape{2, 3, 4}, nn::Conv2D{1, 1}};
  const FeatureOrder image{{6, 4}};
  CHECK(orders_along(network, true) == std::vector<FeatureOrder>{image, image, {}, {}});
}

TEST_CASE("What is added has the order of what it is added to, and branches follow each other") {
  const nn::Network network{nn::Input{2, 1, 2}, nn::Flatten{}, nn::Residual{nn::Dense{4}, nn::Tanh{}},
                            nn::Concat{nn::Dense{3}, nn::Identity{}}, nn::Dense{1}};
  const FeatureOrder image{{2, 2}}, joined{{1, 3}, {2, 2}};
  // Flatten, Residual, its Dense and Tanh, Concat, its Dense and Identity, Dense
  CHECK(orders_along(network, true) == std::vector<FeatureOrder>{image, image, image, image, joined, {}, image, {}});
  CHECK(orders_along(network, false).back() == joined);
}

TEST_CASE("In a graph the order is that of the value that is read, not of the layer before") {
  nn::Graph<float> graph;
  const auto image = graph.input({2, 1, 2}), angle = graph.input({1});
  const auto features = graph.add(nn::Flatten{}, image);
  const auto other = graph.add(nn::Dense{3}, angle);
  const auto sum = graph.add(nn::Add{}, features, graph.add(nn::Dense{4}, angle));
  const auto joined = graph.add(nn::Concatenate{}, other, sum);
  graph.output(graph.add(nn::Dense{1}, joined));
  const FeatureOrder of_image{{2, 2}}, of_both{{1, 3}, {2, 2}};
  // Flatten, two Dense, Add, Concatenate, Dense
  CHECK(orders_along(graph, true) == std::vector<FeatureOrder>{of_image, {}, of_image, of_image, of_both, {}});
  CHECK(orders_along(graph, false).back() == of_both);
}

TEST_CASE("One image made of the features of another has no order that weights could have") {
  const nn::Network network{nn::Input{2, 2, 4}, nn::Flatten{}, nn::Reshape{4, 2, 2}, nn::Conv2D{1, 1}};
  CHECK_THROWS_WITH(nn::detail::feature_orders(network),
                    "Reshape makes one image of plain features that come from another, and what programs with the "
                    "channels first do there cannot be said by the order of weights; give .channels_last = true");
  // As many pixels are the same image, only drawn otherwise.
  const nn::Network pixels{nn::Input{2, 2, 4}, nn::Flatten{}, nn::Reshape{1, 4, 4}, nn::Conv1D{1, 1}};
  CHECK_NOTHROW(nn::detail::feature_orders(pixels));
}
