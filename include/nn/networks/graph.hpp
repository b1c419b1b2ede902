// SPDX-License-Identifier: MIT
// A network whose layers read any of the values before them: several inputs and outputs, a value used more than once.
#pragma once

#include <algorithm>
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/printable.hpp>
#include <nn/networks/graph_node.hpp>
#include <nn/networks/layer_stack.hpp>

namespace nn {

namespace detail {
/// y = all outputs of a graph, one after the other.
struct Outputs {
  static constexpr std::string_view name() { return "Outputs"; }
  Shape output_shape(Shapes inputs) const {
    Index size = 0;
    for (const Shape& input : inputs) size = checked_sum(size, input.size());
    return Shape(size);
  }
  void forward(Shapes, const auto&, const auto& inputs, auto&& y) const {
    Index row = 0;
    for (Index k = 0; k < inputs.size(); row += inputs[k++].rows()) y.middleRows(row, inputs[k].rows()) = inputs[k];
  }
  void input_gradient(Shapes, const auto&, auto& gradients) const {
    Index row = 0;
    for (Index k = 0; k < gradients.input.size(); row += gradients.input[k++].rows())
      gradients.input[k] = gradients.output.middleRows(row, gradients.input[k].rows());
  }
  bool operator==(const Outputs&) const = default;
};
}  // namespace detail

/// What the inputs and outputs of a graph are called in the file that it came from, and their dimensions behind that of
/// the samples; none where the graph has its numbers in another order than the file.
struct Signature {
  struct Value {
    std::string name;
    std::vector<std::int64_t> sizes;
    bool operator==(const Value&) const = default;
  };
  std::vector<Value> inputs, outputs;
  bool operator==(const Signature&) const = default;
};

/// A regular value: its layers and one flat vector of parameters. Everything that takes a Network takes it, and from
/// the same layers it has the same bits as a Sequential. Several inputs are given as a list of matrices, or one above
/// the other in the order in which they were added; several outputs stand one above the other.
template <std::floating_point T = float>
class Graph : public LayerStack<Graph<T>, T> {
 public:
  /// What an input or a layer puts out, for other layers to read.
  class Value {
    friend Graph;
    Value(Index number, bool is_input) : number_(number), is_input_(is_input) {}
    Index number_;
    bool is_input_;

   public:
    bool operator==(const Value&) const = default;
  };

  static constexpr Index input_extent = dynamic;
  static constexpr Index output_extent = dynamic;
  static constexpr bool is_small() { return false; }
  static constexpr Index activations_on_stack() { return 0; }
  static constexpr bool always_has_shards = false;

  /// Adds an input, of height x width x channels or so many features.
  Value input(Shape shape, std::string name = {}) {
    this->require_whole("input");
    if (shape.height < 1 || shape.width < 1 || shape.channels < 1)
      throw shape_error("Graph::input: a sample of ", shape, " has no features; give sizes of at least 1");
    inputs_.push_back({std::move(name), shape});
    lay_out();
    return {static_cast<Index>(inputs_.size()) - 1, true};
  }
  Value input(std::initializer_list<Index> sizes, std::string name = {}) {
    if (sizes.size() != 1 && sizes.size() != 3)
      throw shape_error("Graph::input: got ", sizes.size(),
                        " sizes; give the number of features, or height, width and channels");
    return input(
        sizes.size() == 1 ? Shape(*sizes.begin()) : Shape(sizes.begin()[0], sizes.begin()[1], sizes.begin()[2]),
        std::move(name));
  }

  /// Adds a layer that reads these values, its weights drawn where the generator of the layers before was left. Throws
  /// shape_error where they do not fit, and the graph is then as it was before.
  template <class L, std::same_as<Value>... Values>
  requires(sizeof...(Values) > 0) Value add(const L& layer, Values... values) {
    return add(std::string(), layer, std::vector<Value>{values...});
  }
  template <class L>
  Value add(const L& layer, const std::vector<Value>& values) {
    return add(std::string(), layer, values);
  }
  /// The same under a name of its own: the tensors of "encoder" are "encoder.weight" and so on. A layer without one has
  /// its number among the layers. Throws data_error where another layer has the name.
  template <class L, std::same_as<Value>... Values>
  requires(sizeof...(Values) > 0) Value add(std::string name, const L& layer, Values... values) {
    return add(std::move(name), layer, std::vector<Value>{values...});
  }
  template <class L>
  Value add(std::string name, const L& layer, const std::vector<Value>& values) {
    this->require_whole("add");
    require_free(name);
    Node node = made(std::move(name), layer, values);
    const bool was_joined = depth() > count_;
    if (was_joined) nodes_.pop_back();
    const Index before = count_;
    try {
      nodes_.push_back(std::move(node));
      ++count_;
      lay_out();
      grow();
    } catch (...) {  // memory is exhausted, or a size cannot be counted
      count_ = before;
      nodes_.erase(nodes_.begin() + before, nodes_.end());
      lay_out();
      throw;
    }
    return {count_ - 1, false};
  }

  /// Makes a layer's value an output of the graph; each more stands below those before.
  void output(Value value) {
    this->require_whole("output");
    shape_of(value, "output");
    if (value.is_input_) throw shape_error("Graph::output: an input is no output; put it through nn::Identity{} first");
    outputs_.push_back(value);
    try {
      lay_out();
    } catch (...) {
      outputs_.pop_back();
      lay_out();
      throw;
    }
  }

  /// As LayerStack::initialize; layers added later go on with the same generator.
  void initialize(Random& random, const Initializer& initializer = default_initializer) {
    LayerStack<Graph, T>::initialize(random, initializer);
    random_ = random;
  }
  void initialize(Random&& random, const Initializer& initializer = default_initializer) {
    initialize(random, initializer);
  }

  /// How many layers there are; several outputs are put together by one more.
  Index depth() const { return static_cast<Index>(nodes_.size()); }
  const Place& place(Index i) const { return nodes_[static_cast<std::size_t>(i)].place; }
  const GraphNode<T>& layer(Index i) const { return nodes_[static_cast<std::size_t>(i)].layer; }
  std::string layer_name(Index i) const {
    const Node& node = nodes_[static_cast<std::size_t>(i)];
    return node.name.empty() ? std::to_string(i) : node.name;
  }
  /// All features of a sample: the shape of the only input, or the sum of several.
  Shape input_shape() const { return inputs_.size() == 1 ? inputs_[0].shape : Shape(input_size_); }
  Shape output_shape() const {
    require_finished("output_shape");
    return place(depth() - 1).output;
  }
  Index input_count() const { return static_cast<Index>(inputs_.size()); }
  Shape input_shape(Index k) const { return inputs_[static_cast<std::size_t>(k)].shape; }
  Index output_count() const { return static_cast<Index>(outputs_.size()); }
  Shape output_shape(Index k) const { return shape_of(outputs_[static_cast<std::size_t>(k)], "output_shape"); }
  Index activation_size() const { return activation_size_; }
  /// Empty unless load_onnx has read the graph; save_onnx goes by it. Files of numbers do not keep it.
  const Signature& signature() const { return signature_; }
  void set_signature(Signature signature) { signature_ = std::move(signature); }
  /// The name of an input; empty where it has none.
  const std::string& input_name(Index k) const { return inputs_[static_cast<std::size_t>(k)].name; }

  /// What a pass needs to know of what the layer i reads.
  std::span<const Source> sources(Index i) const { return nodes_[static_cast<std::size_t>(i)].sources; }
  InputGradient wanted(Index i, InputGradient wanted_of_inputs) const {
    const std::vector<Source>& read = nodes_[static_cast<std::size_t>(i)].sources;
    if (wanted_of_inputs == InputGradient::none &&
        std::all_of(read.begin(), read.end(), [](const Source& source) { return source.is_input; }))
      return InputGradient::none;
    return nodes_[static_cast<std::size_t>(i)].wanted;
  }
  /// The values that the layer i reads: the inputs by their numbers, and then the layers.
  std::vector<Index> reads(Index i) const {
    std::vector<Index> numbers;
    for (const Value& value : nodes_[static_cast<std::size_t>(i)].reads)
      numbers.push_back(value.number_ + (value.is_input_ ? 0 : input_count()));
    return numbers;
  }
  /// Calls visit(offset in the workspace, size, first row of x) for every input.
  void for_each_input(auto&& visit) const {
    Index row = 0;
    for (const Input& input : inputs_) {
      visit(input.offset, input.shape.size(), row);
      row += input.shape.size();
    }
  }

  /// Calls visit(layers) for every output: the numbers of the layers that lead to it one after the other, each reading
  /// the one before alone, up to it.
  void for_each_output(auto&& visit) const {
    for (const Value& output : outputs_) {
      std::vector<Index> path;
      for (Value value = output; !value.is_input_;) {
        path.insert(path.begin(), value.number_);
        const std::vector<Value>& reads = nodes_[static_cast<std::size_t>(value.number_)].reads;
        if (reads.size() != 1) break;
        value = reads[0];
      }
      visit(path);
    }
  }

  template <class Visit>
  void for_each_layer(Visit&& visit) const {
    for (Index i = 0; i < depth(); ++i) visit(layer(i), i);
  }
  template <class Visit>
  void for_each_layer_backward(Visit&& visit) const {
    for (Index i = depth(); i-- > 0;) visit(layer(i), i);
  }
  template <class L>
  bool last_is() const {
    return depth() > 0 && nodes_.back().layer.template is<L>();
  }

  /// The inputs, the layers and what they read, in words and numbers.
  std::vector<Description> descriptions() const {
    std::vector<Description> all;
    for (const Input& input : inputs_)
      all.push_back({"Input",
                     {{"height", static_cast<double>(input.shape.height)},
                      {"width", static_cast<double>(input.shape.width)},
                      {"channels", static_cast<double>(input.shape.channels)}},
                     input.name});
    for (Index i = 0; i < depth(); ++i)
      nn::for_each_inside(layer(i), place(i), [&](const auto& inner, const Place&, Index level) {
        all.push_back(describe(inner));
        if (level > 0) return;
        all.back().name = nodes_[static_cast<std::size_t>(i)].name;
        Index k = 0;
        for (const Index number : reads(i))
          all.back().options.emplace_back("reads " + std::to_string(k++), static_cast<double>(number));
      });
    return all;
  }

  /// Throws shape_error where there is no output yet, or something leads to none.
  void require_finished(const char* who) const {
    if (outputs_.empty()) throw shape_error(who, ": the graph has no output; name one by graph.output(value)");
    if (!unused_.empty())
      throw shape_error(who, ": ", unused_,
                        " leads to no output of the graph; read it, make it an output, or leave it "
                        "out");
  }

  bool operator==(const Graph& other) const {
    return inputs_ == other.inputs_ && nodes_ == other.nodes_ && outputs_ == other.outputs_ &&
           this->has_equal_parameters(other);
  }

 private:
  struct Input {
    std::string name;
    Shape shape;
    Index offset = 0;
    bool operator==(const Input&) const = default;
  };
  struct Node {
    std::string name;
    GraphNode<T> layer;
    std::vector<Value> reads;
    Place place;
    std::vector<Source> sources = {};
    InputGradient wanted = InputGradient::all;  // of what it reads, where that is no input
    bool operator==(const Node& other) const {
      return name == other.name && layer == other.layer && reads == other.reads;
    }
  };

  template <class L>
  static auto any(const L& layer) {
    if constexpr (std::same_as<L, AnyLayer<T>> || std::same_as<L, AnyLayer<T, Shapes>>) {
      return layer;
    } else if constexpr (MergeLayer<L>) {
      return AnyLayer<T, Shapes>(layer);
    } else {
      static_assert(detail::require_layer<L>());
      return AnyLayer<T>(layer);
    }
  }

  template <class L>
  Node made(std::string name, const L& layer, const std::vector<Value>& values) const {
    std::vector<Shape> shapes;
    for (const Value& value : values) shapes.push_back(shape_of(value, layer.name()));
    if (shapes.empty()) throw shape_error("Graph::add(", layer.name(), "): got no value to read; give at least one");
    std::string list;
    for (const Shape& shape : shapes) list += (list.empty() ? "" : ", ") + to_string(shape);
    try {
      Node node{std::move(name), GraphNode<T>(any(layer), std::move(shapes)), values, {}};
      this->require_options(node.layer, node.layer.place({}));
      return node;
    } catch (const shape_error& problem) {
      throw shape_error("node ", count_, " of the graph (", layer.name(), quoted(name), "), after ", list, ": ",
                        problem.what());
    }
  }

  void require_free(const std::string& name) const {
    for (Index i = 0; i < count_ && !name.empty(); ++i)
      if (layer_name(i) == name)
        throw data_error("Graph::add: node ", i, " is named \"", detail::printable(name), "\" already; take another");
  }

  // Throws shape_error for a value of another graph, as far as that can be seen.
  Shape shape_of(const Value& value, std::string_view reader) const {
    const Index count = value.is_input_ ? input_count() : count_;
    if (value.number_ >= count)
      throw shape_error("Graph::add(", reader, "): the value given is that of ", value.is_input_ ? "input " : "node ",
                        value.number_, ", but the graph has ", count, "; give a value of this graph");
    return value.is_input_ ? inputs_[static_cast<std::size_t>(value.number_)].shape : place(value.number_).output;
  }

  // Where everything stands: the inputs, the layers one after the other, then what they add to gradients.
  void lay_out() {
    if (depth() > count_) nodes_.pop_back();
    if (outputs_.size() > 1) {
      std::vector<Shape> shapes;
      for (const Value& value : outputs_) shapes.push_back(shape_of(value, "output"));
      nodes_.push_back({{}, GraphNode<T>(AnyLayer<T, Shapes>(detail::Outputs{}), std::move(shapes)), outputs_, {}});
    }
    const auto whole_cache_lines = [](Index numbers) { return checked_sum(numbers, 15) / 16 * 16; };
    Place before{};
    input_size_ = 0;
    for (Input& input : inputs_) {
      input.offset = before.activation_size;
      before.activation_size = checked_sum(before.activation_size, whole_cache_lines(input.shape.size()));
      input_size_ = checked_sum(input_size_, input.shape.size());
    }
    for (Node& node : nodes_) before = node.place = place_after(before, node.layer, 0);
    activation_size_ = before.activation_end();
    find_sources();
  }

  // Gradients of a value are written by the last layer that reads it, which comes first on the way back, and those of
  // the others are added; these have room of their own, behind everything else.
  void find_sources() {
    std::vector<Index> readers_of_input(inputs_.size()), readers(nodes_.size());
    const auto readers_of = [&](const Value& value) -> Index& {
      return (value.is_input_ ? readers_of_input : readers)[static_cast<std::size_t>(value.number_)];
    };
    for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
      node->sources.clear();
      for (const Value& value : node->reads) {
        const auto number = static_cast<std::size_t>(value.number_);
        Source source{.size = value.is_input_ ? inputs_[number].shape.size() : nodes_[number].place.output.size(),
                      .offset = value.is_input_ ? inputs_[number].offset : nodes_[number].place.activation_offset,
                      .adds = readers_of(value)++ > 0,
                      .is_input = value.is_input_};
        source.gradient_offset = source.adds ? activation_size_ : source.offset;
        if (source.adds) activation_size_ = checked_sum(activation_size_, checked_sum(source.size, 15) / 16 * 16);
        node->sources.push_back(source);
      }
    }
    for (Node& node : nodes_) {
      const Value& value = node.reads.front();
      const bool is_alone = node.reads.size() == 1 && !value.is_input_ && readers_of(value) == 1;
      node.wanted = is_alone && nodes_[static_cast<std::size_t>(value.number_)].place.is_flat_where_zero
                        ? InputGradient::where_nonzero
                        : InputGradient::all;
    }
    unused_.clear();
    for (std::size_t k = 0; k < inputs_.size(); ++k)
      if (readers_of_input[k] == 0) unused_ = "input " + std::to_string(k) + quoted(inputs_[k].name);
    for (std::size_t i = 0; i + 1 < nodes_.size(); ++i)
      if (readers[i] == 0)
        unused_ =
            "node " + std::to_string(i) + " (" + std::string(nodes_[i].layer.name()) + ')' + quoted(nodes_[i].name);
    if (outputs_.size() == 1 && outputs_[0].number_ + 1 != depth())
      unused_ = "node " + std::to_string(depth() - 1) + " (" + std::string(nodes_.back().layer.name()) + ')' +
                quoted(nodes_.back().name);
  }
  static std::string quoted(const std::string& name) {
    return name.empty() ? "" : " \"" + detail::printable(name) + '"';
  }

  // Makes room for the parameters of the last layer and draws them.
  void grow() {
    const Index last = count_ - 1;
    Buffer<T> parameters(place(last).parameter_end()), state(place(last).state_end());
    std::copy_n(this->parameters_.data(), this->parameters_.size(), parameters.data());
    std::copy_n(this->state_.data(), this->state_.size(), state.data());
    this->parameters_ = std::move(parameters);
    this->state_ = std::move(state);
    this->initialize_layer(layer(last), last, default_initializer, random_);
  }

  std::vector<Input> inputs_;
  std::vector<Node> nodes_;  // the layers, and the one that puts several outputs together
  std::vector<Value> outputs_;
  Signature signature_;  // says nothing of what the graph computes, and is not compared
  Index count_ = 0;      // of the layers without that one
  Index input_size_ = 0;
  Index activation_size_ = 0;
  std::string unused_;  // what leads to no output
  Random random_{0};
};

}  // namespace nn
