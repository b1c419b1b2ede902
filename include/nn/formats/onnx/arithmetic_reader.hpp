// SPDX-License-Identifier: MIT
// Operators that compute number by number, of one value or several, and those that sum up some dimensions.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/activations/log_softmax.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/formats/onnx/array.hpp>
#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/formats/onnx/imported_layers.hpp>
#include <nn/layers/add.hpp>
#include <nn/layers/max_over_time.hpp>
#include <nn/layers/maximum.hpp>
#include <nn/layers/mean_over_time.hpp>
#include <nn/layers/minimum.hpp>
#include <nn/layers/multiply.hpp>
#include <nn/layers/subtract.hpp>

namespace nn::detail::onnx {

/// Throws unsupported where a node cannot be read.
template <class T>
class ArithmeticReader {
 public:
  using Value = ImportedValue<T>;
  using Kind = Formula::Kind;

  explicit ArithmeticReader(ImportedGraph<T>& graph) : graph_(graph) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    const std::string_view type = node.op_type;
    if (type == "Abs") return function(node, {Kind::absolute});
    if (type == "Neg") return function(node, {Kind::affine, -1});
    if (type == "Exp") return function(node, {Kind::exp});
    if (type == "Log") return function(node, {Kind::log});
    if (type == "Sqrt") return function(node, {Kind::sqrt});
    if (type == "Erf") return function(node, {Kind::erf});
    if (type == "Reciprocal") return function(node, {Kind::divided});
    if (type == "HardSwish") return function(node, {Kind::clamped_line_times, 1.0 / 6, 0.5});
    for (const std::string_view known : {"Add", "Sub", "Mul", "Div", "Pow", "Sum", "Max", "Min", "Mean"})
      if (type == known) return combination(node, options);
    for (const std::string_view known : {"ReduceMean", "ReduceSum", "ReduceMax"})
      if (type == known) return reduction(node, options);
    if (type == "Softmax") return softmax(node, options, Softmax{});
    if (type == "LogSoftmax") return softmax(node, options, LogSoftmax{});
    return {};
  }

  /// The first input, each number through a formula.
  Value function(const Node& node, const Formula& formula) {
    return function(node, graph_.real_value(node, 0), formula);
  }
  Value function(const Node& node, Value x, const Formula& formula) {
    x.value = graph_.add(node, Activation<Formula>{formula}, {x.value});
    return x;
  }

  /// Two values, of which a dimension of 1 is repeated.
  Value combined(const Node& node, std::string_view type, Value a, Value b) {
    if (a.batch != b.batch || (a.batch && a.sizes().size() != b.sizes().size()))
      throw unsupported("the samples are another dimension of each input");
    const bool are_alike = a.layout == b.layout && a.order == b.order;
    if (!are_alike && !is_flat(a.layout) && !is_flat(b.layout) && a.sizes().size() == b.sizes().size())
      b = graph_.in_order(node, b, is_first(a.layout));
    else if (!are_alike || (a.layout == Layout::flat_first && a.shape != b.shape))
      a = graph_.in_order(node, a, false), b = graph_.in_order(node, b, false);
    const Sizes sizes = broadcast(a.sizes(), b.sizes());
    if (a.other_sizes || b.other_sizes || sizes.size() > 3) {  // of dimensions that nn does not have
      a = repeated(node, a, sizes);
      b = repeated(node, b, sizes);
    }
    Value y = a;
    y.value = merged(node, type, a.value, b.value);
    y.shape = Shape(std::max(a.shape.height, b.shape.height), std::max(a.shape.width, b.shape.width),
                    std::max(a.shape.channels, b.shape.channels));
    return is_first(y.layout) ? y : graph_.with_sizes(node, y, sizes);
  }

  /// The mean, or the largest, of some dimensions of a sample, which are left out, or are 1.
  template <class L>
  Value over(const Node& node, Value x, const std::vector<bool>& is_reduced, bool keeps, const L& layer) {
    const Sizes sizes = x.sizes();
    Sizes order, kept, made;
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if (is_reduced[i]) order.push_back(static_cast<std::int64_t>(i));
    const std::size_t count = order.size();
    if (count == 0) return x;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (!is_reduced[i]) order.push_back(static_cast<std::int64_t>(i));
      if (!is_reduced[i]) kept.push_back(sizes[i]);
      if (keeps || !is_reduced[i]) made.push_back(is_reduced[i] ? 1 : sizes[i]);
    }
    const Index rest = static_cast<Index>(count_of(kept));
    const bool is_over_pixels = is_first(x.layout) && !is_flat(x.layout) && !is_reduced[0] && kept.size() == 1;
    if (!is_over_pixels) x = graph_.transposed(node, graph_.in_order(node, x, false), order);
    x = graph_.put(node, x, Shape(1, x.shape.size() / rest, rest));
    x.value = graph_.add(node, layer, {x.value});
    x.shape = Shape(rest);
    return graph_.with_sizes(node, x, made);
  }

  /// A dimension of 1 as often as the sizes say.
  Value repeated(const Node& node, const Value& x, const Sizes& sizes) {
    if (x.sizes() == sizes) return x;
    std::vector<Index> places;
    const std::size_t count = count_of(sizes);
    for (std::size_t i = 0; i < count; ++i) places.push_back(static_cast<Index>(source_of(i, sizes, x.sizes())));
    return graph_.rearranged(node, x, sizes, std::move(places));
  }

 private:
  typename nn::Graph<T>::Value merged(const Node& node, std::string_view type, typename nn::Graph<T>::Value a,
                                      typename nn::Graph<T>::Value b) {
    if (type == "Sub") return graph_.add(node, Subtract{}, {a, b});
    if (type == "Mul") return graph_.add(node, Multiply{}, {a, b});
    if (type == "Div") return graph_.add(node, Divide{}, {a, b});
    if (type == "Pow") return graph_.add(node, Power{}, {a, b});
    if (type == "Max") return graph_.add(node, Maximum{}, {a, b});
    if (type == "Min") return graph_.add(node, Minimum{}, {a, b});
    return graph_.add(node, Add{}, {a, b});  // Sum, Mean
  }
  /// Inputs one after the other, of which some may be constants.
  Value combination(const Node& node, const NodeOptions& options) {
    const std::string_view type = node.op_type;
    std::size_t first = 0;
    while (first < node.inputs.size() && graph_.find(node.inputs[first]) == nullptr) ++first;
    std::optional<Value> y;
    std::optional<std::int64_t> axis;  // where the dimensions of the second begin, before opset 7
    if (graph_.opset() < 7 && options.has("axis")) axis = options.integer("axis", 0);
    for (std::size_t i = 0; i < node.inputs.size(); ++i) {
      const bool is_constant = graph_.find(node.inputs[i]) == nullptr;
      if (i == 0) {
        if (!is_constant) y = graph_.real_value(node, 0);
        continue;
      }
      if (i < first) throw unsupported("its first inputs are constants; compute with them when the model is made");
      const Value& beside = y ? *y : graph_.real_value(node, i);
      // The constant comes first where there is no value before it.
      const std::size_t constant = is_constant ? i : 0;
      if (is_constant || !y) {
        if (axis && !is_constant) throw unsupported("the axis of an old kind of repetition");
        const auto formula = formula_with(node, constant, beside, !y);
        y = formula       ? function(node, beside, *formula)
            : is_constant ? combined(node, type, beside, graph_.learned(node, i, beside, axis))
                          : combined(node, type, graph_.learned(node, 0, beside), beside);
      } else {
        if (axis) throw unsupported("the axis of an old kind of repetition");
        y = combined(node, type, *y, graph_.real_value(node, i));
      }
    }
    if (!y) throw unsupported("it has no input that the network computes");
    if (type == "Mean") return function(node, *y, {Kind::affine, 1.0 / static_cast<double>(node.inputs.size())});
    return *y;
  }
  /// What a constant of one number does to a value beside it.
  std::optional<Formula> formula_with(const Node& node, std::size_t i, const Value& beside, bool is_before) {
    const Constant& constant = graph_.constant(node.inputs[i]);
    if (constant.size() != 1 || constant.dims.size() > beside.dims().size()) return {};
    const double c = constant.number(0);
    const std::string_view type = node.op_type;
    if (type == "Sub") return is_before ? Formula{Kind::affine, -1, c} : Formula{Kind::affine, 1, -c};
    if (type == "Mul") return Formula{Kind::affine, c, 0};
    if (type == "Div") return is_before ? Formula{Kind::divided, c} : Formula{Kind::affine, 1 / c, 0};
    if (type == "Pow") return is_before ? Formula{Kind::exponential, c} : Formula{Kind::power, c};
    if (type == "Max") return Formula{Kind::lower_bound, c};
    if (type == "Min") return Formula{Kind::upper_bound, c};
    return Formula{Kind::affine, 1, c};
  }

  Value reduction(const Node& node, const NodeOptions& options) {
    const Value& x = graph_.real_value(node, 0);
    const bool is_sum = node.op_type == "ReduceSum";
    Sizes axes = options.integers("axes");
    if (graph_.opset() >= (is_sum ? 13 : 18) && graph_.is_given(node, 1)) {
      if (!graph_.is_known(node.inputs[1])) throw unsupported("its axes are not known");
      axes = graph_.constant(node.inputs[1]).as_integers("its axes");
    }
    if (axes.empty() && options.integer("noop_with_empty_axes", 0) != 0) return x;
    const bool keeps = options.integer("keepdims", 1) != 0;
    std::vector<bool> is_reduced(x.sizes().size(), axes.empty());
    if (axes.empty() && x.batch) throw unsupported("it is over all samples");
    std::size_t before = 0;  // dimensions that are left out before that of the samples
    for (const std::int64_t axis : axes) {
      is_reduced[x.axis_of_sample(axis)] = true;
      if (x.batch && axis_in(axis, x.dims().size()) < *x.batch) ++before;
    }
    Index count = 1;
    for (std::size_t i = 0; i < is_reduced.size(); ++i)
      if (is_reduced[i]) count *= x.sizes()[i];
    Value y = node.op_type == "ReduceMax" ? over(node, x, is_reduced, keeps, MaxOverTime{})
                                          : over(node, x, is_reduced, keeps, MeanOverTime{});
    if (y.batch && !keeps) *y.batch -= before;
    return is_sum ? function(node, y, {Kind::affine, static_cast<double>(count)}) : y;
  }

  /// Ours is over the channels. Before opset 13 it is over all dimensions from an axis on.
  template <class L>
  Value softmax(const Node& node, const NodeOptions& options, const L& layer) {
    Value x = graph_.real_value(node, 0);
    const bool joins = graph_.opset() < 13;
    const std::size_t axis = x.axis_of_sample(options.integer("axis", joins ? 1 : -1));
    const Sizes sizes = x.sizes();
    const std::size_t last = sizes.size() - 1;
    if (joins && x.batch && *x.batch > axis) throw unsupported("it is over all samples");
    const bool is_over_channels =
        !x.other_sizes && axis == (is_first(x.layout) && !is_flat(x.layout) ? 0 : last) && !(joins && axis < last);
    if (is_over_channels) {
      x.value = graph_.add(node, layer, {x.value});
      return x;
    }
    x = graph_.in_order(node, x, false);
    Sizes order, back(sizes.size());
    for (std::size_t i = 0; i <= last; ++i)
      if (i != axis || joins) order.push_back(static_cast<std::int64_t>(i));
    if (!joins) order.push_back(static_cast<std::int64_t>(axis));
    for (std::size_t i = 0; i <= last; ++i) back[static_cast<std::size_t>(order[i])] = static_cast<std::int64_t>(i);
    x = graph_.transposed(node, x, order);
    const Sizes turned = x.sizes();
    const auto size =
        joins ? static_cast<Index>(count_of(Sizes(sizes.begin() + static_cast<std::ptrdiff_t>(axis), sizes.end())))
              : sizes[axis];
    x = graph_.put(node, x, Shape(1, x.shape.size() / size, size));
    x.value = graph_.add(node, layer, {x.value});
    return graph_.transposed(node, graph_.with_sizes(node, x, turned), back);
  }

  ImportedGraph<T>& graph_;
};

}  // namespace nn::detail::onnx
