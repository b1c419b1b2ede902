// SPDX-License-Identifier: MIT
// Normalizations: over samples as they were in training, over features, over groups of channels.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/arithmetic_reader.hpp>
#include <nn/formats/onnx/imported_graph.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/group_norm.hpp>
#include <nn/layers/layer_norm.hpp>
#include <nn/layers/rms_norm.hpp>

namespace nn::detail::onnx {

/// Throws unsupported where a node cannot be read.
template <class T>
class NormalizationReader {
 public:
  using Value = ImportedValue<T>;

  NormalizationReader(ImportedGraph<T>& graph, ArithmeticReader<T>& arithmetic)
      : graph_(graph), arithmetic_(arithmetic) {}

  /// Nothing where the operator is another.
  std::optional<Value> read(const Node& node, const NodeOptions& options) {
    const std::string_view type = node.op_type;
    if (type == "BatchNormalization") return batch_norm(node, options);
    if (type == "LayerNormalization") return layer_norm(node, options);
    if (type == "RMSNormalization") return rms_norm(node, options);
    if (type == "InstanceNormalization") return groups(node, options, 0);
    if (type == "GroupNormalization") return groups(node, options, options.integer("num_groups", 0));
    if (type == "LRN") return local_response(node, options);
    return {};
  }

 private:
  /// The numbers of a constant input, one for each of `count`.
  std::vector<T> one_each(const Node& node, std::size_t i, Index count) {
    std::vector<T> numbers = graph_.weights(node, i).numbers;
    if (static_cast<Index>(numbers.size()) != count)  // before room is made for as many
      throw unsupported("its input ", i, " has ", numbers.size(), " numbers, and ", count, " are needed");
    return numbers;
  }

  Value batch_norm(const Node& node, const NodeOptions& options) {
    if (options.integer("training_mode", 0) != 0) throw unsupported("it is in training mode");
    if (options.integer("spatial", 1) != 1) throw unsupported("spatial = 0: a mean for every feature");
    const Value& given = graph_.real_value(node, 0);
    Value x = given.is_vector() && given.batch == std::size_t{0} ? given : graph_.image(node);
    std::vector<std::vector<T>> tensors;
    for (std::size_t k = 1; k <= 4; ++k) tensors.push_back(one_each(node, k, x.shape.channels));
    const Value before = x;
    x.value = graph_.add(node, BatchNorm{options.real("epsilon", 1e-5)}, {x.value}, node.inputs[1]);
    std::size_t k = 0;
    for (const char* name : {"weight", "bias", "running_mean", "running_var"}) graph_.set(name, tensors[k++], before);
    return x;
  }

  /// The dimensions from an axis on, as the channels of a sequence.
  Value joined(const Node& node, const Value& x, std::size_t first) {
    const Sizes sizes = x.sizes();
    const auto size =
        static_cast<Index>(count_of(Sizes(sizes.begin() + static_cast<std::ptrdiff_t>(first), sizes.end())));
    return graph_.put(node, x, Shape(1, x.shape.size() / size, size));
  }
  Value layer_norm(const Node& node, const NodeOptions& options) {
    const Value x = graph_.in_order(node, graph_.real_value(node, 0), false);
    const Sizes sizes = x.sizes();
    const std::size_t first = x.axis_of_sample(options.integer("axis", -1));
    if (x.batch && *x.batch > first) throw unsupported("it is over all samples");
    const double epsilon = options.real("epsilon", 1e-5);
    Value y = joined(node, x, first);
    const std::vector<T> scale = one_each(node, 1, y.shape.channels), shift = graph_.is_given(node, 2)
                                                                                  ? one_each(node, 2, y.shape.channels)
                                                                                  : std::vector<T>(scale.size(), T(0));
    define_statistics(node, x, first, epsilon);
    y.value = graph_.add(node, LayerNorm{epsilon}, {y.value}, node.inputs[1]);
    graph_.set("weight", scale, y);
    graph_.set("bias", shift, y);
    return graph_.with_sizes(node, y, sizes);
  }
  /// The mean and 1 / sqrt(variance + epsilon) that the operator also gives, where something reads them.
  void define_statistics(const Node& node, const Value& x, std::size_t first, double epsilon) {
    using Kind = Formula::Kind;
    if (!graph_.is_needed(node, 1) && !graph_.is_needed(node, 2)) return;
    std::vector<bool> is_reduced(x.sizes().size());
    std::fill(is_reduced.begin() + static_cast<std::ptrdiff_t>(first), is_reduced.end(), true);
    const Value mean = arithmetic_.over(node, x, is_reduced, true, MeanOverTime{});
    if (graph_.is_needed(node, 1)) graph_.define(node.outputs[1], mean);
    if (!graph_.is_needed(node, 2)) return;
    const Value centred = arithmetic_.combined(node, "Sub", x, mean);
    const Value squares = arithmetic_.function(node, centred, {Kind::power, 2});
    Value deviation = arithmetic_.over(node, squares, is_reduced, true, MeanOverTime{});
    deviation = arithmetic_.function(node, deviation, {Kind::affine, 1, epsilon});
    graph_.define(node.outputs[2], arithmetic_.function(node, deviation, {Kind::power, -0.5}));
  }
  Value rms_norm(const Node& node, const NodeOptions& options) {
    const Value x = graph_.in_order(node, graph_.real_value(node, 0), false);
    const std::size_t first = x.axis_of_sample(options.integer("axis", -1));
    if (x.batch && *x.batch > first) throw unsupported("it is over all samples");
    Value y = joined(node, x, first);
    const std::vector<T> scale = one_each(node, 1, y.shape.channels);
    y.value = graph_.add(node, RMSNorm{options.real("epsilon", 1e-5)}, {y.value}, node.inputs[1]);
    graph_.set("weight", scale, y);
    return graph_.with_sizes(node, y, x.sizes());
  }

  /// A group for each channel where there is no number of them.
  Value groups(const Node& node, const NodeOptions& options, std::int64_t count) {
    Value x = graph_.image(node);
    const Index channels = x.shape.channels;
    if (node.op_type == "InstanceNormalization") count = channels;
    if (count < 1 || channels % count != 0) throw unsupported(channels, " channels do not make ", count, " groups");
    // Before opset 21 a GroupNormalization has a scale for each group.
    const bool is_per_group = node.op_type == "GroupNormalization" && graph_.opset() < 21;
    std::vector<std::vector<T>> tensors;
    for (const std::size_t k : {std::size_t{1}, std::size_t{2}}) {
      std::vector<T> numbers = one_each(node, k, is_per_group ? count : channels), each;
      for (Index channel = 0; channel < channels; ++channel)
        each.push_back(numbers[static_cast<std::size_t>(is_per_group ? channel / (channels / count) : channel)]);
      tensors.push_back(std::move(each));
    }
    x.value = graph_.add(node, GroupNorm{count, options.real("epsilon", 1e-5)}, {x.value}, node.inputs[1]);
    graph_.set("weight", tensors[0], x);
    graph_.set("bias", tensors[1], x);
    return x;
  }

  /// x / (bias + alpha / size * the sum of the squares of neighbouring channels) ^ beta
  Value local_response(const Node& node, const NodeOptions& options) {
    using Kind = Formula::Kind;
    const Value x = graph_.image(node);
    const std::int64_t size = options.integer("size", 0);
    if (size < 1 || size > 1 << 16) throw unsupported("its size is ", size);
    const Index channels = x.shape.channels, before = (size - 1) / 2;
    graph_.require_room(checked_product(x.shape.size(), size), sizeof(Index) + sizeof(double));
    Rearrange sum{x.shape, {}, {0.0}, size, {}};
    for (Index i = 0; i < x.shape.size(); ++i)
      for (Index k = 0; k < size; ++k) {
        const Index channel = i % channels - before + k;
        sum.places.push_back(channel < 0 || channel >= channels ? -1 : i - before + k);
        sum.weights.push_back(options.real("alpha", 1e-4) / static_cast<double>(size));
      }
    Value divisor = arithmetic_.function(node, x, {Kind::power, 2});
    divisor.value = graph_.add(node, sum, {divisor.value});
    divisor = arithmetic_.function(node, divisor, {Kind::affine, 1, options.real("bias", 1)});
    divisor = arithmetic_.function(node, divisor, {Kind::power, options.real("beta", 0.75)});
    return arithmetic_.combined(node, "Div", x, divisor);
  }

  ImportedGraph<T>& graph_;
  ArithmeticReader<T>& arithmetic_;
};

}  // namespace nn::detail::onnx
