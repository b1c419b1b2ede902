// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/activation_writer.hpp>

#include <nn/formats/onnx/model_reader.hpp>

#include "../../catch.hpp"

namespace {

std::vector<std::string> nodes_of_activation(const std::string& type, std::int64_t opset = 17) {
  using namespace nn::detail::onnx;
  WrittenGraph graph(DataType::float32, opset);
  WrittenLayer layer;
  layer.description.type = type;
  const auto name = write_elementwise(graph, layer, "x");
  if (!name) return {"none"};
  graph.output({*name, nn::Shape(1)}, "y", {});
  std::string text;
  graph.write("test", 8, [&](std::string_view piece) { text += piece; });
  const Model model = model_of(Document("the test", text));
  std::vector<std::string> names;
  for (const Node& node : model.graph.nodes) names.emplace_back(node.op_type);
  return names;
}

using Nodes = std::vector<std::string>;

}  // namespace

TEST_CASE("Activations are an operator, or several that exporters write for them") {
  CHECK(nodes_of_activation("ReLU") == Nodes{"Relu"});
  CHECK(nodes_of_activation("SELU") == Nodes{"Selu"});
  CHECK(nodes_of_activation("HardTanh") == Nodes{"Clip"});
  CHECK(nodes_of_activation("SiLU") == Nodes{"Sigmoid", "Mul"});
  CHECK(nodes_of_activation("Mish") == Nodes{"Softplus", "Tanh", "Mul"});
  CHECK(nodes_of_activation("GELU") == Nodes{"Div", "Erf", "Mul", "Add", "Mul"});
  CHECK(nodes_of_activation("GELU", 20) == Nodes{"Gelu"});
  CHECK(nodes_of_activation("GELUTanh", 20) == Nodes{"Gelu"});
  CHECK(nodes_of_activation("Dropout") == Nodes{"Identity"});
  CHECK(nodes_of_activation("Swish") == Nodes{"none"});
}
