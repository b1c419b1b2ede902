// SPDX-License-Identifier: MIT
// Attention as nodes of ONNX, and products of each step with one matrix.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/rearrangement_writer.hpp>
#include <nn/layers/base/attention_heads.hpp>

namespace nn::detail::onnx {

/// y = x W' + b, of the last dimension of x; the layer may have no b.
inline std::string write_linear(WrittenGraph& graph, const WrittenLayer& layer, const std::string& x,
                                std::string_view weight, std::string_view bias) {
  const std::string W = graph.node("Transpose", {write_tensor(graph, layer, weight, {})});
  const std::string y = graph.node("MatMul", {x, W});
  return layer.find(bias) == nullptr ? y : graph.node("Add", {y, write_tensor(graph, layer, bias, {})});
}

/// Pairs of channels turned by the angles of their step; see kernels::rotate. x is samples x steps x heads x channels.
inline std::string write_rotated(WrittenGraph& graph, const std::string& x, Index steps, Index size, double base) {
  const Index half = size / 2;
  std::vector<double> cosines, sines;
  std::vector<std::int64_t> other;
  for (Index step = 0; step < steps; ++step)
    for (Index i = 0; i < size; ++i) {
      const double frequency = std::pow(base, -static_cast<double>(i % half) / static_cast<double>(half));
      const double angle = static_cast<double>(step) * frequency;
      cosines.push_back(std::cos(angle));
      sines.push_back(i < half ? -std::sin(angle) : std::sin(angle));
    }
  for (Index i = 0; i < size; ++i) other.push_back((i + half) % size);
  const std::vector<std::int64_t> dims{1, steps, 1, size};
  const std::string turned = graph.node("Gather", {x, graph.integers(other)}, {{"axis", std::int64_t{3}}}),
                    first = graph.node("Mul", {x, graph.fixed("cosines", dims, cosines)});
  return graph.node("Add", {first, graph.node("Mul", {turned, graph.fixed("sines", dims, sines)})});
}

/// The steps of a sequence, or the pixels of an image: samples x steps x channels.
inline std::string write_steps(WrittenGraph& graph, const WrittenValue& x) {
  if (x.shape.height == 1) return graph.in(x, Layout::time_last).name;
  const std::string flat = graph.in(x, Layout::flat_last).name;
  return graph.node("Reshape", {flat, graph.integers({0, x.shape.height * x.shape.width, x.shape.channels})});
}

inline std::string write_part(WrittenGraph& graph, const std::string& x, Index first, Index last, std::int64_t axis) {
  return graph.node("Slice", {x, graph.integers({first}), graph.integers({last}), graph.integers({axis})});
}

/// The dimensions of some heads: samples x heads x steps x channels, or with the last two the other way round, as a
/// product with queries asks for keys.
enum class HeadOrder { steps_then_channels, channels_then_steps };

/// Attention on its way out, of a layer with heads.
class AttentionWriter {
 public:
  AttentionWriter(WrittenGraph& graph, const WrittenLayer& layer)
      : graph_(graph), layer_(layer), heads_(layer.whole("heads")), size_(layer.output.channels / heads_) {}

  Index heads() const { return heads_; }
  Index size() const { return size_; }  // channels of a head

  /// The heads of a projection x. Fewer heads than the layer's are shared by neighbours.
  std::string split(const std::string& x, Index steps, Index count, HeadOrder order, bool rotates = false) {
    std::string y = graph_.node("Reshape", {x, graph_.integers({0, steps, count, size_})});
    if (rotates) y = write_rotated(graph_, y, steps, size_, layer_.option("rotary_base"));
    if (count != heads_) {
      std::vector<std::int64_t> shared;
      for (Index head = 0; head < heads_; ++head) shared.push_back(head / (heads_ / count));
      y = graph_.node("Gather", {y, graph_.integers(shared)}, {{"axis", std::int64_t{2}}});
    }
    const bool in_order = order == HeadOrder::steps_then_channels;
    const std::vector<std::int64_t> permutation{0, 2, in_order ? 1 : 3, in_order ? 3 : 1};
    return graph_.node("Transpose", {y}, {{"perm", permutation}});
  }

  /// W_o softmax(queries keys / sqrt(size)) values + b_o: samples x steps x channels. Keys that are not seen, where
  /// that is said, have no share.
  std::string look(const std::string& queries, const std::string& keys, const std::string& values,
                   const std::string& is_seen = "") {
    std::string scores = graph_.node(
        "Mul", {graph_.node("MatMul", {queries, keys}), graph_.scalar(1 / std::sqrt(static_cast<double>(size_)))});
    if (!is_seen.empty())
      scores = graph_.node("Where", {is_seen, scores, graph_.scalar(-std::numeric_limits<double>::infinity())});
    const std::string weights = graph_.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
    const std::string seen = graph_.node("Transpose", {graph_.node("MatMul", {weights, values})},
                                         {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
    const Index steps = layer_.output.height * layer_.output.width, channels = layer_.output.channels;
    const std::string joined = graph_.node("Reshape", {seen, graph_.integers({0, steps, channels})});
    return write_linear(graph_, layer_, joined, "out_proj.weight", "out_proj.bias");
  }

  /// x, samples x steps x channels, as the layer's output.
  WrittenValue output(const std::string& x) {
    if (layer_.output.height == 1) return {x, layer_.output, Layout::time_last};
    return {graph_.node("Flatten", {x}, {{"axis", std::int64_t{1}}}), layer_.output};
  }

 private:
  WrittenGraph& graph_;
  const WrittenLayer& layer_;
  Index heads_, size_;
};

/// Of one sequence, or of the pixels of an image; see MultiHeadAttention.
inline WrittenValue write_attention(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  AttentionWriter attention(graph, layer);
  const Index steps = layer.input.height * layer.input.width, heads = attention.heads();
  const Index groups = key_value_heads_of(heads, layer.whole("key_value_heads"));
  const std::string all = write_linear(graph, layer, write_steps(graph, given), "in_proj_weight", "in_proj_bias");
  const auto part = [&](Index first, Index count, HeadOrder order, bool rotates) {
    const std::string x = write_part(graph, all, first * attention.size(), (first + count) * attention.size(), 2);
    return attention.split(x, steps, count, order, rotates);
  };
  const bool rotates = layer.option("rotary") != 0;
  const std::string queries = part(0, heads, HeadOrder::steps_then_channels, rotates),
                    keys = part(heads, groups, HeadOrder::channels_then_steps, rotates),
                    values = part(heads + groups, groups, HeadOrder::steps_then_channels, false);
  std::string is_seen;
  if (layer.option("causal") != 0) {
    std::vector<bool> is_before;
    for (Index at = 0; at < steps; ++at)
      for (Index step = 0; step < steps; ++step) is_before.push_back(step <= at);
    is_seen = graph.booleans({1, 1, steps, steps}, is_before);
  }
  return attention.output(attention.look(queries, keys, values, is_seen));
}

/// Whether the number of each step is below the length of its sample; the steps have these dimensions, of which the
/// first is that of the samples.
inline std::string write_is_inside(WrittenGraph& graph, const WrittenValue& lengths, Index steps,
                                   const std::vector<std::int64_t>& dims) {
  std::vector<double> numbers(static_cast<std::size_t>(steps));
  std::iota(numbers.begin(), numbers.end(), 0.0);
  std::vector<std::int64_t> of_lengths(dims.size(), 1);
  of_lengths[0] = 0;  // as many samples as there are
  const std::string each =
      graph.node("Reshape", {graph.in(lengths, Layout::flat_last).name, graph.integers(of_lengths)});
  return graph.node("Less", {graph.fixed("steps", dims, numbers), each});
}

/// Of a sequence, a context, and perhaps their lengths; see CrossAttention.
inline WrittenValue write_cross_attention(WrittenGraph& graph, const WrittenLayer& layer,
                                          const std::vector<WrittenValue>& inputs) {
  AttentionWriter attention(graph, layer);
  const Index channels = layer.output.channels, steps = layer.output.height * layer.output.width;
  const Index context_steps = inputs[1].shape.height * inputs[1].shape.width;
  const Index groups = key_value_heads_of(attention.heads(), layer.whole("key_value_heads"));
  const Index keys = groups * attention.size();
  const bool is_one = layer.find("in_proj_weight") != nullptr, has_bias = layer.find("in_proj_bias") != nullptr;
  const std::string bias = has_bias ? write_tensor(graph, layer, "in_proj_bias", {}) : "";
  const std::string one = is_one ? graph.node("Transpose", {write_tensor(graph, layer, "in_proj_weight", {})}) : "";
  // The rows [first, last) of the projections; those of the keys and values are of the context.
  const auto projected = [&](const std::string& x, const char* weight, Index first, Index last) {
    const std::string W = is_one ? write_part(graph, one, first, last, 1)
                                 : graph.node("Transpose", {write_tensor(graph, layer, weight, {})});
    const std::string y = graph.node("MatMul", {x, W});
    return has_bias ? graph.node("Add", {y, write_part(graph, bias, first, last, 0)}) : y;
  };
  const std::string x = write_steps(graph, inputs[0]), context = write_steps(graph, inputs[1]);
  const std::string queries = attention.split(projected(x, "q_proj_weight", 0, channels), steps, attention.heads(),
                                              HeadOrder::steps_then_channels),
                    seen_keys = attention.split(projected(context, "k_proj_weight", channels, channels + keys),
                                                context_steps, groups, HeadOrder::channels_then_steps),
                    values = attention.split(projected(context, "v_proj_weight", channels + keys, channels + 2 * keys),
                                             context_steps, groups, HeadOrder::steps_then_channels);
  if (inputs.size() == 2) return attention.output(attention.look(queries, seen_keys, values));
  // What sees no step of the context, or lies behind the end of its own sequence, is 0.
  const auto only = [&](const std::string& is_shown, const std::string& y) {
    return graph.node("Where", {is_shown, y, graph.scalar(0)});
  };
  const std::string is_seen = write_is_inside(graph, inputs[2], context_steps, {1, 1, 1, context_steps});
  std::string y = attention.look(queries, seen_keys, values, is_seen);
  y = only(write_is_inside(graph, inputs[2], 1, {1, 1, 1}), y);
  if (inputs.size() > 3) y = only(write_is_inside(graph, inputs[3], steps, {1, steps, 1}), y);
  return attention.output(y);
}

}  // namespace nn::detail::onnx
