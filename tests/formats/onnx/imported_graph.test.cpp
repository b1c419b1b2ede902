// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/imported_graph.hpp>

#include <string>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

using namespace nn::detail::onnx;

// A graph with an image of 2 x 3 pixels and 2 channels, which the model has with its channels first.
struct Imported {
  Document document{"the test", ""};
  ImportedGraph<float> graph{document, 17};
  Node node;
  Imported() {
    node.op_type = "Reshape";
    node.outputs = {"y"};
    graph.input("x", {2, 2, 3}, 0, true);
  }
  // What the model has under y, in its own order, where x counts from 0 in the model's order.
  nn::Vector<float> in_order_of_model(ImportedValue<float> value) {
    graph.output(node, value);
    nn::Vector<float> x(12);
    for (nn::Index i = 0; i < 12; ++i) x[i / 6 + i % 6 * 2] = static_cast<float>(i);
    const nn::Vector<float> y = graph.graph().predict(x);
    nn::Vector<float> seen(12);
    const WrittenValue order{"", value.shape, value.layout, value.order};
    for (nn::Index i = 0; i < 12; ++i) seen[i] = y[feature_at(order, i)];
    return seen;
  }
};

const nn::Vector<float> counted = nn::Vector<float>::LinSpaced(12, 0, 11);

}  // namespace

TEST_CASE("A value reshaped has the model's order of numbers, whatever its sizes") {
  for (const Sizes& sizes : {Sizes{2, 2, 3}, Sizes{12}, Sizes{2, 6}, Sizes{3, 4}, Sizes{2, 3, 2}, Sizes{4, 3, 1}}) {
    Imported imported;
    const auto value = imported.graph.reshaped(imported.node, *imported.graph.find("x"), sizes);
    CHECK(value.sizes() == sizes);
    CHECK(imported.in_order_of_model(value) == counted);
  }
  Imported imported;
  const auto wide = imported.graph.reshaped(imported.node, *imported.graph.find("x"), {1, 2, 2, 3});
  CHECK(wide.sizes() == Sizes{1, 2, 2, 3});
  CHECK(imported.in_order_of_model(wide) == counted);
}

TEST_CASE("A value moved to the other order is the same in the model's eyes") {
  Imported imported;
  const auto moved = imported.graph.in_order(imported.node, *imported.graph.find("x"), false);
  CHECK(moved.layout == Layout::image_last);
  CHECK(moved.sizes() == Sizes{2, 2, 3});
  CHECK(imported.in_order_of_model(moved) == counted);
  Imported other;
  auto flat = other.graph.reshaped(other.node, *other.graph.find("x"), {12});
  CHECK(flat.layout == Layout::flat_first);
  flat = other.graph.in_order(other.node, flat, false);
  CHECK(other.in_order_of_model(flat) == counted);
}

TEST_CASE("A value transposed has its dimensions in the order that is told") {
  Imported image;
  const auto turned = image.graph.transposed(image.node, *image.graph.find("x"), {2, 0, 1});  // 2 x 2 x 3
  CHECK(turned.sizes() == Sizes{3, 2, 2});
  CHECK(image.in_order_of_model(turned) == nn::Vector<float>{{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}});
  Imported table;
  auto y = table.graph.reshaped(table.node, *table.graph.find("x"), {3, 4});
  y = table.graph.transposed(table.node, y, {1, 0});
  CHECK(y.sizes() == Sizes{4, 3});
  CHECK(table.in_order_of_model(y) == nn::Vector<float>{{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}});
}

TEST_CASE("A constant beside an image has the image's order of numbers, whether it is learned or not") {
  for (const bool is_weight : {false, true}) {
    Imported imported;
    const std::vector<std::string_view> inputs{"W"};
    imported.node.inputs = inputs;
    Constant W = integers_constant({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
    W.dims = {2, 2, 3};
    imported.graph.define("W", W, is_weight);
    const auto learned = imported.graph.learned(imported.node, 0, *imported.graph.find("x"));
    CHECK(learned.sizes() == Sizes{2, 2, 3});
    CHECK(imported.in_order_of_model(learned) == counted);
  }
}

TEST_CASE("What is not there is refused") {
  Imported imported;
  imported.node.inputs = {"z"};
  CHECK_FALSE(imported.graph.is_defined("z"));
  CHECK_THROWS_AS(imported.graph.value(imported.node, 0), unsupported);
  CHECK_THROWS_AS(imported.graph.weights(imported.node, 0), unsupported);
  imported.graph.define("z", integers_constant({1, 2}));
  CHECK(imported.graph.weights(imported.node, 0).numbers == std::vector<float>{1, 2});
  CHECK_THROWS_AS(imported.graph.number(imported.node, 0), unsupported);
  CHECK_THROWS_AS(imported.graph.set("weight", {1}, *imported.graph.find("x")), unsupported);
}
