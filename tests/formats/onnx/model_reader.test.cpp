// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/model_writer.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>

#include "../../catch.hpp"
#include "../../effort.hpp"
#include "../../io/files.hpp"
#include "../../memory_watch.hpp"

namespace {

using namespace nn::detail::onnx;

// With every kind of thing in it that is read.
std::string small_model() {
  ModelWriter writer;
  writer.input("x", DataType::float32, {std::string("batch"), 2});
  writer.output("y", DataType::float32, {std::string("batch"), 2});
  writer.node("Gemm", {"x", "W"}, {"h"}, {{"transB", std::int64_t{1}}, {"alpha", 0.5F}});
  writer.node("Pad", {"h"}, {"y"}, {{"pads", std::vector<std::int64_t>{0, -1}}, {"mode", "edge"}});
  writer.initializer("W", {2, 2}, std::vector<float>{1, 2, 3, 4});
  writer.initializer("shape", {1}, std::vector<std::int64_t>{-1});
  writer.metadata("names", "cat");
  return writer.text(8, 17);
}

std::string refusal_of_model(const std::string& bytes) {
  return test::load_error_of([&] { static_cast<void>(model_of(Document("the test", bytes))); });
}

std::string model_around(const WireWriter& graph) {
  WireWriter model;
  model.integer(1, 8);
  model.message(7, graph);
  return model.text();
}

// An If within an If within ...
WireWriter nested_graphs(int depth) {
  WireWriter graph, node, attribute;
  if (depth == 0) return graph;
  attribute.bytes(1, "then_branch");
  attribute.message(6, nested_graphs(depth - 1));
  node.bytes(4, "If");
  node.message(5, attribute);
  graph.message(1, node);
  return graph;
}

// The way of a reader that takes out everything.
void read_all(const std::string& bytes) {
  Model model = model_of(Document("the test", bytes));
  for (const Tensor& tensor : model.graph.initializers)
    if (tensor.facts().kind != NumberKind::none) static_cast<void>(numbers_of<double>(*model.document, tensor));
  for (const Node& node : model.graph.nodes)
    for (const Attribute& attribute : node.attributes)
      if (attribute.type == AttributeType::integers)
        static_cast<void>(integers_of(message_of(*model.document, attribute)));
}

}  // namespace

TEST_CASE("A graph that is given in two parts is one graph, and of a number the last counts") {
  WireWriter first, second, node, model;
  node.bytes(4, "Relu");
  first.message(1, node);
  first.bytes(2, "old");
  second.message(1, node);
  second.bytes(2, "new");
  model.integer(1, 3);
  model.message(7, first);
  model.integer(1, 8);
  model.message(7, second);
  const Model read = model_of(Document("the test", model.text()));
  CHECK(read.graph.nodes.size() == 2);
  CHECK(read.graph.name == "new");
  CHECK(read.ir_version == 8);
}

TEST_CASE("ai.onnx is the nameless domain") {
  WireWriter opset, model;
  opset.bytes(1, "ai.onnx");
  opset.integer(2, 13);
  model.integer(1, 8);
  model.bytes(7, "");
  model.message(8, opset);
  CHECK(model_of(Document("the test", model.text())).opset() == 13);
}

TEST_CASE("What is no model, or has a node or an attribute that is none, is refused") {
  CHECK_THAT(refusal_of_model(""), Catch::Matchers::ContainsSubstring("has no graph"));
  WireWriter without_version;
  without_version.bytes(7, "");
  CHECK_THAT(refusal_of_model(without_version.text()), Catch::Matchers::ContainsSubstring("has no ir_version"));
  WireWriter graph, node, attribute;
  graph.bytes(1, "");
  CHECK_THAT(refusal_of_model(model_around(graph)), Catch::Matchers::ContainsSubstring("has no op_type"));
  attribute.bytes(1, "axis");
  node.bytes(4, "Softmax");
  node.message(5, attribute);
  node.message(5, attribute);
  WireWriter twice;
  twice.message(1, node);
  CHECK_THAT(refusal_of_model(model_around(twice)), Catch::Matchers::ContainsSubstring("given twice to one node"));
  CHECK(!refusal_of_model("{\"W\": [[1]]}").empty());
}

TEST_CASE("Graphs within graphs end at a depth, without a stack that overflows") {
  CHECK(refusal_of_model(model_around(nested_graphs(10))).empty());
  CHECK_THAT(refusal_of_model(model_around(nested_graphs(40))), Catch::Matchers::ContainsSubstring("deeper than 100"));
}

TEST_CASE("A model of a million nodes, inputs or sizes that are nearly nothing takes little memory") {
  WireWriter node, size;
  node.bytes(4, "A");
  size.bytes(1, "");
  for (const int field : {1, 5, 11, 12}) {
    WireWriter graph;
    for (int i = 0; i < 1'000'000; ++i) graph.message(field, field == 1 ? node : WireWriter());
    const std::string bytes = model_around(graph);
    const test::MemoryWatch memory;
    const std::string refusal = refusal_of_model(bytes);
    INFO(field << ": " << refusal);
    CHECK(!refusal.empty());
    CHECK(memory.peak() < 2 * bytes.size() + 1'000'000);
  }
}

TEST_CASE("Every prefix and every flipped bit of a small model ends in a load_error or in a model") {
  const std::string whole = small_model();
  read_all(whole);
  int loaded = 0, refused = 0;
  const auto try_one = [&](const std::string& bytes) {
    const test::MemoryWatch memory;
    const bool is_refused = !test::load_error_of([&] { read_all(bytes); }).empty();
    ++(is_refused ? refused : loaded);
    if (memory.peak() > 2 * bytes.size() + 1'000'000) FAIL("took " << memory.peak() << " bytes");
  };
  for (std::size_t size = 0; size < whole.size(); ++size) try_one(whole.substr(0, size));
  for (std::size_t i = 0; i < 8 * whole.size(); ++i) {
    std::string flipped = whole;
    flipped[i / 8] = static_cast<char>(flipped[i / 8] ^ (1 << i % 8));
    try_one(flipped);
  }
  CHECK(loaded + refused == static_cast<int>(9 * whole.size()));
  CHECK(loaded > refused / 10);  // a flipped digit is another number
  CHECK(refused > loaded / 10);
}
