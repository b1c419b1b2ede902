// SPDX-License-Identifier: MIT
// A graph on its way in: what each name of the model stands for, and the layers that were made of its nodes.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/activations/identity.hpp>
#include <nn/core/graph.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/formats/onnx/written_graph.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/permute.hpp>
#include <nn/layers/reshape.hpp>

namespace nn::detail::onnx {

/// In the model's eyes a value has one dimension of samples, of any number, and then sizes_of(layout, shape); in nn its
/// numbers always have their channels last. What is flat_first is an image `order` in nn's order that the model reads
/// as plain features in its own.
template <class T>
struct ImportedValue {
  typename nn::Graph<T>::Value value;
  Shape shape;
  Layout layout = Layout::flat_last;
  Shape order{};

  Sizes sizes() const { return sizes_of(layout, shape); }
};

/// Stands for a number of samples that the model leaves open, in what is computed of shapes.
inline constexpr std::int64_t any_batch = 1'000'000'007;  // a prime that no size of a layer is

template <class T>
class ImportedGraph {
 public:
  using Value = ImportedValue<T>;

  ImportedGraph(Document& document, std::int64_t opset)
      : document_(document),
        opset_(opset),
        left_(16 * std::uint64_t{document.bytes().size()} + (std::uint64_t{1} << 26)) {}

  Document& document() const { return document_; }
  std::int64_t opset() const { return opset_; }
  nn::Graph<T>& graph() { return graph_; }
  void input(std::string_view name, Shape shape, Layout layout) {
    inputs_.push_back(graph_.input(shape, std::string(name)));
    define(name, Value{inputs_.back(), shape, layout, {}});
  }
  /// An input goes through an Identity, as a graph asks for a layer there.
  void output(const Node& node, Value value) {
    if (std::find(inputs_.begin(), inputs_.end(), value.value) != inputs_.end())
      value.value = add(node, Identity{}, {value.value});
    graph_.output(value.value);
  }

  void define(std::string_view name, const Tensor* tensor) { known_[name].tensor = tensor; }
  void define(std::string_view name, Constant constant) { known_[name].constant = std::move(constant); }
  void define(std::string_view name, Value value) { values_.insert_or_assign(name, std::move(value)); }
  bool is_defined(std::string_view name) const { return is_known(name) || values_.contains(name); }
  /// Whether it is a number or several that the file says.
  bool is_known(std::string_view name) const { return known_.contains(name); }
  /// What the network computes under this name, or null.
  const Value* find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }
  const Constant& constant(std::string_view name) {
    Known& known = known_.at(name);
    if (!known.constant) known.constant = constant_of(document_, *known.tensor);
    return *known.constant;
  }

  /// An input of a node that must be computed by the network, and one that must be known.
  const Value& value(const Node& node, std::size_t i) const {
    const Value* found = i < node.inputs.size() ? find(node.inputs[i]) : nullptr;
    if (found == nullptr) throw unsupported("its input ", i, " is no value that the network computes");
    return *found;
  }
  bool is_given(const Node& node, std::size_t i) const { return i < node.inputs.size() && !node.inputs[i].empty(); }

  struct Weights {
    Sizes dims;
    std::vector<T> numbers;
  };
  /// Several layers may read one tensor, so together they may take some times as much as the file.
  Weights weights(const Node& node, std::size_t i) {
    const auto found = is_given(node, i) ? known_.find(node.inputs[i]) : known_.end();
    if (found == known_.end()) throw unsupported("its input ", i, " is no constant");
    const Known& known = found->second;
    const std::uint64_t count = known.tensor != nullptr ? known.tensor->count : known.constant->size();
    if (known.tensor != nullptr && known.tensor->external) left_ += 4 * known.tensor->byte_count();
    if (count > left_ / sizeof(double))
      throw unsupported("weights are read so often that together they are many times as large as the file");
    left_ -= count * sizeof(double);
    if (known.tensor != nullptr) return {known.tensor->dims, numbers_of<T>(document_, *known.tensor)};
    Weights weights{known.constant->dims, {}};
    for (std::size_t k = 0; k < known.constant->size(); ++k)
      weights.numbers.push_back(static_cast<T>(known.constant->number(k)));
    return weights;
  }
  /// The one number of an input that is known.
  T number(const Node& node, std::size_t i) {
    const Weights weights = this->weights(node, i);
    if (weights.numbers.size() != 1)
      throw unsupported("its input ", i, " has ", weights.numbers.size(), " numbers, not 1");
    return weights.numbers[0];
  }

  /// Adds a layer. Its name is that of its weights without ".weight", or else that of what the node puts out.
  template <class L>
  typename nn::Graph<T>::Value add(const Node& node, const L& layer,
                                   const std::vector<typename nn::Graph<T>::Value>& inputs,
                                   std::string_view weight = "") {
    constexpr std::string_view ending = ".weight";
    std::string name(weight.ends_with(ending) ? weight.substr(0, weight.size() - ending.size())
                     : node.outputs.empty()   ? node.op_type
                                              : node.outputs[0]);
    std::string free = name;
    while (names_.contains(free)) free = name + '_' + std::to_string(++names_[name]);
    names_.emplace(free, 1);
    last_name_ = free;
    try {
      return graph_.add(free, layer, inputs);
    } catch (const shape_error& problem) {
      throw unsupported(problem.what());
    }
  }

  /// Gives a tensor of the layer added last its numbers, which are in row-major order of its dimensions; where one of
  /// them is the layer's input, in the order that the model has it in.
  void set(std::string_view tensor_name, const std::vector<T>& numbers, const Value& input) {
    const std::string name = last_name_ + '.' + std::string(tensor_name);
    for (auto& tensor : graph_.tensors()) {
      if (tensor.name != name) continue;
      if (static_cast<std::size_t>(tensor.values.size()) != numbers.size())
        throw unsupported(name, " has ", numbers.size(), " numbers, but ", tensor.values.size(), " are needed");
      const WrittenValue order{"", input.shape, input.layout, input.order};
      for (std::size_t i = 0; i < numbers.size(); ++i)
        tensor.values.data()[place_of_number(tensor.dimensions, order, static_cast<Index>(i))] = numbers[i];
      return;
    }
    throw unsupported("the layer has no tensor ", tensor_name);
  }

  /// The value as the model would have it with these sizes behind the samples; its numbers stay where the model has
  /// them.
  Value reshaped(const Node& node, Value value, const Sizes& sizes) {
    if (sizes == value.sizes()) return value;
    const bool first = is_first(value.layout);
    const Shape image = value.layout == Layout::flat_first ? value.order : value.shape;
    if (sizes.size() == 1) {
      value.value = add(node, Flatten{}, {value.value});
      return {value.value, Shape(image.size()), first ? Layout::flat_first : Layout::flat_last,
              first ? image : Shape()};
    }
    if (sizes.size() > 3) throw unsupported("samples of ", sizes.size(), " dimensions have no place in nn");
    const Index a = sizes[0], b = sizes[1], c = sizes.size() == 3 ? sizes[2] : 1;
    // Channels first: the same image, or one in which the rows and columns of its channels are joined.
    if (first && a == image.channels) {
      const Shape shape = sizes.size() == 3 ? Shape(b, c, a) : Shape(1, b, a);
      value.value = add(node, Reshape{shape.height, shape.width, shape.channels}, {value.value});
      return {value.value, shape, sizes.size() == 3 ? Layout::image_first : Layout::time_first, {}};
    }
    value = in_order(node, value, false);
    const Shape shape = sizes.size() == 3 ? Shape(a, b, c) : Shape(1, a, b);
    value.value = add(node, Reshape{shape.height, shape.width, shape.channels}, {value.value});
    return {value.value, shape, sizes.size() == 3 ? Layout::image_last : Layout::time_last, {}};
  }

  /// With the numbers moved so that nn's order is the model's, channels read first or last as `first` says.
  Value in_order(const Node& node, Value value, bool first) {
    if (is_first(value.layout) == first) return value;
    if (is_flat(value.layout)) {
      if (value.layout == Layout::flat_last) return {value.value, value.shape, Layout::flat_first, value.shape};
      const Shape image = value.order;
      if (image.channels > 1 && image.height * image.width > 1) {
        value.value = add(node, Reshape{image.height, image.width, image.channels}, {value.value});
        value.value = add(node, Permute{2, 0, 1}, {value.value});
        value.value = add(node, Flatten{}, {value.value});
      }
      return {value.value, value.shape, Layout::flat_last, {}};
    }
    const auto [a, b, c] = value.shape;
    if (first) {  // the model's dimensions a x b x c are now channels x height x width
      if (is_time(value.layout)) {
        value.value = add(node, Reshape{b, 1, c}, {value.value});
        value.value = add(node, Permute{1, 2, 0}, {value.value});
        return {value.value, Shape(1, c, b), Layout::time_first, {}};
      }
      value.value = add(node, Permute{1, 2, 0}, {value.value});
      return {value.value, Shape(b, c, a), Layout::image_first, {}};
    }
    value.value = add(node, Permute{2, 0, 1}, {value.value});
    if (!is_time(value.layout)) return {value.value, Shape(c, a, b), Layout::image_last, {}};
    value.value = add(node, Reshape{1, c, b}, {value.value});
    return {value.value, Shape(1, c, b), Layout::time_last, {}};
  }

 private:
  struct Known {
    const Tensor* tensor = nullptr;
    std::optional<Constant> constant;
  };

  Document& document_;
  std::int64_t opset_;
  std::uint64_t left_;  // bytes of weights that may still be read
  nn::Graph<T> graph_;
  std::vector<typename nn::Graph<T>::Value> inputs_;
  std::map<std::string_view, Known> known_;
  std::map<std::string_view, Value> values_;
  std::map<std::string, int> names_;  // and how often one was asked for
  std::string last_name_;
};

}  // namespace nn::detail::onnx
