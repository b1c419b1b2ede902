// SPDX-License-Identifier: MIT
// ONNX's recurrent operators as the layers that read sequences.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/formats/onnx/sequence_writer.hpp>
#include <nn/layers/bidirectional.hpp>
#include <nn/layers/gru.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/simple_rnn.hpp>

namespace nn::detail::onnx {

/// Throws unsupported where a node cannot be read.
template <class T>
class SequenceReader {
 public:
  using Value = ImportedValue<T>;

  explicit SequenceReader(ImportedGraph<T>& graph) : graph_(graph) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    for (const RecurrentOperator& known : recurrent_operators)
      if (node.op_type == known.op_type) return recurrent(node, options, known);
    return {};
  }

 private:
  using Weights = typename ImportedGraph<T>::Weights;

  Value recurrent(const Node& node, const NodeOptions& options, const RecurrentOperator& known) {
    const bool is_batch_first = options.integer("layout", 0) != 0;
    const Value& given = graph_.real_value(node, 0);
    if (given.sizes().size() != 2 || given.batch != std::size_t{is_batch_first ? 0U : 1U})
      throw unsupported("its input is no batch of sequences, with the samples as dimension ", is_batch_first ? 0 : 1);
    const std::string_view direction = options.text("direction", "forward");
    if (direction != "forward" && direction != "bidirectional")
      throw unsupported("the direction ", in_quotes(direction));
    const bool both_ways = direction == "bidirectional";
    require_usual(node, options, given);
    const bool is_relu = require_activations(node, options, known, both_ways);
    if (graph_.is_needed(node, 2)) throw unsupported("it also gives its last cells");

    Value x = graph_.in_order(node, given, false);
    const Index steps = x.shape.width, features = x.shape.channels;
    const Weights W = graph_.weights(node, 1), R = graph_.weights(node, 2);
    const std::int64_t directions = both_ways ? 2 : 1, gates = static_cast<std::int64_t>(known.gates);
    const std::int64_t units = R.dims.size() == 3 ? R.dims[2] : 0, rows = checked_product(units, gates);
    if (units < 1 || W.dims != Sizes{directions, rows, features} || R.dims != Sizes{directions, rows, units})
      throw unsupported("its weights do not fit ", features, " features");
    Weights B{{}, {}};
    if (graph_.is_given(node, 3)) B = graph_.weights(node, 3);
    if (!B.dims.empty() && B.dims != Sizes{directions, 2 * rows}) throw unsupported("its biases do not fit");

    const bool has_bias = !B.numbers.empty();
    if (known.op_type == "LSTM") {
      x.value = added(node, LSTM{units, {.bias = has_bias}}, x, both_ways);
    } else if (known.op_type == "GRU") {
      const bool reset_after = options.integer("linear_before_reset", 0) != 0;
      x.value = added(node, GRU{units, {.reset_after = reset_after, .bias = has_bias}}, x, both_ways);
    } else {
      x.value = added(node, SimpleRNN{units, {.relu = is_relu, .bias = has_bias}}, x, both_ways);
    }
    for (std::int64_t way = 0; way < directions; ++way) {
      const std::string end = way == 0 ? "" : "_reverse";
      set_gates(known, "weight_ih_l0" + end, W.numbers, way * rows, units, features, x);
      set_gates(known, "weight_hh_l0" + end, R.numbers, way * rows, units, units, x);
      if (!has_bias) continue;
      set_gates(known, "bias_ih_l0" + end, B.numbers, way * 2 * rows, units, 1, x);
      set_gates(known, "bias_hh_l0" + end, B.numbers, (way * 2 + 1) * rows, units, 1, x);
    }
    x.shape = Shape(1, steps, directions * units);
    if (graph_.is_needed(node, 1)) define_last(node, x, is_batch_first, directions, units);
    if (!graph_.is_needed(node, 0)) return x;
    x = graph_.with_sizes(node, x, {steps, directions, units});
    x.batch = is_batch_first ? 0 : 2;
    return x;
  }

  template <class L>
  typename nn::Graph<T>::Value added(const Node& node, const L& layer, const Value& x, bool both_ways) {
    if (both_ways) return graph_.add(node, Bidirectional{layer}, {x.value}, node.inputs[1]);
    return graph_.add(node, layer, {x.value}, node.inputs[1]);
  }

  /// The rows of a tensor, row by row, its gates in the order of ours.
  void set_gates(const RecurrentOperator& known, const std::string& name, const std::vector<T>& numbers,
                 std::int64_t first_row, std::int64_t units, std::int64_t columns, const Value& x) {
    const std::int64_t gate_size = units * columns;
    std::vector<T> ordered(known.gates * static_cast<std::size_t>(gate_size));
    for (std::size_t gate = 0; gate < known.gates; ++gate)
      std::copy_n(numbers.begin() + first_row * columns + static_cast<std::int64_t>(gate) * gate_size, gate_size,
                  ordered.begin() + known.order[gate] * gate_size);
    graph_.set(name, ordered, x);
  }

  /// What each direction has read last: the first the last step, the second the first.
  void define_last(const Node& node, Value x, bool is_batch_first, std::int64_t directions, std::int64_t units) {
    const Index steps = x.shape.width;
    if (directions == 1) {
      x.value = graph_.add(node, LastStep{}, {x.value});
      x.shape = Shape(units);
      x = graph_.with_sizes(node, x, {1, units});
    } else {
      std::vector<Index> places;
      for (Index unit = 0; unit < units; ++unit) places.push_back((steps - 1) * 2 * units + unit);
      for (Index unit = 0; unit < units; ++unit) places.push_back(units + unit);
      x = graph_.rearranged(node, x, {2, units}, std::move(places));
    }
    x.batch = is_batch_first ? 0 : 1;
    graph_.define(node.outputs[1], x);
  }

  /// Refuses lengths, first states and peepholes that are not those of our layers.
  void require_usual(const Node& node, const NodeOptions& options, const Value& x) {
    for (const char* unknown : {"clip", "activation_alpha", "activation_beta"})
      if (options.has(unknown)) throw unsupported("its attribute ", unknown);
    if (options.integer("input_forget", 0) != 0) throw unsupported("input_forget");
    const auto require_all = [&](std::size_t i, double wanted, const char* what) {
      if (!graph_.is_given(node, i)) return;
      if (!graph_.is_known(node.inputs[i])) throw unsupported(what, " that are computed");
      const Constant& constant = graph_.constant(node.inputs[i]);
      for (std::size_t k = 0; k < constant.size(); ++k)
        if (constant.number(k) != wanted) throw unsupported(what);
    };
    require_all(4, static_cast<double>(x.sizes()[0]), "sequences of different lengths");
    require_all(5, 0, "first states that are not 0");
    require_all(6, 0, "first cells that are not 0");
    require_all(7, 0, "peepholes");
  }

  /// Whether an RNN has Relu in place of Tanh; all others than the usual functions are refused.
  static bool require_activations(const Node& node, const NodeOptions& options, const RecurrentOperator& known,
                                  bool both_ways) {
    std::vector<std::string_view> usual{"Sigmoid", "Tanh"};
    if (known.op_type == "LSTM") usual.emplace_back("Tanh");
    if (known.op_type == "RNN") usual = {"Tanh"};
    const Attribute* given = node.find("activations");
    if (given == nullptr) return false;
    if (given->type != AttributeType::texts) throw unsupported("its attribute activations is no list of names");
    std::vector<std::string_view> names;
    message_of(options.document(), *given).for_each(9, [&](const Message& at) { names.push_back(at.bytes()); });
    const std::size_t directions = both_ways ? 2 : 1;
    const bool is_relu = known.op_type == "RNN" && !names.empty() && names[0] == "Relu";
    if (is_relu) usual = {"Relu"};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names.size() != directions * usual.size() || names[i] != usual[i % usual.size()])
        throw unsupported("the activation ", in_quotes(names[i]), " in its place");
    return is_relu;
  }

  ImportedGraph<T>& graph_;
};

}  // namespace nn::detail::onnx
