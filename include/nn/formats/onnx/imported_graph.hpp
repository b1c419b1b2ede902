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
#include <nn/formats/onnx/array.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/formats/onnx/imported_layers.hpp>
#include <nn/formats/onnx/unread_layers.hpp>
#include <nn/formats/onnx/written_graph.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/permute.hpp>
#include <nn/layers/reshape.hpp>
#include <nn/networks/graph.hpp>

namespace nn::detail::onnx {

/// Stands for a number of samples that the model leaves open, in what is computed of shapes.
inline constexpr std::int64_t any_batch = 1'000'000'007;  // a prime that no size of a layer is

/// In the model's eyes a value has a dimension of samples, of any number, and sizes(); in nn its numbers always have
/// their channels last. What is flat_first is an image `order` in nn's order that the model reads as plain features in
/// its own. What is flat_last may have other dimensions than one, and its numbers are then in the model's order.
template <class T>
struct ImportedValue {
  typename nn::Graph<T>::Value value;
  Shape shape;
  Layout layout = Layout::flat_last;
  Shape order{};
  std::optional<Sizes> other_sizes{};
  std::optional<std::size_t> batch = 0;  ///< which dimension the samples are; none: all of the tensor is one sample
  bool is_whole = false;                 ///< whole numbers, with which the model does not compute as with real ones

  /// The dimensions of a sample, and of the whole in the model's eyes.
  Sizes sizes() const { return other_sizes ? *other_sizes : sizes_of(layout, shape); }
  Sizes dims(std::int64_t samples = any_batch) const {
    Sizes all = sizes();
    if (batch) all.insert(all.begin() + static_cast<std::ptrdiff_t>(*batch), samples);
    return all;
  }
  /// Which dimension of a sample an axis is. Throws unsupported where it is that of the samples.
  std::size_t axis_of_sample(std::int64_t axis) const {
    const std::size_t at = axis_in(axis, dims().size());
    if (at == batch) throw unsupported("it works along the samples, of which there may be any number");
    return batch && at > *batch ? at - 1 : at;
  }
  /// Samples x features, or features alone.
  bool is_vector() const { return sizes().size() == 1; }
};

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
  /// Of these sizes behind the samples; `is_moved`: what the model has channels first is given channels last.
  void input(std::string_view name, const Sizes& sizes, std::optional<std::size_t> batch = 0, bool is_moved = false,
             bool is_whole = false) {
    const bool is_usual = !sizes.empty() && sizes.size() <= 3;
    const bool first = is_moved && batch == std::size_t{0} && is_usual && sizes.size() > 1;
    Shape shape = shape_of(sizes);
    if (first) shape = sizes.size() == 2 ? Shape(1, sizes[1], sizes[0]) : Shape(sizes[1], sizes[2], sizes[0]);
    const Layout kind = sizes.size() == 2   ? Layout::time_last
                        : sizes.size() == 3 ? Layout::image_last
                                            : Layout::flat_last;
    inputs_.push_back(graph_.input(shape, std::string(name)));
    input_names_.emplace_back(name);
    Value value{inputs_.back(), shape, kind == Layout::flat_last ? kind : with_channels(kind, first)};
    if (!is_usual) value.other_sizes = sizes;
    value.batch = batch;
    value.is_whole = is_whole;
    signature_.inputs.push_back({std::string(name), first ? Sizes() : sizes});
    define(name, std::move(value));
  }
  /// An input goes through an Identity, as a graph asks for a layer there. `is_moved`: as for an input.
  void output(const Node& node, Value value, bool is_moved = false) {
    signature_.outputs.push_back({std::string(node.outputs[0]), is_moved ? Sizes() : value.sizes()});
    if (std::find(inputs_.begin(), inputs_.end(), value.value) != inputs_.end())
      value.value = add(node, Identity{}, {value.value});
    graph_.output(value.value);
    outputs_.push_back(value.value);
  }
  /// The graph, without the layers of which the model only asks the shape; to be called once.
  nn::Graph<T> finished() {
    nn::Graph<T> graph = without_unread_layers(std::move(graph_), input_names_, layers_, outputs_);
    graph.set_signature(std::move(signature_));
    return graph;
  }

  void define(std::string_view name, const Tensor* tensor, bool is_weight = true) {
    known_[name] = {tensor, {}, is_weight};
  }
  void define(std::string_view name, Constant constant, bool is_weight = false) {
    known_[name].constant = std::move(constant);
    known_[name].is_weight = is_weight;
  }
  void define(std::string_view name, Value value) { values_.insert_or_assign(name, std::move(value)); }
  bool is_defined(std::string_view name) const { return is_known(name) || values_.contains(name); }
  /// Whether it is a number or several that the file says.
  bool is_known(std::string_view name) const { return known_.contains(name); }
  /// What the network computes under this name, or null.
  const Value* find(std::string_view name) const {
    const auto found = values_.find(name);
    return found == values_.end() ? nullptr : &found->second;
  }
  /// The number of samples that the model says, where it says one: a size of it is any number of samples, too.
  void samples(std::int64_t count) { samples_ = !samples_ || samples_ == count ? count : any_batch; }
  bool is_samples(std::int64_t size) const { return size == any_batch || size == samples_; }
  /// What is read by what leads to an output; other values are not computed.
  void need(std::string_view name) { needed_[name] = true; }
  bool is_needed(const Node& node, std::size_t output) const {
    return output < node.outputs.size() && needed_.contains(node.outputs[output]);
  }
  /// The sizes of what is known, and nothing where it is not.
  std::optional<Sizes> known_dims(std::string_view name) const {
    const auto found = known_.find(name);
    if (found == known_.end()) return {};
    return found->second.tensor != nullptr ? found->second.tensor->dims : found->second.constant->dims;
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
  /// One of real numbers.
  const Value& real_value(const Node& node, std::size_t i) const {
    const Value& found = value(node, i);
    if (found.is_whole) throw unsupported("its input ", i, " has whole numbers, and a layer computes with real ones");
    return found;
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
    require_room(static_cast<Index>(count), sizeof(double));
    if (known.tensor != nullptr) return {known.tensor->dims, numbers_of<T>(document_, *known.tensor)};
    Weights weights{known.constant->dims, {}};
    for (std::size_t k = 0; k < known.constant->size(); ++k)
      weights.numbers.push_back(static_cast<T>(known.constant->number(k)));
    return weights;
  }
  /// A constant that stands beside the value `beside`, as one in its layout: learned where it is a weight of the model.
  /// Its dimensions are the last ones, or those from `axis` on.
  Value learned(const Node& node, std::size_t i, const Value& beside, std::optional<std::int64_t> axis = {}) {
    Weights W = weights(node, i);
    const std::size_t rank = beside.dims().size();
    const std::size_t behind = axis ? rank - axis_in(*axis, rank) : rank;
    if (W.dims.size() > behind)
      throw unsupported("its input ", i, " has ", W.dims.size(), " dimensions, more than ", behind);
    if (axis) W.dims.insert(W.dims.end(), behind - W.dims.size(), 1);
    W.dims.insert(W.dims.begin(), rank - W.dims.size(), 1);
    if (beside.batch) {
      const auto samples = W.dims.begin() + static_cast<std::ptrdiff_t>(*beside.batch);
      if (*samples != 1) throw unsupported("its input ", i, " has other numbers for each sample");
      W.dims.erase(samples);
    }
    Value y{beside.value, shape_of(W.dims), Layout::flat_last, {}, {}, beside.batch};
    const bool first = is_first(beside.layout) && !is_flat(beside.layout);
    Sizes places(W.numbers.size());  // of the numbers in nn's order
    for (std::size_t k = 0; k < places.size(); ++k) places[k] = static_cast<std::int64_t>(k);
    if (first) {
      const bool is_row = W.dims.size() == 2;
      places = permuted({.dims = W.dims, .is_whole = true, .integers = places, .reals = {}},
                        is_row ? Sizes{1, 0} : Sizes{1, 2, 0})
                   .integers;
      y.shape = is_row ? Shape(1, W.dims[1], W.dims[0]) : Shape(W.dims[1], W.dims[2], W.dims[0]);
    }
    if (is_weight(node.inputs[i]) && W.numbers.size() > 1) {
      std::vector<T> numbers;
      for (const std::int64_t place : places) numbers.push_back(W.numbers[static_cast<std::size_t>(place)]);
      const bool is_alone = !node.inputs[i].ends_with(".weight");
      y.value = add(node, Learned{y.shape, is_alone}, {beside.value}, node.inputs[i], is_alone);
      set("weight", numbers, y);
    } else {
      Rearrange constants{y.shape, {}, {W.numbers.begin(), W.numbers.end()}};
      for (const std::int64_t place : places) constants.places.push_back(-1 - place);
      y.value = add(node, constants, {beside.value});
    }
    if (!first) return with_sizes(node, y, W.dims);
    y.layout = beside.layout;
    return y;
  }
  /// Must be called before memory is taken for more than the file has.
  void require_room(Index count, std::size_t size) {
    if (static_cast<std::uint64_t>(count) > left_ / size)
      throw unsupported("weights and places are read so often that together they are many times as large as the file");
    left_ -= static_cast<std::uint64_t>(count) * size;
  }
  /// Whether a constant is a weight of the model, and not one that a node of it computes.
  bool is_weight(std::string_view name) const {
    const auto found = known_.find(name);
    return found != known_.end() && found->second.is_weight;
  }
  /// The one number of an input that is known.
  T number(const Node& node, std::size_t i) {
    const Weights weights = this->weights(node, i);
    if (weights.numbers.size() != 1)
      throw unsupported("its input ", i, " has ", weights.numbers.size(), " numbers, not 1");
    return weights.numbers[0];
  }

  /// "encoder" of "encoder.weight" and "encoder.bias"; empty for any other name.
  static std::string_view layer_of_weight(std::string_view name) {
    for (const std::string_view ending : {".weight", ".bias"})
      if (name.ends_with(ending)) return name.substr(0, name.size() - ending.size());
    return {};
  }

  /// Adds a layer. Its name is that of its weights without ".weight", or with it where that `is_whole`, or else that of
  /// what the node puts out.
  template <class L>
  typename nn::Graph<T>::Value add(const Node& node, const L& layer,
                                   const std::vector<typename nn::Graph<T>::Value>& inputs,
                                   std::string_view weight = "", bool is_whole = false) {
    std::string name(node.op_type);
    for (auto output = node.outputs.rbegin(); output != node.outputs.rend(); ++output)
      if (!output->empty()) name = *output;
    if (const std::string_view of_weight = is_whole ? weight : layer_of_weight(weight); !of_weight.empty())
      name = of_weight;
    std::string free = name;
    while (names_.contains(free)) free = name + '_' + std::to_string(++names_[name]);
    names_.emplace(free, 1);
    last_name_ = free;
    try {
      layers_.push_back(graph_.add(free, layer, inputs));
      return layers_.back();
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
    if (first && sizes.size() == 1) {
      value = put(node, value, Shape(image.size()));
      value.layout = Layout::flat_first;
      value.order = image;
      return value;
    }
    // Channels first: the same image, or one in which the rows and columns of its channels are joined.
    if (first && (sizes.size() == 2 || sizes.size() == 3) && sizes[0] == image.channels) {
      value = put(node, value, sizes.size() == 3 ? Shape(sizes[1], sizes[2], sizes[0]) : Shape(1, sizes[1], sizes[0]));
      value.layout = sizes.size() == 3 ? Layout::image_first : Layout::time_first;
      return value;
    }
    return with_sizes(node, in_order(node, value, false), sizes);
  }

  /// The same numbers in the model's order, of other sizes.
  Value with_sizes(const Node& node, Value value, const Sizes& sizes) {
    value = put(node, value, shape_of(sizes));
    const bool is_usual = !sizes.empty() && sizes.size() <= 3;
    if (is_usual)
      value.layout = sizes.size() == 1 ? Layout::flat_last : sizes.size() == 2 ? Layout::time_last : Layout::image_last;
    if (!is_usual) value.other_sizes = sizes;
    return value;
  }
  /// The shape in nn of a sample in the model's order: up to three sizes are height, width and channels.
  static Shape shape_of(const Sizes& sizes) {
    if (std::find(sizes.begin(), sizes.end(), 0) != sizes.end()) throw unsupported("an array of no numbers");
    if (sizes.empty() || sizes.size() > 3) return Shape(static_cast<Index>(count_of(sizes)));
    const std::size_t rank = sizes.size();
    return {rank == 3 ? sizes[0] : 1, rank == 1 ? 1 : sizes[rank - 2], sizes[rank - 1]};
  }
  /// The first input as samples of channels first, with one or two sizes behind them.
  Value image(const Node& node) {
    const Value& x = real_value(node, 0);
    const std::size_t rank = x.sizes().size();
    if (x.batch != std::size_t{0} || rank < 2 || rank > 3)
      throw unsupported("its input has no samples with channels and one or two sizes, but ", rank + (x.batch ? 1 : 0),
                        " dimensions");
    return in_order(node, x, true);
  }

  /// The numbers of a value in the model's order that stand at these places, or are constants; see Rearrange.
  Value rearranged(const Node& node, Value value, const Sizes& sizes, std::vector<Index> places,
                   std::vector<double> constants = {}) {
    const auto is_at = [place = Index{0}](Index i) mutable { return i == place++; };
    if (static_cast<Index>(places.size()) == value.shape.size() && std::all_of(places.begin(), places.end(), is_at))
      return with_sizes(node, value, sizes);
    const Shape shape = shape_of(sizes);
    value.value = add(node, Rearrange{shape, std::move(places), std::move(constants)}, {value.value});
    value.shape = shape;
    return with_sizes(node, value, sizes);
  }
  /// The places 0, 1, 2 ... of the numbers of one sample in the model's order, with the model's dimensions.
  Constant places_of(const Value& value) {
    require_room(value.shape.size(), sizeof(std::int64_t));
    Constant places{.dims = value.dims(1), .is_whole = true, .integers = {}, .reals = {}};
    for (Index i = 0; i < value.shape.size(); ++i) places.integers.push_back(i);
    return places;
  }
  /// The dimensions of a sample in another order.
  Value transposed(const Node& node, Value value, const Sizes& order) {
    if (std::is_sorted(order.begin(), order.end())) return value;
    value = in_order(node, value, false);
    const Sizes sizes = value.sizes();
    Sizes made;
    for (const std::int64_t from : order) made.push_back(sizes.at(static_cast<std::size_t>(from)));
    if (sizes.size() <= 3) {  // as height, width and channels, of which those that are not there come first
      const auto from = [&](std::size_t i) {
        const std::size_t missing = 3 - order.size();
        return i < missing ? static_cast<Index>(i) : order[i - missing] + static_cast<Index>(missing);
      };
      const Permute layer{from(0), from(1), from(2)};
      value = put(node, value, shape_of(sizes));
      value.value = add(node, layer, {value.value});
      value.shape = shape_of(made);
      return with_sizes(node, value, made);
    }
    Constant places = places_of(value);
    places.dims = sizes;
    const Constant moved = permuted(places, order);
    return rearranged(node, value, made, {moved.integers.begin(), moved.integers.end()});
  }

  /// With another shape in nn, without moving a number; what is plain then.
  Value put(const Node& node, Value value, Shape shape) {
    if (value.shape != shape)
      value.value = shape == Shape(shape.size())
                        ? add(node, Flatten{}, {value.value})
                        : add(node, Reshape{shape.height, shape.width, shape.channels}, {value.value});
    return {value.value, shape, Layout::flat_last, {}, {}, value.batch, value.is_whole};
  }

  /// With the numbers moved so that nn's order is the model's, channels read first or last as `first` says.
  Value in_order(const Node& node, Value value, bool first) {
    if (is_first(value.layout) == first) return value;
    const Sizes sizes = value.sizes();
    if (is_flat(value.layout)) {
      if (value.other_sizes) throw unsupported("samples of ", sizes.size(), " dimensions have no channels in nn");
      if (first) {
        value.layout = Layout::flat_first;
        value.order = value.shape;
        return value;
      }
      const Shape image = value.order;
      if (image.channels > 1 && image.height * image.width > 1) {
        value = put(node, value, image);
        value.value = add(node, Permute{2, 0, 1}, {value.value});
        value.shape = Shape(image.channels, image.height, image.width);
      }
      return with_sizes(node, value, sizes);
    }
    const auto [a, b, c] = value.shape;
    if (first) {  // the model's dimensions a x b x c are now channels x height x width
      if (is_time(value.layout)) value = put(node, value, Shape(b, 1, c));
      value.value = add(node, Permute{1, 2, 0}, {value.value});
      value.shape = sizes.size() == 2 ? Shape(1, c, b) : Shape(b, c, a);
      value.layout = sizes.size() == 2 ? Layout::time_first : Layout::image_first;
      return value;
    }
    value.value = add(node, Permute{2, 0, 1}, {value.value});
    value.shape = Shape(c, a, b);
    return with_sizes(node, value, sizes);
  }

 private:
  struct Known {
    const Tensor* tensor = nullptr;
    std::optional<Constant> constant;
    bool is_weight = false;
  };

  Document& document_;
  std::int64_t opset_;
  std::uint64_t left_;  // bytes of weights that may still be read
  nn::Graph<T> graph_;
  std::vector<typename nn::Graph<T>::Value> inputs_, layers_, outputs_;
  std::vector<std::string> input_names_;
  Signature signature_;
  std::map<std::string_view, Known> known_;
  std::map<std::string_view, Value> values_;
  std::map<std::string, int> names_;  // and how often one was asked for
  std::string last_name_;
  std::map<std::string_view, bool> needed_;
  std::optional<std::int64_t> samples_;
};

}  // namespace nn::detail::onnx
