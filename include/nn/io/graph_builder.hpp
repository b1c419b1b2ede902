// SPDX-License-Identifier: MIT
// A graph made from the descriptions of its inputs and its layers, each of which says what it reads.
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <nn/io/layer_builder.hpp>
#include <nn/networks/graph.hpp>

namespace nn::detail {

/// As LayerBuilder: what does not fit is refused when it comes, as a data_error or a shape_error, and nothing is
/// allocated for parameters before network().
template <class T>
class GraphBuilder {
 public:
  using Scalar = T;
  using Network = Graph<T>;
  static constexpr std::size_t most_layers = 2'000;  // each that is added looks at all before it

  explicit GraphBuilder(const LayerTable<T>& table) : table_(table), nested_(table, most_layers) {}

  void begin_with(const Description& first) { add_input(first); }
  void begin_with(Shape input) {
    require_sizes(input);
    values_.push_back(graph_.input(input));
    shapes_.push_back(input);
  }

  void add(const Description& next) {
    if (!nested_.unfinished().empty()) {
      if (auto whole = nested_.add(next)) append(std::move(*whole));
      return;
    }
    if (!outputs_.empty())
      throw data_error(in_words(next), ": stands behind the outputs, which come last in a graph; mend the file");
    if (next.type == "Input" && nodes_.empty()) return add_input(next);
    Description layer = next;
    name_ = std::exchange(layer.name, {});
    reads_ = take_reads(layer);
    if (layer.type == Outputs::name())
      add_outputs(layer);
    else if (table_.has_merge(layer.type))
      append(table_.make_merge(layer));
    else if (auto whole = nested_.add(layer))
      append(std::move(*whole));
  }
  void add(AnyLayer<T> layer) {
    name_.clear();
    reads_ = {shapes_.size() - 1};
    append(std::move(layer));
  }

  /// The container that still waits for layers, in words; empty where none does.
  std::string unfinished() const { return nested_.unfinished(); }

  Index parameter_count() const { return last_.parameter_end(); }
  Index state_count() const { return last_.state_end(); }
  /// Of all inputs and layers; to be called once.
  Network network() {
    for (Node& node : nodes_) {
      const std::vector<Value> read = values_at(node.reads);
      values_.push_back(node.layer.single() != nullptr ? graph_.add(std::move(node.name), *node.layer.single(), read)
                                                       : graph_.add(std::move(node.name), *node.layer.merge(), read));
    }
    if (outputs_.empty()) outputs_.push_back(values_.size() - 1);
    for (const Value& output : values_at(outputs_)) graph_.output(output);
    graph_.require_finished("Graph");
    return std::move(graph_);
  }

 private:
  using Value = typename Graph<T>::Value;
  using Numbers = std::vector<std::size_t>;  // of values: the inputs, and then the layers
  struct Node {
    std::string name;
    GraphNode<T> layer;
    Numbers reads;
  };

  void add_input(const Description& input) {
    const Shape shape = input_of(input);
    if (is_of_any_length(shape))
      throw data_error("Input: the network reads sequences of any length, which nn::load_network<float, ",
                       "nn::any_length> gives");
    require_sizes(shape);
    if (values_.size() == most_layers)
      throw data_error(in_words(input), ": a graph from a file has at most ", most_layers, " inputs");
    values_.push_back(graph_.input(shape, input.name));
    shapes_.push_back(shape);
  }

  // Takes the options "reads 0", "reads 1" and so on out of a description. A layer without them, as those of a row of
  // layers, reads what stands before it.
  Numbers take_reads(Description& layer) const {
    const std::string words = in_words(layer);
    Numbers reads;
    std::vector<std::pair<std::string, double>> others;
    for (auto& option : layer.options) {
      if (option.first != "reads " + std::to_string(reads.size())) {
        others.push_back(std::move(option));
        continue;
      }
      Index number = 0;
      set_option(words, option.first.c_str(), number, option.second);
      if (number < 0 || number >= static_cast<Index>(shapes_.size()))
        throw data_error(words, ": ", option.first, " must be the number of one of the ", shapes_.size(),
                         " inputs and layers before it, got ", number, "; mend the file");
      reads.push_back(static_cast<std::size_t>(number));
    }
    layer.options = std::move(others);
    if (reads.empty()) {
      if (graph_.input_count() > 1 || layer.type == Outputs::name())
        throw data_error(words, ": does not say what it reads; save the graph again");
      reads.push_back(shapes_.size() - 1);
    }
    return reads;
  }

  void add_outputs(const Description& layer) {
    if (!layer.options.empty() || !name_.empty())
      throw data_error(in_words(layer), ": has other options than what it reads; mend the file");
    for (const std::size_t number : reads_)
      if (number < values_.size()) throw data_error(in_words(layer), ": an input is no output; mend the file");
    outputs_ = std::move(reads_);
  }

  template <class L>
  void append(L layer) {
    std::vector<Shape> shapes;
    for (const std::size_t number : reads_) shapes.push_back(shapes_[number]);
    Node node{std::move(name_), GraphNode<T>(std::move(layer), std::move(shapes)), std::move(reads_)};
    shapes_.push_back(node.layer.place({}).output);
    last_ = place_after(last_, node.layer, static_cast<Index>(nodes_.size()), "graph");
    nodes_.push_back(std::move(node));
  }

  std::vector<Value> values_at(const Numbers& numbers) const {
    std::vector<Value> values;
    for (const std::size_t number : numbers) values.push_back(values_[number]);
    return values;
  }

  const LayerTable<T>& table_;
  NestedLayers<T> nested_;
  Graph<T> graph_;             // its inputs alone, until network()
  std::vector<Value> values_;  // those of graph_
  std::vector<Shape> shapes_;  // of the inputs and the layers
  std::vector<Node> nodes_;
  Numbers outputs_;
  std::string name_;  // of the layer that is being made, and what it reads
  Numbers reads_;
  Place last_{};
};

}  // namespace nn::detail
