// SPDX-License-Identifier: MIT
// ONNX models as graphs.
#pragma once

#include <algorithm>
#include <concepts>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/activations/identity.hpp>
#include <nn/formats/onnx/describe.hpp>
#include <nn/formats/onnx/fold.hpp>
#include <nn/formats/onnx/layer_reader.hpp>
#include <nn/formats/onnx/model_reader.hpp>

namespace nn {

struct LoadOnnxOptions {
  /// Inputs and outputs that the model has channels first are given and come with their channels last, as everywhere in
  /// nn. Otherwise the numbers of a sample are in the file's own order, and a node of the graph moves them.
  bool channels_last = false;
};

namespace detail::onnx {

/// Builds the graph of a model, node after node. What cannot be read is collected, and then thrown in one list.
template <class T>
class GraphReader {
 public:
  GraphReader(const Model& model, const LoadOnnxOptions& options)
      : model_(model),
        options_(options),
        graph_(*model.document, model.opset()),
        layers_(graph_),
        folder_(*model.document, model.opset()) {}

  nn::Graph<T> read() {
    constexpr std::size_t most_nodes = 4000;
    std::vector<std::string> problems = problems_of(model_);
    if (model_.graph.nodes.size() > most_nodes)
      problems.push_back(nn::text_of(model_.graph.nodes.size(), " nodes, more than ", most_nodes));
    if (!problems.empty()) refuse(problems);
    find_needed();
    for (const Tensor& tensor : model_.graph.initializers) graph_.define(tensor.name, &tensor);
    for (const ValueInfo& input : model_.graph.inputs)
      if (!graph_.is_known(input.name)) attempt(problems, "input " + in_quotes(input.name), [&] { read_input(input); });
    for (std::size_t i = 0; i < model_.graph.nodes.size() && problems.size() < most_problems; ++i)
      read_node(i, problems);
    if (problems.empty())
      for (const ValueInfo& output : model_.graph.outputs)
        attempt(problems, "output " + in_quotes(output.name), [&] { read_output(output); });
    if (problems.empty() && model_.graph.outputs.empty()) problems.push_back("the model has no output");
    if (!problems.empty()) refuse(problems);
    return std::move(graph_.graph());
  }

 private:
  static constexpr std::size_t most_problems = 20;

  [[noreturn]] void refuse(const std::vector<std::string>& problems) const {
    std::string list;
    for (const std::string& problem : problems) list += "\n  " + problem;
    model_.document->fail({}, " cannot be read as a graph of nn's layers:", list);
  }

  // Names that lead to an output, from the last node to the first; all others are left out.
  void find_needed() {
    for (const ValueInfo& output : model_.graph.outputs) needed_[output.name] = true;
    for (auto node = model_.graph.nodes.rbegin(); node != model_.graph.nodes.rend(); ++node)
      if (is_needed(*node))
        for (const std::string_view input : node->inputs) needed_[input] = true;
    for (const Node& node : model_.graph.nodes)
      if (is_needed(node))
        for (const std::string_view input : node.inputs) add_use(input, &node);
    for (const ValueInfo& output : model_.graph.outputs) add_use(output.name, nullptr);
  }
  void add_use(std::string_view name, const Node* reader) {
    Uses& uses = uses_[name];
    ++uses.count;
    uses.last = reader;
  }
  bool is_needed(const Node& node) const {
    return std::any_of(node.outputs.begin(), node.outputs.end(),
                       [&](std::string_view output) { return !output.empty() && needed_.contains(output); });
  }

  template <class Read>
  static void attempt(std::vector<std::string>& problems, const std::string& what, const Read& read) {
    try {
      read();
    } catch (const unsupported& problem) {
      problems.push_back(what + ": " + problem.what());
    } catch (const shape_error& problem) {
      problems.push_back(what + ": " + problem.what());
    } catch (const data_error& problem) {
      problems.push_back(what + ": " + problem.what());
    }
  }

  void read_input(const ValueInfo& input) {
    if (!needed_.contains(input.name)) throw unsupported("it leads to no output");
    if (!input.is_tensor || !input.has_shape) throw unsupported("its shape is not said");
    if (facts_of(input.type).kind != NumberKind::real)
      throw unsupported("it is of ", facts_of(input.type).name, ", and a network reads real numbers");
    const std::size_t rank = input.shape.size();
    if (rank < 2 || rank > 4)
      throw unsupported("it has ", rank,
                        " dimensions; samples x features, or samples x channels and one or two sizes, ", "are read");
    Sizes sizes;
    for (std::size_t i = 1; i < rank; ++i) {
      if (!input.shape[i].size || *input.shape[i].size < 1)
        throw unsupported("its size ", i, " is not said; export the model with fixed sizes of a sample");
      sizes.push_back(*input.shape[i].size);
    }
    const bool first = options_.channels_last && rank > 2;
    Shape shape(sizes[0]);
    if (rank == 3) shape = first ? Shape(1, sizes[1], sizes[0]) : Shape(1, sizes[0], sizes[1]);
    if (rank == 4) shape = first ? Shape(sizes[1], sizes[2], sizes[0]) : Shape(sizes[0], sizes[1], sizes[2]);
    const Layout kind = rank == 2 ? Layout::flat_last : rank == 3 ? Layout::time_last : Layout::image_last;
    graph_.input(input.name, shape, with_channels(kind, first));
  }

  void read_node(std::size_t i, std::vector<std::string>& problems) {
    const Node& node = model_.graph.nodes[i];
    if (!is_needed(node) || node.outputs.empty() || graph_.is_defined(node.outputs[0])) return;
    for (const std::string_view input : node.inputs)
      if (!input.empty() && !graph_.is_defined(input)) return;  // of a node that has failed; or there is none
    const std::string name = node.name.empty() ? "" : ' ' + in_quotes(node.name);
    attempt(problems, nn::text_of("node ", i, ", ", printable(node.op_type), name), [&] {
      const std::string why = why_not(node, model_.opset(node.domain));
      if (!why.empty()) throw unsupported(why);
      if (compute(node)) return;
      const Node* added = node.op_type == "MatMul" ? bias_of(node) : nullptr;
      graph_.define(node.outputs[0], layers_.read(node, added));
      if (added != nullptr) graph_.define(added->outputs[0], *graph_.find(node.outputs[0]));
    });
  }

  // The Add of a constant vector that alone reads a product.
  const Node* bias_of(const Node& product) {
    const std::string_view name = product.outputs[0];
    const auto [count, reader] = uses_[name];
    if (count != 1 || reader == nullptr || reader->op_type != "Add" || reader->inputs.size() != 2 ||
        reader->outputs.size() != 1)
      return nullptr;
    const std::string_view other = reader->inputs[reader->inputs[0] == name ? 1 : 0];
    return graph_.is_known(other) && graph_.constant(other).dims.size() <= 1 ? reader : nullptr;
  }

  // Of constants, and of the sizes of values, which are known, too.
  bool compute(const Node& node) {
    if (node.op_type == "Shape" && node.inputs.size() == 1 && !graph_.is_known(node.inputs[0])) {
      Sizes sizes = graph_.value(node, 0).sizes();
      sizes.insert(sizes.begin(), any_batch);
      graph_.define(node.outputs[0], shape(NodeOptions(*model_.document, node), sizes));
      return true;
    }
    std::vector<const Constant*> inputs;
    for (const std::string_view input : node.inputs) {
      if (!input.empty() && !graph_.is_known(input)) return false;
      inputs.push_back(input.empty() ? nullptr : &graph_.constant(input));
    }
    std::optional<Constant> result = folder_.fold(node, inputs);
    if (!result) return false;
    graph_.define(node.outputs[0], std::move(*result));
    return true;
  }

  void read_output(const ValueInfo& output) {
    const ImportedValue<T>* found = graph_.find(output.name);
    if (found == nullptr) throw unsupported("no node computes it from an input");
    Node node;
    node.op_type = "Identity";
    const std::vector<std::string_view> names{output.name};
    node.inputs = node.outputs = names;
    ImportedValue<T> value = *found;
    if (!options_.channels_last || value.layout == Layout::flat_first) value = graph_.in_order(node, value, false);
    graph_.output(node, value);
  }

  const Model& model_;
  const LoadOnnxOptions& options_;
  ImportedGraph<T> graph_;
  LayerReader<T> layers_;
  Folder folder_;
  // How often a name is read by what leads to an output, and the node that reads it last; null: the model's output.
  struct Uses {
    int count = 0;
    const Node* last = nullptr;
  };
  std::map<std::string_view, bool> needed_;
  std::map<std::string_view, Uses> uses_;
};

}  // namespace detail::onnx

/// The graph of an ONNX model, to predict, to train further, and to save: samples are the first dimension of its inputs
/// and outputs, of any number, and the numbers of a sample are in the order that they have in the model. Throws
/// load_error where the file is damaged, and one that lists every node that has no layer here.
template <std::floating_point T>
Graph<T> load_onnx(const std::string& path, const LoadOnnxOptions& options = {}) {
  const detail::onnx::Model model = detail::onnx::model_of(detail::onnx::read_document(path));
  return detail::onnx::GraphReader<T>(model, options).read();
}
template <std::floating_point T>
Graph<T> load_onnx(std::istream& stream, const LoadOnnxOptions& options = {}) {
  const detail::onnx::Model model = detail::onnx::model_of(detail::onnx::read_document(stream));
  return detail::onnx::GraphReader<T>(model, options).read();
}

}  // namespace nn
