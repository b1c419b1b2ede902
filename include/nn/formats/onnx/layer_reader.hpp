// SPDX-License-Identifier: MIT
// Nodes of ONNX as layers of a graph.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/activations/log_softmax.hpp>
#include <nn/activations/prelu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/formats/onnx/activation_reader.hpp>
#include <nn/formats/onnx/array.hpp>
#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/formats/onnx/window_reader.hpp>
#include <nn/layers/add.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/concatenate.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/global_average_pool2d.hpp>
#include <nn/layers/maximum.hpp>
#include <nn/layers/minimum.hpp>
#include <nn/layers/multiply.hpp>
#include <nn/layers/subtract.hpp>

namespace nn::detail::onnx {

/// Makes layers of nodes whose first input the network computes. Throws unsupported where it cannot.
template <class T>
class LayerReader {
 public:
  using Value = ImportedValue<T>;

  explicit LayerReader(ImportedGraph<T>& graph) : graph_(graph) {}

  /// `added` is an Add of a constant to the product that the node is, where there is one.
  Value read(const Node& node, const Node* added = nullptr) {
    const NodeOptions options(graph_.document(), node);
    const std::string_view type = node.op_type;
    if (const auto layer = activation_of<T>(options)) return activation(node, *layer);
    if (type == "Identity" || type == "Dropout") return graph_.value(node, 0);  // as it is in use
    if (type == "Gemm") return gemm(node, options);
    if (type == "MatMul") return matrix_product(node, added);
    if (type == "Conv") return convolution(node, options);
    if (type == "MaxPool") return pool<MaxPool1D<>, MaxPool2D<>>(node, options);
    if (type == "AveragePool") return average_pool(node, options);
    if (type == "GlobalAveragePool") return global_average(node);
    if (type == "BatchNormalization") return batch_norm(node, options);
    if (type == "Softmax") return softmax(node, options, Softmax{});
    if (type == "LogSoftmax") return softmax(node, options, LogSoftmax{});
    if (type == "Clip") return clip(node, options);
    if (type == "PRelu") return prelu(node);
    if (type == "Flatten") return flatten(node, options);
    if (type == "Reshape") return reshape(node, options);
    if (type == "Squeeze" || type == "Unsqueeze") return squeeze(node, options);
    if (type == "Transpose") return transpose(node, options);
    if (type == "Concat") return concat(node, options);
    if (type == "Add" || type == "Sum") return merge(node, Add{});
    if (type == "Sub") return merge(node, Subtract{});
    if (type == "Mul") return merge(node, Multiply{});
    if (type == "Max") return merge(node, Maximum{});
    if (type == "Min") return merge(node, Minimum{});
    throw unsupported("it cannot be read yet");
  }

 private:
  const Value& value(const Node& node, std::size_t i = 0) const { return graph_.value(node, i); }

  template <class L>
  Value activation(const Node& node, const L& layer) {
    Value x = value(node);
    x.value = graph_.add(node, layer, {x.value});
    return x;
  }

  /// Plain features in the model's eyes.
  Value features(const Node& node) const {
    const Value& x = value(node);
    if (!is_flat(x.layout)) throw unsupported("its input has ", x.sizes().size() + 1, " dimensions, not 2");
    return x;
  }

  /// y = x W' + b; W is rows x columns, or columns x rows where it is given turned.
  Value dense(const Node& node, const Value& x, typename ImportedGraph<T>::Weights W, bool is_turned,
              const std::vector<T>& b) {
    if (W.dims.size() != 2) throw unsupported("its weights have ", W.dims.size(), " dimensions, not 2");
    if (is_turned) W = turned(W);
    const Index units = W.dims[0];
    if (W.dims[1] != x.shape.size())
      throw unsupported("its weights are for ", W.dims[1], " features, and its input has ", x.shape.size());
    const std::string_view name = node.inputs[1];
    Value y{b.empty() ? graph_.add(node, Dense{units, no_bias}, {x.value}, name)
                      : graph_.add(node, Dense{units}, {x.value}, name),
            Shape(units),
            Layout::flat_last,
            {}};
    graph_.set("weight", W.numbers, x);
    if (!b.empty()) graph_.set("bias", repeated(b, units), x);
    return y;
  }
  static typename ImportedGraph<T>::Weights turned(const typename ImportedGraph<T>::Weights& W) {
    typename ImportedGraph<T>::Weights result{{W.dims[1], W.dims[0]}, {}};
    result.numbers.reserve(W.numbers.size());
    for (std::int64_t column = 0; column < W.dims[1]; ++column)
      for (std::int64_t row = 0; row < W.dims[0]; ++row)
        result.numbers.push_back(W.numbers[static_cast<std::size_t>(row * W.dims[1] + column)]);
    return result;
  }
  static std::vector<T> repeated(std::vector<T> numbers, Index count) {
    if (numbers.size() == 1) numbers.assign(static_cast<std::size_t>(count), T(numbers[0]));
    if (static_cast<Index>(numbers.size()) != count)
      throw unsupported("it adds ", numbers.size(), " numbers to ", count, " outputs");
    return numbers;
  }

  Value gemm(const Node& node, const NodeOptions& options) {
    if (options.integer("transA", 0) != 0) throw unsupported("transA: the samples are its second dimension");
    const Value x = features(node);
    auto W = graph_.weights(node, 1);
    std::vector<T> b;
    if (graph_.is_given(node, 2)) {
      const auto added = graph_.weights(node, 2);
      if (added.dims.size() > 1 && added.dims[0] != 1) throw unsupported("it adds other numbers to each sample");
      b = added.numbers;
    }
    for (T& number : W.numbers) number *= static_cast<T>(options.real("alpha", 1));
    for (T& number : b) number *= static_cast<T>(options.real("beta", 1));
    return dense(node, x, std::move(W), options.integer("transB", 0) == 0, b);
  }
  /// The bias that a node after it adds, if nothing else reads the product.
  Value matrix_product(const Node& node, const Node* added) {
    const Value x = features(node);
    std::vector<T> b;
    if (added != nullptr) b = graph_.weights(*added, added->inputs[0] == node.outputs[0] ? 1 : 0).numbers;
    return dense(node, x, graph_.weights(node, 1), true, b);
  }

  /// With the channels as dimension 1, where there are others behind.
  Value channels_second(const Node& node) {
    const Value& x = value(node);
    return is_flat(x.layout) ? x : graph_.in_order(node, x, true);
  }

  Value convolution(const Node& node, const NodeOptions& options) {
    Value x = channels_second(node);
    const auto W = graph_.weights(node, 1);
    if (is_flat(x.layout) || W.dims.size() != x.sizes().size() + 1)
      throw unsupported("a convolution of ", W.dims.size(), " dimensions of an input of ", x.sizes().size() + 1);
    const ImportedWindow window =
        window_of(options, x.shape, is_time(x.layout), Sizes(W.dims.begin() + 2, W.dims.end()));
    if (window.needs_zeros) {
      x.value = graph_.add(node, ZeroPad2D{window.borders}, {x.value});
      x.shape = ZeroPad2D{window.borders}.output_shape(x.shape);
    }
    const ConvOptions told{.stride = window.stride,
                           .padding = window.padding,
                           .dilation = window.dilation,
                           .groups = options.integer("group", 1),
                           .bias = graph_.is_given(node, 2)};
    if (told.groups < 1 || x.shape.channels % told.groups != 0 || W.dims[1] != x.shape.channels / told.groups)
      throw unsupported("its weights are for ", W.dims[1], " channels in ", told.groups, " groups, and its input has ",
                        x.shape.channels);
    const Index filters = W.dims[0];
    Value y = x;
    if (is_time(x.layout)) {
      y.value = graph_.add(node, Conv1D{filters, window.kernel.width, told}, {x.value}, node.inputs[1]);
      y.shape = Conv1D{filters, window.kernel.width, told}.output_shape(x.shape);
    } else {
      y.value = graph_.add(node, Conv2D{filters, window.kernel, told}, {x.value}, node.inputs[1]);
      y.shape = Conv2D{filters, window.kernel, told}.output_shape(x.shape);
    }
    graph_.set("weight", W.numbers, x);
    if (told.bias) graph_.set("bias", graph_.weights(node, 2).numbers, x);
    return y;
  }

  template <class Over1D, class Over2D>
  Value pool(const Node& node, const NodeOptions& options) {
    if (node.outputs.size() > 1 && !node.outputs[1].empty()) throw unsupported("it also gives positions");
    Value x = channels_second(node);
    if (is_flat(x.layout)) throw unsupported("its input has no height and width");
    const ImportedWindow window = window_of(options, x.shape, is_time(x.layout), options.integers("kernel_shape"));
    if (window.needs_zeros) throw unsupported("its padding is of different sizes before and behind");
    if (window.dilation != Sides(1)) throw unsupported("its window has gaps (dilations)");
    const PoolOptions told{.stride = window.stride, .padding = window.padding};
    if (is_time(x.layout)) return laid_out(node, Over1D{window.kernel.width, told}, x);
    return laid_out(node, Over2D{window.kernel, told}, x);
  }
  template <class L>
  Value laid_out(const Node& node, const L& layer, Value x) {
    x.value = graph_.add(node, layer, {x.value});
    x.shape = layer.output_shape(x.shape);
    return x;
  }
  Value average_pool(const Node& node, const NodeOptions& options) {
    const Sizes pads = options.integers("pads");
    const bool pads_something = std::any_of(pads.begin(), pads.end(), [](std::int64_t pad) { return pad != 0; }) ||
                                options.text("auto_pad", "NOTSET").starts_with("SAME");
    if (pads_something && options.integer("count_include_pad", 0) == 0)
      throw unsupported("its padding does not count for the mean");
    return pool<AveragePool1D<>, AveragePool2D<>>(node, options);
  }
  Value global_average(const Node& node) {
    Value x = channels_second(node);
    if (is_flat(x.layout)) throw unsupported("its input has no height and width");
    return laid_out(node, GlobalAveragePool2D{}, x);
  }

  Value batch_norm(const Node& node, const NodeOptions& options) {
    if (options.integer("training_mode", 0) != 0) throw unsupported("it is in training mode");
    if (options.integer("spatial", 1) != 1) throw unsupported("spatial = 0: a mean for every feature");
    Value x = channels_second(node);
    const Value before = x;
    const BatchNorm layer{options.real("epsilon", 1e-5)};
    const Index channels = x.shape.channels;
    std::vector<std::vector<T>> tensors;
    for (std::size_t k = 1; k <= 4; ++k) {
      tensors.push_back(graph_.weights(node, k).numbers);
      if (static_cast<Index>(tensors.back().size()) != channels)  // before room is made for as many channels
        throw unsupported("its input ", k, " has ", tensors.back().size(), " numbers, and there are ", channels,
                          " channels");
    }
    x.value = graph_.add(node, layer, {x.value}, node.inputs[1]);
    std::size_t k = 0;
    for (const char* name : {"weight", "bias", "running_mean", "running_var"}) graph_.set(name, tensors[k++], before);
    return x;
  }

  /// Ours is over the channels. Before opset 13 it is over all dimensions from an axis on.
  template <class L>
  Value softmax(const Node& node, const NodeOptions& options, const L& layer) {
    const Value& x = value(node);
    const std::size_t rank = x.sizes().size() + 1;
    const std::size_t axis = axis_in(options.integer("axis", graph_.opset() < 13 ? 1 : -1), rank);
    const bool is_of_all = graph_.opset() < 13 && rank > 2 && axis + 1 < rank;
    if (is_of_all || axis != (is_flat(x.layout) || is_first(x.layout) ? 1 : rank - 1))
      throw unsupported("it is over axis ", axis, ", and a layer is over the channels");
    return activation(node, layer);
  }

  Value clip(const Node& node, const NodeOptions& options) {
    const auto bound = [&](std::size_t i, const char* name) {
      if (graph_.opset() < 11 ? !options.has(name) : !graph_.is_given(node, i)) throw unsupported("it has no ", name);
      return graph_.opset() < 11 ? options.real(name, 0) : static_cast<double>(graph_.number(node, i));
    };
    const double lowest = bound(1, "min"), highest = bound(2, "max");
    if (!(lowest < highest)) throw unsupported("its bounds are ", lowest, " and ", highest);
    return activation(node, HardTanh{lowest, highest});
  }

  Value prelu(const Node& node) {
    Value x = channels_second(node);
    const auto slopes = graph_.weights(node, 1);
    const Value before = x;
    if (slopes.numbers.size() == 1) {
      x.value = graph_.add(node, PReLU<>{}, {x.value}, node.inputs[1]);
    } else {
      const std::size_t behind = x.sizes().size() - 1;
      if (slopes.dims.size() != behind + 1 || slopes.dims[0] != x.shape.channels ||
          static_cast<Index>(slopes.numbers.size()) != x.shape.channels)
        throw unsupported("its slopes are not one for each channel");
      x.value = graph_.add(node, PReLU<true>{}, {x.value}, node.inputs[1]);
    }
    graph_.set("weight", slopes.numbers, before);
    return x;
  }

  Value flatten(const Node& node, const NodeOptions& options) {
    const Value& x = value(node);
    const std::size_t axis = static_cast<std::size_t>(options.integer("axis", 1));
    if (axis != 1) throw unsupported("axis ", axis, " would join samples");
    return graph_.reshaped(node, x, {x.shape.size()});
  }
  Value reshape(const Node& node, const NodeOptions& options) {
    const Value& x = value(node);
    if (!graph_.is_given(node, 1) || !graph_.is_known(node.inputs[1])) throw unsupported("its shape is not known");
    const Sizes wanted = graph_.constant(node.inputs[1]).as_integers("its shape");
    if (wanted.empty()) throw unsupported("it joins all samples");
    Sizes rest(wanted.begin() + 1, wanted.end());
    const bool is_open = std::find(rest.begin(), rest.end(), -1) != rest.end();
    const bool copies = wanted[0] == 0 && options.integer("allowzero", 0) == 0;
    if (!copies && wanted[0] != any_batch && !(wanted[0] == -1 && !is_open))
      throw unsupported("its first size is ", wanted[0], ", which need not be the number of samples");
    Sizes sizes = x.sizes();
    for (std::size_t i = 0; i < rest.size(); ++i)
      if (rest[i] == 0 && options.integer("allowzero", 0) == 0 && i < sizes.size()) rest[i] = sizes[i];
    return graph_.reshaped(node, x, reshape_sizes(options, {x.shape.size()}, rest));
  }
  Value squeeze(const Node& node, const NodeOptions& options) {
    const Value& x = value(node);
    Sizes axes = options.integers("axes"), sizes = x.sizes();
    if (graph_.opset() >= 13 && graph_.is_given(node, 1)) {
      if (!graph_.is_known(node.inputs[1])) throw unsupported("its axes are not known");
      axes = graph_.constant(node.inputs[1]).as_integers("its axes");
    }
    if (axes.empty()) throw unsupported("its axes are not said");
    sizes.insert(sizes.begin(), any_batch);
    const Sizes made = node.op_type == "Squeeze" ? squeezed(sizes, axes) : unsqueezed(sizes, axes);
    if (made.empty() || made[0] != any_batch) throw unsupported("it moves the samples");
    return graph_.reshaped(node, x, Sizes(made.begin() + 1, made.end()));
  }
  Value transpose(const Node& node, const NodeOptions& options) {
    Value x = value(node);
    const Sizes order = options.integers("perm");
    const bool to_last = order == Sizes{0, 2, 3, 1}, to_first = order == Sizes{0, 3, 1, 2},
               swaps = order == Sizes{0, 2, 1};
    if (x.layout == Layout::image_first && to_last) return {x.value, x.shape, Layout::image_last, {}};
    if (x.layout == Layout::image_last && to_first) return {x.value, x.shape, Layout::image_first, {}};
    if (is_time(x.layout) && swaps) return {x.value, x.shape, with_channels(x.layout, !is_first(x.layout)), {}};
    throw unsupported("an order of dimensions that is not between channels first and last");
  }

  /// Several values in the layout of the first.
  std::vector<Value> in_one_layout(const Node& node) {
    std::vector<Value> values;
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      Value next = value(node, i);
      if (!values.empty() && next.layout != values[0].layout)
        next = graph_.in_order(node, next, is_first(values[0].layout));
      if (!values.empty() && (next.layout != values[0].layout || next.order != values[0].order))
        throw unsupported("its inputs have dimensions of different meaning");
      values.push_back(std::move(next));
    }
    return values;
  }
  template <class L>
  Value merge(const Node& node, const L& layer) {
    const std::vector<Value> values = in_one_layout(node);
    std::vector<typename nn::Graph<T>::Value> read;
    for (const Value& one : values) {
      if (one.shape != values[0].shape) throw unsupported("its inputs are ", values[0].shape, " and ", one.shape);
      read.push_back(one.value);
    }
    if (read.size() == 1) return values[0];
    Value y = values[0];
    y.value = graph_.add(node, layer, read);
    return y;
  }
  Value concat(const Node& node, const NodeOptions& options) {
    std::vector<Value> values = in_one_layout(node);
    const std::size_t rank = values[0].sizes().size() + 1;
    const std::size_t axis = axis_in(options.integer("axis", 1), rank);
    if (values[0].layout == Layout::flat_first)
      for (Value& one : values) one = graph_.in_order(node, one, false);
    if (axis != (is_first(values[0].layout) ? 1 : rank - 1)) throw unsupported("it is not along the channels");
    std::vector<typename nn::Graph<T>::Value> read;
    Value y = values[0];
    y.shape.channels = 0;
    for (const Value& one : values) {
      if (one.shape.height != y.shape.height || one.shape.width != y.shape.width)
        throw unsupported("its inputs are ", values[0].shape, " and ", one.shape);
      y.shape.channels = checked_sum(y.shape.channels, one.shape.channels);
      read.push_back(one.value);
    }
    y.value = graph_.add(node, Concatenate{}, read);
    return y;
  }

  ImportedGraph<T>& graph_;
};

}  // namespace nn::detail::onnx
