// SPDX-License-Identifier: MIT
// Attention as nodes of ONNX, and products of each step with one matrix.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>
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

/// Of one sequence, or of the pixels of an image; see MultiHeadAttention.
inline WrittenValue write_attention(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const Index steps = layer.input.height * layer.input.width, channels = layer.input.channels;
  const Index heads = layer.whole("heads"), size = channels / heads;
  const Index groups = key_value_heads_of(heads, layer.whole("key_value_heads"));
  const std::string x =
      layer.input.height == 1
          ? graph.in(given, Layout::time_last).name
          : graph.node("Reshape", {graph.in(given, Layout::flat_last).name, graph.integers({0, steps, channels})});
  const std::string all = write_linear(graph, layer, x, "in_proj_weight", "in_proj_bias");
  // Samples x heads x steps x channels, or the last two the other way round.
  const auto part = [&](Index first, Index count, bool rotates, const std::vector<std::int64_t>& order) {
    const std::vector<std::string> range{all, graph.integers({first * size}), graph.integers({(first + count) * size}),
                                         graph.integers({2})};
    std::string y = graph.node("Reshape", {graph.node("Slice", range), graph.integers({0, steps, count, size})});
    if (rotates && layer.option("rotary") != 0) y = write_rotated(graph, y, steps, size, layer.option("rotary_base"));
    if (count != heads) {  // neighbours share one
      std::vector<std::int64_t> shared;
      for (Index head = 0; head < heads; ++head) shared.push_back(head / (heads / count));
      y = graph.node("Gather", {y, graph.integers(shared)}, {{"axis", std::int64_t{2}}});
    }
    return graph.node("Transpose", {y}, {{"perm", order}});
  };
  const std::string queries = part(0, heads, true, {0, 2, 1, 3}), keys = part(heads, groups, true, {0, 2, 3, 1}),
                    values = part(heads + groups, groups, false, {0, 2, 1, 3});
  std::string scores = graph.node(
      "Mul", {graph.node("MatMul", {queries, keys}), graph.scalar(1 / std::sqrt(static_cast<double>(size)))});
  if (layer.option("causal") != 0) {
    std::vector<bool> is_seen;
    for (Index at = 0; at < steps; ++at)
      for (Index step = 0; step < steps; ++step) is_seen.push_back(step <= at);
    const std::string never = graph.scalar(-std::numeric_limits<double>::infinity());
    scores = graph.node("Where", {graph.booleans({1, 1, steps, steps}, is_seen), scores, never});
  }
  const std::string weights = graph.node("Softmax", {scores}, {{"axis", std::int64_t{-1}}});
  const std::string seen = graph.node("Transpose", {graph.node("MatMul", {weights, values})},
                                      {{"perm", std::vector<std::int64_t>{0, 2, 1, 3}}});
  const std::string joined = graph.node("Reshape", {seen, graph.integers({0, steps, channels})});
  const std::string y = write_linear(graph, layer, joined, "out_proj.weight", "out_proj.bias");
  if (layer.output.height == 1) return {y, layer.output, Layout::time_last};
  return {graph.node("Flatten", {y}, {{"axis", std::int64_t{1}}}), layer.output};
}

}  // namespace nn::detail::onnx
