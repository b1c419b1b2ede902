// SPDX-License-Identifier: MIT
// Layers for sequences as nodes of ONNX: recurrent ones, positions, and what is left of all steps.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/rearrangement_writer.hpp>
#include <nn/layers/positional_encoding.hpp>

namespace nn::detail::onnx {

/// ReduceMean or ReduceMax over one dimension, whose axes became an input with opset 18, or ReduceSum, with opset 13.
inline std::string write_reduced(WrittenGraph& graph, std::string_view op_type, const std::string& x, std::int64_t axis,
                                 bool keeps_dimension) {
  std::vector<std::string> inputs{x};
  std::vector<WrittenAttribute> attributes{{"keepdims", std::int64_t{keeps_dimension}}};
  if (graph.opset() >= 18 || op_type == "ReduceSum")
    inputs.push_back(graph.integers({axis}));
  else
    attributes.emplace_back("axes", std::vector<std::int64_t>{axis});
  return graph.node(op_type, inputs, attributes);
}

/// Steps x channels for each sample.
inline WrittenValue steps_last(WrittenGraph& graph, const WrittenValue& x) { return graph.in(x, Layout::time_last); }

/// What a recurrent layer is called there, and where its gates are found among ours, which stand as PyTorch has them.
struct RecurrentOperator {
  std::string_view layer, op_type;
  std::size_t gates;
  std::array<Index, 4> order;
};
inline constexpr RecurrentOperator recurrent_operators[] = {
    {"SimpleRNN", "RNN", 1, {0}},
    {"LSTM", "LSTM", 4, {0, 3, 1, 2}},  // i o f c of i f g o
    {"GRU", "GRU", 3, {1, 0, 2}},       // z r h of r z n
};
/// Null for any other layer.
inline const RecurrentOperator* find_recurrent(std::string_view type) {
  if (type.starts_with("Bidirectional")) type.remove_prefix(std::string_view("Bidirectional").size());
  for (const RecurrentOperator& known : recurrent_operators)
    if (known.layer == type) return &known;
  return nullptr;
}

// The numbers of tensors, row by row, the gates in the order of the operator.
inline void append_gates(std::vector<double>& numbers, const RecurrentOperator& known, const WrittenTensor& tensor) {
  const Index rows = tensor.dimensions[0].size, columns = tensor.size() / rows;
  const Index units = rows / static_cast<Index>(known.gates);
  for (std::size_t gate = 0; gate < known.gates; ++gate)
    for (Index unit = 0; unit < units; ++unit)
      for (Index column = 0; column < columns; ++column)
        numbers.push_back(tensor.at(known.order[gate] * units + unit + column * rows));
}

inline WrittenValue write_recurrent(WrittenGraph& graph, const WrittenLayer& layer, const RecurrentOperator& known,
                                    const WrittenValue& given) {
  const bool both_ways = layer.find("weight_ih_l0_reverse") != nullptr;
  const std::int64_t units = layer.whole("units"), directions = both_ways ? 2 : 1;
  const std::int64_t rows = units * static_cast<std::int64_t>(known.gates), features = layer.input.channels;
  std::vector<double> of_input, of_state, biases;
  for (const std::string end : {"", "_reverse"}) {
    if (!both_ways && !end.empty()) continue;
    append_gates(of_input, known, *layer.find("weight_ih_l0" + end));
    append_gates(of_state, known, *layer.find("weight_hh_l0" + end));
    for (const char* bias : {"bias_ih_l0", "bias_hh_l0"})
      if (const WrittenTensor* tensor = layer.find(bias + end)) append_gates(biases, known, *tensor);
  }
  const WrittenValue x = steps_last(graph, given);
  std::vector<std::string> inputs{graph.node("Transpose", {x.name}, {{"perm", std::vector<std::int64_t>{1, 0, 2}}}),
                                  graph.constant("W", {directions, rows, features}, of_input),
                                  graph.constant("R", {directions, rows, units}, of_state)};
  if (!biases.empty()) inputs.push_back(graph.constant("B", {directions, 2 * rows}, biases));
  std::vector<WrittenAttribute> attributes{{"hidden_size", units},
                                           {"direction", both_ways ? "bidirectional" : "forward"}};
  if (known.op_type == "GRU") attributes.emplace_back("linear_before_reset", layer.whole("reset_after"));
  if (layer.option("relu") != 0)
    attributes.emplace_back("activations", std::vector<std::string_view>(static_cast<std::size_t>(directions), "Relu"));
  // steps x directions x samples x units
  const std::string y = graph.node(known.op_type, inputs, attributes);
  const std::string turned = graph.node("Transpose", {y}, {{"perm", std::vector<std::int64_t>{2, 0, 1, 3}}});
  return {graph.node("Reshape", {turned, graph.integers({0, 0, -1})}), layer.output, Layout::time_last};
}

/// The channels of the last step.
inline WrittenValue write_last_step(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = steps_last(graph, given);
  const std::string last = graph.node("Gather", {x.name, graph.integers({-1})}, {{"axis", std::int64_t{1}}});
  return {graph.node("Flatten", {last}, {{"axis", std::int64_t{1}}}), layer.output};
}

/// The mean or the maximum of all steps.
inline WrittenValue write_over_time(WrittenGraph& graph, const WrittenLayer& layer, std::string_view op_type,
                                    const WrittenValue& given) {
  return {write_reduced(graph, op_type, steps_last(graph, given).name, 1, false), layer.output};
}

inline WrittenValue write_embedding(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, Layout::flat_last);
  const std::string integers = graph.cast(x.name, DataType::int64);
  return {graph.node("Gather", {write_tensor(graph, layer, "weight", {}), integers}), layer.output, Layout::time_last};
}

/// Adds numbers that each step has of its own, steps x channels.
inline WrittenValue write_positions(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, given.shape.height == 1 ? Layout::time_last : Layout::image_last);
  const Index steps = layer.input.height * layer.input.width, channels = layer.input.channels;
  std::vector<double> numbers(static_cast<std::size_t>(steps * channels), 0.0);
  if (const WrittenTensor* learned = layer.find("weight")) {
    for (Index i = 0; i < steps * channels; ++i)
      numbers[static_cast<std::size_t>(i)] = learned->at(i % channels * learned->dimensions[0].size + i / channels);
  } else {
    VectorView<double> encoding(numbers.data(), steps * channels);
    PositionalEncoding{}.forward(layer.input, 0, encoding, encoding, Inference<double>{});
  }
  std::vector<std::int64_t> sizes = sizes_of(x.layout, x.shape);
  return changed(x, graph.node("Add", {x.name, graph.constant("positions", sizes, numbers)}));
}

/// y = gamma x / sqrt(mean(x^2) + epsilon), over the channels, which are the last dimension.
inline WrittenValue write_rms_norm(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, given.shape.height * given.shape.width == 1 ? Layout::flat_last
                                         : given.shape.height == 1                   ? Layout::time_last
                                                                                     : Layout::image_last);
  const std::string mean = write_reduced(graph, "ReduceMean", graph.node("Mul", {x.name, x.name}), -1, true);
  const std::string root = graph.node("Sqrt", {graph.node("Add", {mean, graph.scalar(layer.option("epsilon"))})});
  const std::string normal = graph.node("Div", {x.name, root});
  return changed(x, graph.node("Mul", {normal, write_tensor(graph, layer, "weight", x)}));
}

}  // namespace nn::detail::onnx
