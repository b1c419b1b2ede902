// SPDX-License-Identifier: MIT
// Activations as nodes of ONNX: those that are an operator, and those that are put together of several.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/written_layer.hpp>

namespace nn::detail::onnx {

/// Activations that are an operator without options; both names.
inline constexpr std::string_view plain_activations[][2] = {{"ReLU", "Relu"},         {"Tanh", "Tanh"},
                                                            {"Sigmoid", "Sigmoid"},   {"Softplus", "Softplus"},
                                                            {"Softsign", "Softsign"}, {"SELU", "Selu"}};

/// x times what `share` makes of it.
inline std::string times(WrittenGraph& graph, const std::string& x, const std::string& share) {
  return graph.node("Mul", {x, share});
}

/// x/2 (1 + erf(x / sqrt 2))
inline std::string write_gelu(WrittenGraph& graph, const std::string& x) {
  if (graph.opset() >= 20) return graph.node("Gelu", {x});
  const std::string error = graph.node("Erf", {graph.node("Div", {x, graph.scalar(1.4142135623730950488)})});
  const std::string half = graph.node("Mul", {x, graph.scalar(0.5)});
  return times(graph, half, graph.node("Add", {error, graph.scalar(1)}));
}

/// x/2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3)))
inline std::string write_gelu_tanh(WrittenGraph& graph, const std::string& x) {
  if (graph.opset() >= 20) return graph.node("Gelu", {x}, {{"approximate", "tanh"}});
  const std::string square = graph.node("Mul", {x, x});
  const std::string cubic = graph.node("Mul", {square, graph.scalar(0.044715)});
  const std::string inner = times(graph, x, graph.node("Add", {cubic, graph.scalar(1)}));
  const std::string bent = graph.node("Tanh", {graph.node("Mul", {inner, graph.scalar(0.79788456080286535588)})});
  const std::string half = graph.node("Mul", {x, graph.scalar(0.5)});
  return times(graph, half, graph.node("Add", {bent, graph.scalar(1)}));
}

/// The node of an activation that reads numbers one by one; nothing where the layer is none that is known.
inline std::optional<std::string> write_elementwise(WrittenGraph& graph, const WrittenLayer& layer,
                                                    const std::string& x) {
  const std::string_view type = layer.type();
  for (const auto& [ours, theirs] : plain_activations)
    if (type == ours) return graph.node(theirs, {x});
  if (type == "Identity" || type == "Dropout" || type == "Dropout2D") return x;
  if (type == "LeakyReLU") return graph.node("LeakyRelu", {x}, {{"alpha", layer.option("negative_slope")}});
  if (type == "ELU") return graph.node("Elu", {x}, {{"alpha", layer.option("alpha")}});
  if (type == "HardSigmoid") return graph.node("HardSigmoid", {x}, {{"alpha", 1.0 / 6}, {"beta", 0.5}});
  if (type == "HardTanh") {
    const std::string lowest = graph.scalar(layer.option("lowest"));
    return graph.node("Clip", {x, lowest, graph.scalar(layer.option("highest"))});
  }
  if (type == "SiLU") return times(graph, x, graph.node("Sigmoid", {x}));
  if (type == "Mish") return times(graph, x, graph.node("Tanh", {graph.node("Softplus", {x})}));
  if (type == "GELU") return write_gelu(graph, x);
  if (type == "GELUTanh") return write_gelu_tanh(graph, x);
  if (type == "BinaryStep") {
    const std::string is_below = graph.node("Less", {x, graph.scalar(0)});
    const std::string step = graph.node("Where", {is_below, graph.scalar(0), graph.scalar(1)});
    return graph.node("Where", {graph.node("Equal", {x, x}), step, x});  // no number stays none
  }
  return {};
}

}  // namespace nn::detail::onnx
