// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/layer_writer.hpp>

#include <nn/formats/onnx/constant.hpp>
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/inference.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

namespace {

// The model of a network's layers, over an image whose channels come first.
nn::detail::onnx::Model model_of_layers(const nn::Sequential<float>& network, std::int64_t opset = 17) {
  using namespace nn::detail::onnx;
  const auto layers = layers_of(network);
  WrittenGraph graph(DataType::float32, opset);
  LayerWriter writer(graph, layers);
  const WrittenValue last = writer.row({"x", network.input_shape(), outer_layout(network.input_shape(), true)}, 0);
  CHECK(writer.problems().empty());
  CHECK(last.shape == network.output_shape());
  graph.output(last, "y", {});
  std::string text;
  graph.write("test", 8, [&](std::string_view piece) { text += piece; });
  return model_of(Document("the test", text));
}

std::vector<std::string> nodes_of_layers(const nn::Sequential<float>& network, std::int64_t opset = 17) {
  const nn::detail::onnx::Model model = model_of_layers(network, opset);
  std::vector<std::string> names;
  for (const auto& node : model.graph.nodes) names.emplace_back(node.op_type);
  return names;
}

using Nodes = std::vector<std::string>;

}  // namespace

TEST_CASE("Containers are their layers, and an Add or a Concat") {
  using Network = nn::Sequential<float>;
  CHECK(nodes_of_layers(Network{nn::Input{4}, nn::Residual{nn::Dense{3}, nn::Tanh{}, nn::Dense{4}}}) ==
        Nodes{"Gemm", "Tanh", "Gemm", "Add"});
  CHECK(nodes_of_layers(Network{nn::Input{4, 4, 2}, nn::Concat{nn::Identity{}, nn::Chain{nn::Conv2D{3, 1}, nn::ReLU{}}},
                                nn::Sigmoid{}}) == Nodes{"Conv", "Relu", "Concat", "Sigmoid"});
}

TEST_CASE("Images stay channels first from layer to layer, and are turned where a layer asks for it") {
  using Network = nn::Sequential<float>;
  CHECK(nodes_of_layers(Network{nn::Input{4, 4, 2}, nn::Conv2D{3, 1}, nn::BatchNorm{}, nn::MaxPool2D{2},
                                nn::GlobalAveragePool2D{}, nn::Dense{2}}) ==
        Nodes{"Conv", "BatchNormalization", "MaxPool", "GlobalAveragePool", "Flatten", "Gemm"});
  CHECK(nodes_of_layers(Network{nn::Input{4, 4, 2}, nn::LayerNorm{}, nn::Conv2D{3, 1}}) ==
        Nodes{"Transpose", "LayerNormalization", "Transpose", "Conv"});
  CHECK(nodes_of_layers(Network{nn::Input{4, 4, 2}, nn::Flatten{}, nn::Reshape{2, 8, 2}}) ==
        Nodes{"Flatten", "Reshape", "Transpose", "Flatten"});
  CHECK(nodes_of_layers(Network{nn::Input{4}, nn::LayerNorm{}}, 16) ==
        Nodes{"ReduceMean", "Sub", "Mul", "ReduceMean", "Add", "Sqrt", "Div", "Mul", "Add"});
}

TEST_CASE("The mean of a window counts its padding, as it does here") {
  using nn::detail::onnx::NodeOptions;
  const nn::PoolOptions padded{.padding = 1};
  const auto model = model_of_layers(nn::Sequential<float>{nn::Input{4, 4, 2}, nn::AveragePool2D{2, padded}});
  CHECK(NodeOptions(*model.document, model.graph.nodes.at(0)).integer("count_include_pad", 0) == 1);
  const auto largest = model_of_layers(nn::Sequential<float>{nn::Input{4, 4, 2}, nn::MaxPool2D{2, padded}});
  CHECK_FALSE(NodeOptions(*largest.document, largest.graph.nodes.at(0)).has("count_include_pad"));
}
