// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/model_writer.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>

#include "../../catch.hpp"

TEST_CASE("A model that is written node by node is read as it was") {
  using namespace nn::detail::onnx;
  ModelWriter writer;
  writer.name("a graph");
  writer.input("x", DataType::float32, {std::string("batch"), 3});
  writer.output("y", DataType::float32, {std::string("batch"), 2});
  writer.node("Gemm", {"x", "W", ""}, {"y"}, {{"transB", std::int64_t{1}}, {"alpha", 0.5}, {"mode", "fast"}}, "first");
  writer.node("Pad", {"y"}, {"z"}, {{"pads", std::vector<std::int64_t>{0, -1}}});
  writer.initializer("W", {2, 3}, std::vector<float>{1, 2, 3, 4, 5, 6});
  writer.initializer("shape", {1}, std::vector<std::int64_t>{-1});
  writer.metadata("names", "cat,dog");

  Model model = model_of(Document("the test", writer.text(8, 17)));
  CHECK(model.ir_version == 8);
  CHECK(model.opset() == 17);
  CHECK(model.producer_name == "nn");
  CHECK(model.graph.name == "a graph");
  REQUIRE(model.graph.nodes.size() == 2);
  const Node& node = model.graph.nodes[0];
  CHECK(node.op_type == "Gemm");
  CHECK(node.name == "first");
  CHECK(node.inputs == std::vector<std::string_view>{"x", "W", ""});
  CHECK(node.outputs == std::vector<std::string_view>{"y"});
  Document& document = *model.document;
  CHECK(integer_of(message_of(document, *node.find("transB"))) == 1);
  CHECK(float_of(message_of(document, *node.find("alpha"))) == 0.5F);
  CHECK(text_of(message_of(document, *node.find("mode"))) == "fast");
  CHECK(integers_of(message_of(document, *model.graph.nodes[1].find("pads"))) == std::vector<std::int64_t>{0, -1});
  REQUIRE(model.graph.initializers.size() == 2);
  CHECK(model.graph.initializers[0].dims == std::vector<std::int64_t>{2, 3});
  CHECK(numbers_of<float>(document, model.graph.initializers[0]) == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK(numbers_of<std::int64_t>(document, model.graph.initializers[1]) == std::vector<std::int64_t>{-1});
  REQUIRE(model.graph.inputs.size() == 1);
  CHECK(model.graph.inputs[0].type == DataType::float32);
  CHECK(model.graph.inputs[0].shape[0].name == "batch");
  CHECK(model.graph.inputs[0].shape[1].size == 3);
  REQUIRE(model.graph.outputs.size() == 1);
  REQUIRE(model.metadata.size() == 1);
  CHECK(model.metadata[0].key == "names");
  CHECK(model.metadata[0].value == "cat,dog");
}
