// SPDX-License-Identifier: MIT
// ONNX models as graphs.
#pragma once

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <forward_list>
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
#include <nn/formats/onnx/recognise.hpp>

namespace nn {

/// An input of a model that is given when it is loaded: weights, or sizes, which are the same for all samples.
struct OnnxInput {
  std::string name;
  std::vector<std::int64_t> dims;
  std::vector<double> numbers;  ///< in row-major order
};

/// The sizes of an input that the model leaves open, with one for the samples, which may be any.
struct OnnxSizes {
  std::string name;
  std::vector<std::int64_t> dims;
};

struct LoadOnnxOptions {
  /// Inputs and outputs, which the model has channels first, are given and come with their channels last, as everywhere
  /// in nn. Otherwise the numbers of a sample are in the file's own order, and a node of the graph moves them.
  bool channels_last = false;
  /// Inputs that are constants of the graph.
  std::vector<OnnxInput> inputs = {};
  /// Of inputs whose sizes the model leaves open: .sizes = {{"x", {1, 3, 48, 192}}}.
  std::vector<OnnxSizes> sizes = {};
  /// The dimension of inputs and outputs that is that of the samples; none: all of a tensor is one sample.
  std::optional<std::size_t> batch = 0;
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
    for (const OnnxInput& given : options_.inputs)
      attempt(problems, "input " + in_quotes(given.name), [&] { bind(given); });
    for (const ValueInfo& input : model_.graph.inputs)
      if (!graph_.is_known(input.name)) attempt(problems, "input " + in_quotes(input.name), [&] { read_input(input); });
    for (std::size_t i = 0; i < model_.graph.nodes.size() && problems.size() < most_problems; ++i)
      read_node(model_.graph.nodes[i], i, problems);
    if (problems.empty())
      for (const ValueInfo& output : model_.graph.outputs)
        attempt(problems, "output " + in_quotes(output.name), [&] { read_output(output); });
    if (problems.empty() && model_.graph.outputs.empty()) problems.push_back("the model has no output");
    if (!problems.empty()) refuse(problems);
    nn::Graph<T> graph = graph_.finished();
    attempt(problems, "the model", [&] { graph.require_finished("load_onnx"); });
    if (!problems.empty()) refuse(problems);
    return graph;
  }

 private:
  static constexpr std::size_t most_problems = 20;

  [[noreturn]] void refuse(const std::vector<std::string>& problems) const {
    std::string list;
    for (const std::string& problem : problems) list += "\n  " + problem;
    model_.document->fail({}, " cannot be read as a graph of nn's layers:", list);
  }

  // Names that lead to an output, from the last node to the first; all others are left out.
  void find_needed() { find_needed_in(model_.graph); }
  void find_needed_in(const Graph& graph) {
    for (const ValueInfo& output : graph.outputs) needed_[output.name] = true;
    for (auto node = graph.nodes.rbegin(); node != graph.nodes.rend(); ++node)
      if (is_needed(*node)) {
        for (const std::string_view input : node->inputs) needed_[input] = true;
        if (node->op_type == "If" && node->domain.empty()) add_branches(*node);
      }
    for (const Node& node : graph.nodes)
      if (is_needed(node))
        for (const std::string_view input : node.inputs) add_use(input, &node);
    for (const ValueInfo& output : graph.outputs) add_use(output.name, nullptr);
    for (const auto& [name, uses] : uses_) graph_.need(name);
  }
  // What either graph of an If reads, of the names outside of it, is needed.
  void add_branches(const Node& node) {
    std::vector<const Graph*>& branches = branches_[&node];
    for (const char* name : {"then_branch", "else_branch"}) {
      const Attribute* attribute = node.find(name);
      if (attribute == nullptr || attribute->type != AttributeType::graph) continue;
      branches.push_back(&graphs_.emplace_front(graph_of_attribute(message_of(*model_.document, *attribute))));
      add_names_in(*branches.back());
    }
  }
  void add_names_in(const Graph& graph) {
    for (const ValueInfo& output : graph.outputs) needed_[output.name] = true;
    for (const ValueInfo& output : graph.outputs) add_use(output.name, nullptr);
    for (const Node& node : graph.nodes) {
      for (const std::string_view input : node.inputs) needed_[input] = true;
      for (const std::string_view input : node.inputs) add_use(input, nullptr);
    }
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

  void bind(const OnnxInput& given) {
    for (const ValueInfo& input : model_.graph.inputs) {
      if (input.name != given.name) continue;
      if (count_of(given.dims) != given.numbers.size())
        throw unsupported("it is given ", given.numbers.size(), " numbers, and its sizes say ", count_of(given.dims));
      if (facts_of(input.type).kind == NumberKind::none) throw unsupported("it is of ", facts_of(input.type).name);
      Constant constant{.dims = given.dims, .is_whole = is_integer(input.type), .integers = {}, .reals = {}};
      if (constant.is_whole)
        constant.integers.assign(given.numbers.begin(), given.numbers.end());
      else
        constant.reals = given.numbers;
      graph_.define(input.name, std::move(constant), true);
      return;
    }
    throw unsupported("the model has no such input");
  }

  void read_input(const ValueInfo& input) {
    if (!needed_.contains(input.name)) throw unsupported("it leads to no output");
    if (!input.is_tensor || !input.has_shape) throw unsupported("its shape is not said");
    const NumberKind kind = facts_of(input.type).kind;
    if (kind == NumberKind::none)
      throw unsupported("it is of ", facts_of(input.type).name, ", and a network reads numbers");
    const std::size_t rank = input.shape.size();
    if (rank > 4 || options_.batch.value_or(0) >= std::max<std::size_t>(rank, 1) || (rank == 0 && options_.batch))
      throw unsupported("it has ", rank, " dimensions; 1 to 4 are read, with the one of the samples");
    Sizes sizes;
    const OnnxSizes* given = sizes_of(input);
    for (std::size_t i = 0; i < rank; ++i) {
      std::optional<std::int64_t> size = input.shape[i].size;
      if (i == options_.batch) {
        if (size) graph_.samples(*size);
        continue;
      }
      if (given != nullptr && size && size != given->dims[i])
        throw unsupported("its size ", i, " is ", *size, ", but ", given->dims[i], " is given");
      if (given != nullptr) size = given->dims[i];
      if (!size || *size < 1) throw unsupported("its size ", i, " is not said; give all by LoadOnnxOptions::sizes");
      sizes.push_back(*size);
    }
    graph_.input(input.name, sizes, options_.batch, options_.channels_last, kind != NumberKind::real);
  }

  // That the options give; null where they do not.
  const OnnxSizes* sizes_of(const ValueInfo& input) const {
    for (const OnnxSizes& given : options_.sizes) {
      if (given.name != input.name) continue;
      if (given.dims.size() != input.shape.size())
        throw unsupported(given.dims.size(), " sizes are given, but it has ", input.shape.size(), " dimensions");
      return &given;
    }
    return nullptr;
  }

  // The i-th of the model, or one within it.
  void read_node(const Node& node, std::size_t i, std::vector<std::string>& problems) {
    if (!is_needed(node) || is_done(node)) return;
    for (const std::string_view input : node.inputs)
      if (!input.empty() && !graph_.is_defined(input)) return;  // of a node that has failed; or there is none
    const std::string name = node.name.empty() ? "" : ' ' + in_quotes(node.name);
    attempt(problems, nn::text_of("node ", i, ", ", printable(node.op_type), name), [&] {
      const std::string why = why_not(node, model_.opset(node.domain));
      if (!why.empty()) throw unsupported(why);
      if (node.op_type == "If") return read_branch(node, i, problems);
      if (compute(node)) return;
      const Node* added = node.op_type == "MatMul" && layers_.has_matrix(node) ? bias_of(node) : nullptr;
      const ImportedValue<T> made = layers_.read(node, added);
      if (graph_.is_needed(node, 0)) graph_.define(node.outputs[0], made);
      if (added != nullptr) graph_.define(added->outputs[0], made);
    });
  }

  // Of an If, whose condition is known, the nodes of the graph that is taken, as if they stood in its place.
  void read_branch(const Node& node, std::size_t i, std::vector<std::string>& problems) {
    if (node.inputs.size() != 1 || !graph_.is_known(node.inputs[0]))
      throw unsupported("its condition is not known when the model is read");
    const Constant& condition = graph_.constant(node.inputs[0]);
    if (!condition.is_whole || condition.size() != 1) throw unsupported("its condition is no yes or no");
    const std::vector<const Graph*>& branches = branches_.at(&node);
    if (branches.size() != 2) throw unsupported("it lacks one of its graphs");
    const Graph& graph = *branches[condition.integers[0] != 0 ? 0 : 1];
    if (graph.outputs.size() != node.outputs.size()) throw unsupported("its graph has other outputs than itself");
    for (const Tensor& tensor : graph.initializers) graph_.define(tensor.name, &tensor);
    find_needed_in(graph);
    for (const Node& inner : graph.nodes) read_node(inner, i, problems);
    for (std::size_t k = 0; k < node.outputs.size(); ++k) {
      const std::string_view made = graph.outputs[k].name;
      if (const ImportedValue<T>* value = graph_.find(made))
        graph_.define(node.outputs[k], *value);
      else if (graph_.is_known(made))
        graph_.define(node.outputs[k], graph_.constant(made), graph_.is_weight(made));
    }
  }

  bool is_done(const Node& node) const {
    return std::any_of(node.outputs.begin(), node.outputs.end(),
                       [&](std::string_view output) { return graph_.is_defined(output); });
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
      const Sizes dims = graph_.value(node, 0).dims();
      graph_.define(node.outputs[0], shape(NodeOptions(*model_.document, node), dims));
      return true;
    }
    if (node.op_type == "Constant" && node.find("value") != nullptr) {
      // A model without initializers has its weights in such nodes.
      const Tensor& tensor = tensors_.emplace_front(NodeOptions(*model_.document, node).whole_tensor("value"));
      graph_.define(node.outputs[0], &tensor, model_.graph.initializers.empty());
      return true;
    }
    std::vector<const Constant*> inputs;
    for (const std::string_view input : node.inputs) {
      if (!input.empty() && !graph_.is_known(input)) return false;
      inputs.push_back(input.empty() ? nullptr : &graph_.constant(input));
    }
    // Numbers that are the same for any number of samples stand there once.
    std::optional<Constant> once;
    const std::size_t shape_input = node.op_type == "Expand" ? 1 : 0;
    if ((node.op_type == "ConstantOfShape" || node.op_type == "Expand") && shape_input < inputs.size() &&
        inputs[shape_input] != nullptr) {
      once = *inputs[shape_input];
      for (std::int64_t& size : once->integers)
        if (size == any_batch) size = 1;
      inputs[shape_input] = &*once;
    }
    if (find_operator(node.op_type)->is_of_constants)
      for (const Constant* input : inputs)
        if (input != nullptr && std::count(input->integers.begin(), input->integers.end(), any_batch) > 0)
          throw unsupported("it depends on the number of samples");
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
    if (value.batch != options_.batch) throw unsupported("the samples are another dimension than in the inputs");
    const std::size_t rank = value.sizes().size();
    const bool is_moved = options_.channels_last && value.batch == std::size_t{0} && (rank == 2 || rank == 3);
    value = graph_.in_order(node, value, is_moved);
    graph_.output(node, value, is_moved);
  }

  const Model& model_;
  const LoadOnnxOptions& options_;
  ImportedGraph<T> graph_;
  LayerReader<T> layers_;
  Folder folder_;
  std::forward_list<Tensor> tensors_;  // of Constant nodes
  std::forward_list<Graph> graphs_;    // of Ifs
  std::map<const Node*, std::vector<const Graph*>> branches_;
  // How often a name is read by what leads to an output, and the node that reads it last; null: the model's output.
  struct Uses {
    int count = 0;
    const Node* last = nullptr;
  };
  std::map<std::string_view, bool> needed_;
  std::map<std::string_view, Uses> uses_;
};

template <class T>
nn::Graph<T> read_graph(Document document, const LoadOnnxOptions& options) {
  Model model = model_of(std::move(document));
  Recogniser(*model.document, model.graph, model.opset()).run();
  return GraphReader<T>(model, options).read();
}

}  // namespace detail::onnx

/// The graph of an ONNX model, to predict, to train further, and to save: samples are the first dimension of its inputs
/// and outputs, or the one that the options say, of any number, and the numbers of a sample are in the order that they
/// have in the model. Throws load_error where the file is damaged, and one that lists every node that has no layer
/// here.
template <std::floating_point T>
Graph<T> load_onnx(const std::string& path, const LoadOnnxOptions& options = {}) {
  return detail::onnx::read_graph<T>(detail::onnx::read_document(path), options);
}
template <std::floating_point T>
Graph<T> load_onnx(std::istream& stream, const LoadOnnxOptions& options = {}) {
  return detail::onnx::read_graph<T>(detail::onnx::read_document(stream), options);
}

}  // namespace nn
