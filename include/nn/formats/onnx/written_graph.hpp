// SPDX-License-Identifier: MIT
// A graph on its way out: its nodes, and its values in the order of dimensions that each operator asks for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/shape.hpp>
#include <nn/core/tensor.hpp>
#include <nn/formats/onnx/model_writer.hpp>

namespace nn::detail::onnx {

/// How the numbers of a value of some samples lie. Inside of nn channels come last; most operators of ONNX take them
/// first. What is flat is samples x features, in the order of one or the other.
enum class Layout { flat_last, flat_first, image_last, image_first, time_last, time_first };

constexpr bool is_flat(Layout layout) { return layout == Layout::flat_last || layout == Layout::flat_first; }
constexpr bool is_first(Layout layout) {
  return layout == Layout::flat_first || layout == Layout::image_first || layout == Layout::time_first;
}
constexpr bool is_time(Layout layout) { return layout == Layout::time_last || layout == Layout::time_first; }

/// The layout of a kind with its channels first or last.
constexpr Layout with_channels(Layout layout, bool first) {
  if (is_flat(layout)) return first ? Layout::flat_first : Layout::flat_last;
  if (is_time(layout)) return first ? Layout::time_first : Layout::time_last;
  return first ? Layout::image_first : Layout::image_last;
}

/// What stands outside: plain features, 1 x time x channels, or an image.
constexpr Layout outer_layout(Shape shape, bool first) {
  if (shape.height == 1 && shape.width == 1) return Layout::flat_last;
  return with_channels(shape.height == 1 ? Layout::time_last : Layout::image_last, first);
}

struct WrittenLayer;

struct WrittenValue {
  std::string name;
  Shape shape;  ///< of a sample in nn
  Layout layout = Layout::flat_last;
  Shape order{};                           ///< of a flat_first value: the image whose channels come first
  const WrittenLayer* constant = nullptr;  ///< gives the same numbers for all samples, which are not written yet
};

/// The dimensions of a value behind the samples.
inline std::vector<std::int64_t> sizes_of(Layout layout, Shape shape) {
  switch (layout) {
    case Layout::image_last:
      return {shape.height, shape.width, shape.channels};
    case Layout::image_first:
      return {shape.channels, shape.height, shape.width};
    case Layout::time_last:
      return {shape.width, shape.channels};
    case Layout::time_first:
      return {shape.channels, shape.width};
    default:
      return {shape.size()};
  }
}

/// Where the feature number i of a value stands in nn's order.
constexpr Index feature_at(const WrittenValue& value, Index i) {
  if (!is_first(value.layout)) return i;
  const Shape image = is_flat(value.layout) ? value.order : value.shape;
  const Index pixels = image.height * image.width;
  return i % pixels * image.channels + i / pixels;
}

/// Where number i of a tensor, counted in row-major order of its dimensions, stands in nn. Features of a flat input are
/// counted in the order that the input has them.
inline Index place_of_number(const nn::Dimensions& dimensions, const WrittenValue& input, Index i) {
  Index place = 0;
  for (std::size_t k = dimensions.size(); k-- > 0;) {
    const nn::Dimension& dimension = dimensions[k];
    const Index at = i % dimension.size;
    place += (dimension.is_input && is_flat(input.layout) ? feature_at(input, at) : at) * dimension.stride;
    i /= dimension.size;
  }
  return place;
}

/// Collects nodes and constants, and names what lies between them.
class WrittenGraph {
 public:
  WrittenGraph(DataType type, std::int64_t opset) : type_(type), opset_(opset) {}

  DataType type() const { return type_; }
  std::int64_t opset() const { return opset_; }

  /// One node of one output, whose name it returns. The name says the layer that asks for it.
  std::string node(std::string_view op_type, std::vector<std::string> inputs,
                   std::vector<WrittenAttribute> attributes = {}) {
    std::string output = layer_ + std::string(op_type) + '_' + std::to_string(nodes_.size());
    nodes_.push_back({std::string(op_type), std::move(inputs), output, std::move(attributes)});
    return output;
  }

  std::string cast(const std::string& x, DataType to) {
    return node("Cast", {x}, {{"to", static_cast<std::int64_t>(to)}});
  }

  /// A constant of the network's number type, and of whole numbers.
  std::string constant(std::string_view name, const std::vector<std::int64_t>& dims,
                       const std::vector<double>& numbers) {
    const std::string full = layer_ + std::string(name);
    if (type_ == DataType::float64)
      model_.initializer(full, dims, numbers);
    else
      model_.initializer(full, dims, std::vector<float>(numbers.begin(), numbers.end()));
    return full;
  }
  /// The same of what is not learned: a node's, as who reads the model takes initializers for weights.
  std::string fixed(std::string_view name, const std::vector<std::int64_t>& dims, const std::vector<double>& numbers) {
    const WireWriter tensor = type_ == DataType::float64
                                  ? ModelWriter::tensor(name, dims, numbers)
                                  : ModelWriter::tensor(name, dims, std::vector<float>(numbers.begin(), numbers.end()));
    return node("Constant", {}, {{"value", 5, tensor}});
  }
  /// Yes or no for each number of these sizes.
  std::string booleans(const std::vector<std::int64_t>& dims, const std::vector<bool>& numbers) {
    const std::string name = layer_ + "mask_" + std::to_string(constants_++);
    model_.initializer(name, dims, numbers);
    return name;
  }
  std::string scalar(double number) { return constant("constant_" + std::to_string(constants_++), {}, {number}); }
  /// Factors of Resize, which are float32 in every network.
  std::string scales(const std::vector<float>& factors) {
    const std::string name = layer_ + "scales_" + std::to_string(constants_++);
    model_.initializer(name, {static_cast<std::int64_t>(factors.size())}, factors);
    return name;
  }
  std::string integers(const std::vector<std::int64_t>& numbers) {
    const std::string name = layer_ + "shape_" + std::to_string(constants_++);
    model_.initializer(name, {static_cast<std::int64_t>(numbers.size())}, numbers);
    return name;
  }

  /// The same value in another layout.
  WrittenValue in(const WrittenValue& value, Layout layout) {
    if (value.layout == layout) return value;
    const bool was_other_image = value.layout == Layout::flat_first && value.shape != value.order;
    if (was_other_image && !is_flat(layout)) return in(in(value, Layout::flat_last), layout);
    if (is_first(value.layout) == is_first(layout)) return reshaped(value, layout);
    const Shape image = value.layout == Layout::flat_first ? value.order : value.shape;
    if (image.height * image.width == 1 || image.channels == 1) {  // both orders are the same
      if (!is_flat(layout) || !is_flat(value.layout)) return reshaped(value, layout);
      return {value.name, value.shape, layout, image};
    }
    const bool is_row = image.height == 1 && (is_time(value.layout) || is_time(layout));
    const Layout from = with_channels(is_row ? Layout::time_last : Layout::image_last, is_first(value.layout));
    const Shape shape = value.shape;
    WrittenValue moved = value;
    moved.shape = image;
    moved = reshaped(moved, from);
    const std::vector<std::int64_t> order = is_row                   ? std::vector<std::int64_t>{0, 2, 1}
                                            : is_first(value.layout) ? std::vector<std::int64_t>{0, 2, 3, 1}
                                                                     : std::vector<std::int64_t>{0, 3, 1, 2};
    moved.name = node("Transpose", {moved.name}, {{"perm", order}});
    moved.layout = with_channels(from, is_first(layout));
    moved = reshaped(moved, layout);
    moved.shape = shape;
    return moved;
  }

  /// Whose nodes come next: "2.0."; returns whose came before.
  std::string enter(std::string layer) { return std::exchange(layer_, std::move(layer)); }

  void input(std::string_view name, const WrittenShape& shape) { model_.input(name, type_, shape); }
  void metadata(std::string_view key, std::string_view value) { model_.metadata(key, value); }
  /// Makes a value an output under a name of its own.
  void output(const WrittenValue& value, const std::string& name, WrittenShape shape) {
    model_.output(name, type_, shape);
    if (const auto other = outputs_.find(value.name); other != outputs_.end())
      return nodes_.push_back({"Identity", {other->second}, name, {}});
    bool is_made = false;
    for (Node& node : nodes_) {
      is_made = is_made || node.output == value.name;
      if (node.output == value.name) node.output = name;
    }
    for (Node& node : nodes_)
      for (std::string& input : node.inputs)
        if (is_made && input == value.name) input = name;
    if (!is_made) nodes_.push_back({"Identity", {value.name}, name, {}});
    if (is_made) outputs_.emplace(value.name, name);
  }

  /// Calls write(text) with the pieces of the file.
  template <class Write>
  void write(std::string_view name, std::int64_t ir_version, const Write& write) {
    for (const Node& node : nodes_) model_.node(node.op_type, node.inputs, {node.output}, node.attributes, node.output);
    nodes_.clear();
    model_.name(name);
    model_.write(ir_version, opset_, write);
  }

 private:
  struct Node {
    std::string op_type;
    std::vector<std::string> inputs;
    std::string output;
    std::vector<WrittenAttribute> attributes;
  };

  // Without moving a number.
  WrittenValue reshaped(WrittenValue value, Layout layout) {
    if (value.layout == layout) return value;
    const Shape image = value.layout == Layout::flat_first ? value.order : value.shape;
    if (is_flat(layout)) {
      value.name = node("Flatten", {value.name}, {{"axis", std::int64_t{1}}});
    } else {
      std::vector<std::int64_t> sizes = sizes_of(layout, is_flat(value.layout) ? image : value.shape);
      sizes.insert(sizes.begin(), 0);  // as many samples as there are
      const std::string shape = integers(sizes);
      value.name = node("Reshape", {value.name, shape});
    }
    value.layout = layout;
    value.order = image;
    return value;
  }

  DataType type_;
  std::int64_t opset_;
  ModelWriter model_;
  std::vector<Node> nodes_;
  std::map<std::string, std::string> outputs_;  // what values that are outputs were called before
  std::string layer_;
  std::size_t constants_ = 0;
};

}  // namespace nn::detail::onnx
