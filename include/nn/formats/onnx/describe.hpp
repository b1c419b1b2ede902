// SPDX-License-Identifier: MIT
// An ONNX model in words, for people who want to see what is in it before they use it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/operators.hpp>

namespace nn {

namespace detail::onnx {

/// One operator in one version that a model uses, how often, and why it is not supported.
struct OperatorUse {
  std::string_view domain, op_type;
  std::int64_t opset = 0;
  std::size_t count = 0;
  std::string problem;
};

/// Adds the nodes of a graph and of all graphs within it.
inline void count_operators(const Model& model, const Graph& graph, std::vector<OperatorUse>& uses) {
  for (const Node& node : graph.nodes) {
    const auto is_it = [&](const OperatorUse& use) { return use.domain == node.domain && use.op_type == node.op_type; };
    auto use = std::find_if(uses.begin(), uses.end(), is_it);
    if (use == uses.end()) {
      constexpr std::size_t most_operators = 1000;  // three times as many as there are
      if (uses.size() == most_operators) model.document->fail(node.op_type, " uses more than 1000 different operators");
      const std::int64_t opset = model.opset(node.domain);
      use = uses.insert(uses.end(), {node.domain, node.op_type, opset, 0, why_not(node, opset)});
    }
    ++use->count;
    for (const Attribute& attribute : node.attributes)
      if (attribute.type == AttributeType::graph)
        count_operators(model, graph_of_attribute(message_of(*model.document, attribute)), uses);
  }
}

/// "float32 [batch, 3, ?, 224]"
inline std::string in_words(const ValueInfo& info) {
  if (!info.is_tensor) return "no tensor";
  std::string text(facts_of(info.type).name);
  if (!info.has_shape) return text + ", of any shape";
  text += " [";
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    const Dimension& dimension = info.shape[i];
    text += i == 0 ? "" : ", ";
    text += dimension.size ? std::to_string(*dimension.size) : dimension.name.empty() ? "?" : printable(dimension.name);
  }
  return text + "]";
}

inline void describe_values(std::string& text, const char* what, const std::vector<ValueInfo>& values,
                            const Graph& graph) {
  for (const ValueInfo& value : values) {
    const bool is_weight = std::any_of(graph.initializers.begin(), graph.initializers.end(),
                                       [&](const Tensor& tensor) { return tensor.name == value.name; });
    if (!is_weight) text += what + in_quotes(value.name) + ": " + in_words(value) + '\n';
  }
}

inline void describe_tensors(std::string& text, const Graph& graph) {
  double numbers = 0, bytes = 0;
  std::size_t external = 0;
  for (const Tensor& tensor : graph.initializers) {
    numbers += static_cast<double>(tensor.count);
    bytes += static_cast<double>(tensor.byte_count());
    external += tensor.external.has_value();
  }
  text += nn::text_of(graph.initializers.size(), " weights and other constants: ", numbers, " numbers in ", bytes,
                      " bytes");
  if (external > 0) text += nn::text_of(", of which ", external, " are in files beside the model");
  text += '\n';
}

/// What of the model as a whole, beside its operators, is not supported.
inline std::vector<std::string> problems_of(const Model& model) {
  std::vector<std::string> problems;
  if (model.ir_version < oldest_ir || model.ir_version > newest_ir)
    problems.push_back(nn::text_of("IR version ", model.ir_version, ": ", oldest_ir, " to ", newest_ir, " are read"));
  const std::int64_t opset = model.opset();
  if (opset < oldest_opset || opset > newest_opset)
    problems.push_back(nn::text_of("opset ", opset, ": ", oldest_opset, " to ", newest_opset, " are read"));
  if (model.functions > 0) problems.push_back(nn::text_of(model.functions, " functions of the model's own"));
  if (model.graph.sparse_initializers > 0)
    problems.push_back(nn::text_of(model.graph.sparse_initializers, " sparse tensors"));
  return problems;
}

inline std::string describe(const Model& model) {
  std::string text = nn::text_of("ONNX model, IR version ", model.ir_version, ", opset ", model.opset());
  if (!model.producer_name.empty())
    text += ", by " + printable(model.producer_name) + ' ' + printable(model.producer_version);
  text += '\n';
  describe_values(text, "input ", model.graph.inputs, model.graph);
  describe_values(text, "output ", model.graph.outputs, model.graph);
  describe_tensors(text, model.graph);
  std::vector<OperatorUse> uses;
  count_operators(model, model.graph, uses);
  std::sort(uses.begin(), uses.end(), [](const OperatorUse& a, const OperatorUse& b) { return a.op_type < b.op_type; });
  std::vector<std::string> problems = problems_of(model);
  text += "operators:";
  for (const OperatorUse& use : uses) {
    text += ' ' + printable(use.op_type) + nn::text_of(" x", use.count);
    if (!use.problem.empty()) problems.push_back(printable(use.op_type) + ": " + use.problem);
  }
  text += problems.empty() ? "\n" : "\nnot supported:\n";
  for (const std::string& problem : problems) text += "  " + problem + '\n';
  return text;
}

}  // namespace detail::onnx

/// The inputs, outputs, operators (how often each) and sizes of an ONNX model, its opset, who made it, and what of it
/// this library does not know. Files beside it are not opened. Throws load_error where it is no ONNX model.
inline std::string describe_onnx(const std::string& path) {
  return detail::onnx::describe(detail::onnx::model_of(detail::onnx::read_document(path)));
}
inline std::string describe_onnx(std::istream& stream) {
  return detail::onnx::describe(detail::onnx::model_of(detail::onnx::read_document(stream)));
}

}  // namespace nn
