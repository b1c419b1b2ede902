// SPDX-License-Identifier: MIT
// Nodes of ONNX as layers of a graph.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/activations/prelu.hpp>
#include <nn/formats/onnx/activation_reader.hpp>
#include <nn/formats/onnx/arithmetic_reader.hpp>
#include <nn/formats/onnx/array.hpp>
#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/formats/onnx/normalization_reader.hpp>
#include <nn/formats/onnx/operators.hpp>
#include <nn/formats/onnx/pool_reader.hpp>
#include <nn/formats/onnx/rearrangement_reader.hpp>
#include <nn/formats/onnx/resize_reader.hpp>
#include <nn/formats/onnx/sequence_reader.hpp>
#include <nn/formats/onnx/window_reader.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/conv_transpose1d.hpp>
#include <nn/layers/conv_transpose2d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/embedding.hpp>
#include <nn/layers/slice.hpp>
#include <nn/layers/zero_pad2d.hpp>

namespace nn::detail::onnx {

/// Makes layers of nodes whose first input the network computes. Throws unsupported where it cannot.
template <class T>
class LayerReader {
 public:
  using Value = ImportedValue<T>;

  explicit LayerReader(ImportedGraph<T>& graph)
      : graph_(graph),
        arithmetic_(graph),
        normalizations_(graph, arithmetic_),
        pools_(graph),
        rearrangements_(graph),
        resizes_(graph),
        sequences_(graph) {}

  /// `added` is an Add of a constant to the product that the node is, where there is one.
  Value read(const Node& node, const Node* added = nullptr) {
    const NodeOptions options(graph_.document(), node);
    const std::string_view type = node.op_type;
    if (const auto layer = activation_of<T>(options)) return activation(node, *layer);
    if (const auto y = arithmetic_.read(node, options)) return *y;
    if (const auto y = normalizations_.read(node, options)) return *y;
    if (const auto y = pools_.read(node, options)) return *y;
    if (const auto y = resizes_.read(node, options)) return *y;
    if (const auto y = sequences_.read(node, options)) return *y;
    if (type == "Gather" && graph_.is_given(node, 1) && graph_.find(node.inputs[1]) != nullptr)
      return embedding(node, options);
    if (const auto y = rearrangements_.read(node, options)) return *y;
    if (type == "Identity" || type == "Dropout") return dropout(node);
    if (type == "Cast") return cast(node, options);
    if (type == "Gemm") return gemm(node, options);
    if (type == "MatMul") return matrix_product(node, added);
    if (type == "Conv") return convolution(node, options);
    if (type == "ConvTranspose") return transposed_convolution(node, options);
    if (type == "Clip") return clip(node, options);
    if (type == "PRelu") return prelu(node);
    if (find_operator(type)->is_of_constants) throw unsupported("it is read where it is of constants alone");
    throw unsupported("it cannot be read yet");
  }

  /// Whether the second input of a product is one matrix of the model, as of a dense layer.
  bool has_matrix(const Node& product) const {
    if (!graph_.is_given(product, 1) || graph_.find(product.inputs[0]) == nullptr) return false;
    const std::optional<Sizes> dims = graph_.known_dims(product.inputs[1]);
    return dims && dims->size() == 2;
  }

 private:
  template <class L>
  Value activation(const Node& node, const L& layer) {
    Value x = graph_.real_value(node, 0);
    x.value = graph_.add(node, layer, {x.value});
    return x;
  }

  /// As it is in use.
  Value dropout(const Node& node) {
    if (graph_.is_needed(node, 1)) throw unsupported("it also gives what it dropped");
    return graph_.value(node, 0);
  }
  /// The network has one type of numbers.
  Value cast(const Node& node, const NodeOptions& options) {
    const auto to = static_cast<DataType>(static_cast<std::int32_t>(options.integer("to", 0)));
    const bool is_whole = to == DataType::int32 || to == DataType::int64;
    if (!is_whole && to != DataType::float32 && to != DataType::float64)
      throw unsupported("a cast to ", facts_of(to).name);
    Value x = graph_.value(node, 0);
    if (is_whole && !x.is_whole) x = arithmetic_.function(node, x, {Formula::Kind::truncated});
    x.is_whole = is_whole;
    return x;
  }

  /// y = x W' + b; W is rows x columns, or columns x rows where it is given turned.
  Value dense(const Node& node, const Value& x, typename ImportedGraph<T>::Weights W, bool is_turned,
              const std::vector<T>& b, std::string_view name) {
    if (W.dims.size() != 2) throw unsupported("its weights have ", W.dims.size(), " dimensions, not 2");
    if (is_turned) W = turned(W);
    const Index units = W.dims[0];
    if (W.dims[1] != x.shape.size())
      throw unsupported("its weights are for ", W.dims[1], " features, and its input has ", x.shape.size());
    Value y{x.value, Shape(units), Layout::flat_last, {}, {}, x.batch};
    y.value = b.empty() ? graph_.add(node, Dense{units, no_bias}, {x.value}, name)
                        : graph_.add(node, Dense{units}, {x.value}, name);
    graph_.set("weight", W.numbers, x);
    if (!b.empty()) graph_.set("bias", repeated(b, units), x);
    return y;
  }
  /// The same of the last dimension, for each position before it: a convolution of one step.
  Value dense_everywhere(const Node& node, Value x, typename ImportedGraph<T>::Weights W, bool is_turned,
                         const std::vector<T>& b, std::string_view name) {
    if (W.dims.size() != 2) throw unsupported("its weights have ", W.dims.size(), " dimensions, not 2");
    if (is_turned) W = turned(W);
    x = graph_.in_order(node, x, false);
    Sizes sizes = x.sizes();
    const Index features = sizes.back(), units = W.dims[0];
    if (W.dims[1] != features)
      throw unsupported("its weights are for ", W.dims[1], " features, and its input has ", features);
    x = graph_.put(node, x, Shape(1, x.shape.size() / features, features));
    x.value = graph_.add(node, Conv1D{units, 1, {.bias = !b.empty()}}, {x.value}, name);
    x.layout = Layout::time_last;
    graph_.set("weight", W.numbers, x);
    if (!b.empty()) graph_.set("bias", repeated(b, units), x);
    x.shape.channels = sizes.back() = units;
    return graph_.with_sizes(node, x, sizes);
  }
  /// Its name is that of its bias where the weights, which exporters turn for a product, have none of a layer.
  Value product(const Node& node, const Value& x, typename ImportedGraph<T>::Weights W, bool is_turned,
                const std::vector<T>& b, std::string_view bias = "") {
    x.axis_of_sample(-1);  // or it is refused
    const std::string_view name = graph_.layer_of_weight(node.inputs[1]).empty() ? bias : node.inputs[1];
    return x.is_vector() && x.batch ? dense(node, x, std::move(W), is_turned, b, name)
                                    : dense_everywhere(node, x, std::move(W), is_turned, b, name);
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
    Value x = graph_.real_value(node, 0);
    if (x.dims().size() != 2) throw unsupported("its input has ", x.dims().size(), " dimensions, not 2");
    if (options.integer("transA", 0) != 0) {
      if (x.batch) throw unsupported("transA: the samples are its second dimension");
      x = graph_.transposed(node, x, {1, 0});
    }
    auto W = graph_.weights(node, 1);
    for (T& number : W.numbers) number *= static_cast<T>(options.real("alpha", 1));
    const bool is_turned = options.integer("transB", 0) == 0;
    if (!graph_.is_given(node, 2)) return product(node, x, std::move(W), is_turned, {});
    const auto beta = static_cast<T>(options.real("beta", 1));
    auto added = graph_.weights(node, 2);
    if (added.dims.size() <= 1 || added.dims[0] == 1) {
      for (T& number : added.numbers) number *= beta;
      return product(node, x, std::move(W), is_turned, added.numbers);
    }
    const Value y = product(node, x, std::move(W), is_turned, {});
    Value other = graph_.learned(node, 2, y);
    if (beta != T(1)) other = arithmetic_.function(node, other, {Formula::Kind::affine, static_cast<double>(beta)});
    return arithmetic_.combined(node, "Add", y, other);
  }
  /// The bias that a node after it adds, if nothing else reads the product.
  Value matrix_product(const Node& node, const Node* added) {
    if (!has_matrix(node)) return product_of_values(node);
    const Value& x = graph_.real_value(node, 0);
    if (added == nullptr) return product(node, x, graph_.weights(node, 1), true, {});
    const std::size_t bias = added->inputs[0] == node.outputs[0] ? 1 : 0;
    return product(node, x, graph_.weights(node, 1), true, graph_.weights(*added, bias).numbers, added->inputs[bias]);
  }

  /// Of two values, or of one and a constant: the matrices of the last two dimensions, those before are repeated.
  Value product_of_values(const Node& node) {
    const bool is_first_known = graph_.is_given(node, 0) && graph_.is_known(node.inputs[0]);
    const bool is_second_known = graph_.is_given(node, 1) && graph_.is_known(node.inputs[1]);
    const Value& some = graph_.real_value(node, is_first_known ? 1 : 0);
    Value a = is_first_known ? graph_.learned(node, 0, some) : some;
    Value b = is_first_known ? some : is_second_known ? graph_.learned(node, 1, some) : graph_.real_value(node, 1);
    if (a.batch != b.batch || a.dims().size() != b.dims().size() || a.dims().size() < 2)
      throw unsupported("a product of ", a.dims().size(), " and ", b.dims().size(), " dimensions");
    static_cast<void>(a.axis_of_sample(-1) + a.axis_of_sample(-2));  // or they are refused
    a = graph_.in_order(node, a, false);
    b = graph_.in_order(node, b, false);
    const Sizes of_a = a.sizes(), of_b = b.sizes();
    const std::size_t before = of_a.size() - 2;
    const std::int64_t rows = of_a[before], inner = of_a[before + 1], columns = of_b[before + 1];
    if (of_b[before] != inner) throw unsupported("a product of ", inner, " columns and ", of_b[before], " rows");
    Sizes made = broadcast(Sizes(of_a.begin(), of_a.end() - 2), Sizes(of_b.begin(), of_b.end() - 2));
    const auto count = static_cast<Index>(count_of(made));
    const auto with = [&](std::int64_t first, std::int64_t second) {
      Sizes sizes = made;
      sizes.insert(sizes.end(), {first, second});
      graph_.require_room(static_cast<Index>(count_of(sizes)), sizeof(T));
      return sizes;
    };
    a = arithmetic_.repeated(node, a, with(rows, inner));
    b = arithmetic_.repeated(node, b, with(inner, columns));
    made = with(rows, columns);
    const MatrixProduct layer{graph_.shape_of(made), count, rows, inner, columns};
    return graph_.with_sizes(
        node, {graph_.add(node, layer, {a.value, b.value}), layer.shape, Layout::flat_last, {}, {}, a.batch}, made);
  }

  /// Rows of a table, whose numbers are what the network computes.
  Value embedding(const Node& node, const NodeOptions& options) {
    const Value& x = graph_.value(node, 1);
    const auto W = graph_.weights(node, 0);
    if (axis_in(options.integer("axis", 0), W.dims.size()) != 0 || W.dims.size() != 2)
      throw unsupported("it takes what is not the rows of a table");
    if (!x.is_whole) throw unsupported("its positions are no whole numbers");
    Value y = graph_.in_order(node, x, false);
    Sizes sizes = y.sizes();
    y = graph_.put(node, y, Shape(y.shape.size()));
    y.value = graph_.add(node, Embedding{W.dims[0], W.dims[1]}, {y.value}, node.inputs[0]);
    graph_.set("weight", W.numbers, y);
    y.shape = Embedding{W.dims[0], W.dims[1]}.output_shape(y.shape);
    y.is_whole = false;
    sizes.push_back(W.dims[1]);
    return graph_.with_sizes(node, y, sizes);
  }

  Value convolution(const Node& node, const NodeOptions& options) {
    Value x = graph_.image(node);
    const auto W = graph_.weights(node, 1);
    if (W.dims.size() != x.sizes().size() + 1)
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

  Value transposed_convolution(const Node& node, const NodeOptions& options) {
    Value x = graph_.image(node);
    const bool is_row = is_time(x.layout);
    const auto W = graph_.weights(node, 1);
    if (W.dims.size() != x.sizes().size() + 1 || W.dims[0] != x.shape.channels)
      throw unsupported("its weights do not fit an input of ", x.shape.channels, " channels");
    const Index groups = options.integer("group", 1), filters = checked_product(W.dims[1], groups);
    TransposedWindow window = transposed_window(options, x.shape, is_row, Sizes(W.dims.begin() + 2, W.dims.end()));
    window.told.groups = groups;
    window.told.bias = graph_.is_given(node, 2);
    const Value before = x;
    if (is_row) {
      const ConvTranspose1D layer{filters, window.kernel.width, window.told};
      x.value = graph_.add(node, layer, {x.value}, node.inputs[1]);
      x.shape = layer.output_shape(x.shape);
    } else {
      const ConvTranspose2D layer{filters, window.kernel, window.told};
      x.value = graph_.add(node, layer, {x.value}, node.inputs[1]);
      x.shape = layer.output_shape(x.shape);
    }
    graph_.set("weight", W.numbers, before);
    if (window.told.bias) graph_.set("bias", graph_.weights(node, 2).numbers, before);
    const Borders cut = window.cut;
    if (cut == Borders(0)) return x;
    const Slice rest{.rows = {cut.top, x.shape.height - cut.bottom}, .columns = {cut.left, x.shape.width - cut.right}};
    x.value = graph_.add(node, rest, {x.value});
    x.shape = rest.output_shape(x.shape);
    return x;
  }

  Value clip(const Node& node, const NodeOptions& options) {
    using Kind = Formula::Kind;
    const auto bound = [&](std::size_t i, const char* name, double none) {
      const bool is_given = graph_.opset() < 11 ? options.has(name) : graph_.is_given(node, i);
      if (!is_given) return none;
      return graph_.opset() < 11 ? options.real(name, 0) : static_cast<double>(graph_.number(node, i));
    };
    constexpr double most = std::numeric_limits<T>::max();  // as a bound it is none
    const double lowest = bound(1, "min", -most), highest = bound(2, "max", most);
    const bool is_open_below = lowest <= -most, is_open_above = highest >= most;
    if (is_open_below && is_open_above) return graph_.real_value(node, 0);
    if (is_open_below) return arithmetic_.function(node, {Kind::upper_bound, highest});
    if (is_open_above) return arithmetic_.function(node, {Kind::lower_bound, lowest});
    if (!(lowest < highest)) throw unsupported("its bounds are ", lowest, " and ", highest);
    return activation(node, HardTanh{lowest, highest});
  }

  /// With one slope, or one for each channel, a layer; otherwise max(x, 0) + slope min(x, 0).
  Value prelu(const Node& node) {
    using Kind = Formula::Kind;
    const Value& given = graph_.real_value(node, 0);
    const auto slopes = graph_.weights(node, 1);
    if (slopes.numbers.size() == 1) {
      Value x = given;
      x.value = graph_.add(node, PReLU<>{}, {x.value}, node.inputs[1]);
      graph_.set("weight", slopes.numbers, x);
      return x;
    }
    const std::size_t rank = given.sizes().size();
    if (given.batch == std::size_t{0} && (rank == 2 || rank == 3) &&
        (slopes.dims.size() == rank || (slopes.dims.size() == 1 && graph_.opset() < 7)) &&
        static_cast<std::int64_t>(slopes.numbers.size()) == slopes.dims[0]) {
      Value x = graph_.image(node);
      if (slopes.dims[0] == x.shape.channels) {
        x.value = graph_.add(node, PReLU<true>{}, {x.value}, node.inputs[1]);
        graph_.set("weight", slopes.numbers, x);
        return x;
      }
    }
    const Value above = arithmetic_.function(node, {Kind::lower_bound, 0}),
                below = arithmetic_.function(node, {Kind::upper_bound, 0});
    return arithmetic_.combined(node, "Add", above,
                                arithmetic_.combined(node, "Mul", below, graph_.learned(node, 1, below)));
  }

  ImportedGraph<T>& graph_;
  ArithmeticReader<T> arithmetic_;
  NormalizationReader<T> normalizations_;
  PoolReader<T> pools_;
  RearrangementReader<T> rearrangements_;
  ResizeReader<T> resizes_;
  SequenceReader<T> sequences_;
};

}  // namespace nn::detail::onnx
