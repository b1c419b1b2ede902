// SPDX-License-Identifier: MIT
// Layers that only models from elsewhere have, as nodes of ONNX: formulas and numbers in any order.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nn/formats/onnx/imported_layers.hpp>
#include <nn/formats/onnx/sequence_writer.hpp>

namespace nn::detail::onnx {

/// A function of one number and of two constants; see Formula.
inline std::string write_formula(WrittenGraph& graph, const WrittenLayer& layer, const std::string& x) {
  using Kind = Formula::Kind;
  const double a = layer.option("a"), b = layer.option("b");
  const auto with = [&](const char* op_type, double number) { return graph.node(op_type, {x, graph.scalar(number)}); };
  const auto line = [&] { return graph.node("HardSigmoid", {x}, {{"alpha", a}, {"beta", b}}); };
  switch (static_cast<Kind>(layer.whole("kind"))) {
    case Kind::affine: {
      const std::string scaled = a == 1 ? x : a == -1 ? graph.node("Neg", {x}) : with("Mul", a);
      return b == 0 ? scaled : graph.node("Add", {scaled, graph.scalar(b)});
    }
    case Kind::power:
      return with("Pow", a);
    case Kind::exponential:
      return graph.node("Pow", {graph.scalar(a), x});
    case Kind::divided:
      return graph.node("Div", {graph.scalar(a), x});
    case Kind::absolute:
      return graph.node("Abs", {x});
    case Kind::exp:
      return graph.node("Exp", {x});
    case Kind::log:
      return graph.node("Log", {x});
    case Kind::sqrt:
      return graph.node("Sqrt", {x});
    case Kind::erf:
      return graph.node("Erf", {x});
    case Kind::lower_bound:
      return with("Max", a);
    case Kind::upper_bound:
      return with("Min", a);
    case Kind::clamped_line:
      return line();
    case Kind::clamped_line_times:
      return graph.node("Mul", {x, line()});
    case Kind::scaled_elu:
      return graph.node("Selu", {x}, {{"alpha", a}, {"gamma", b}});
    case Kind::celu:  // the operator is for float32 alone: a Elu(x / a)
      return graph.node("Mul", {graph.node("Elu", {with("Div", a)}), graph.scalar(a)});
    case Kind::above:
      return graph.node("ThresholdedRelu", {x}, {{"alpha", a}});
    case Kind::shrunk:
      return graph.node("Shrink", {x}, {{"lambd", a}, {"bias", b}});
    case Kind::truncated:
      return graph.cast(graph.cast(x, DataType::int64), graph.type());
  }
  return x;
}

/// Dimensions of a sample, and the order in which another array has them.
struct Transposition {
  std::vector<std::int64_t> sizes, order;
};

/// The transposition that brings number places[i] of `count` to place i; nothing where it is none.
inline std::optional<Transposition> transposition_of(const std::vector<Index>& places, Index count) {
  if (static_cast<Index>(places.size()) != count || places[0] != 0) return {};
  struct Axis {
    Index size, stride;  // in the array that is read
  };
  std::vector<Axis> axes;  // of what is made, the innermost first
  for (Index block = 1; block < count;) {
    const Index stride = places[static_cast<std::size_t>(block)];
    Index size = 1;
    while (size * block < count && places[static_cast<std::size_t>(size * block)] == size * stride) ++size;
    axes.push_back({size, stride});
    block *= size;
    if (count % block != 0) return {};
  }
  for (Index i = 0; i < count; ++i) {
    Index rest = i, place = 0;
    for (const Axis& axis : axes) {
      place += rest % axis.size * axis.stride;
      rest /= axis.size;
    }
    if (places[static_cast<std::size_t>(i)] != place) return {};
  }
  std::vector<std::size_t> read(axes.size());  // the axes as what is read has them
  for (std::size_t k = 0; k < read.size(); ++k) read[k] = k;
  std::sort(read.begin(), read.end(), [&](std::size_t i, std::size_t k) { return axes[i].stride > axes[k].stride; });
  Transposition made;
  made.order.resize(axes.size());
  Index below = count;
  for (std::size_t k = 0; k < read.size(); ++k) {
    const Axis& axis = axes[read[k]];
    if (axis.stride * axis.size != below) return {};  // some numbers come twice, others never
    below = axis.stride;
    made.sizes.push_back(axis.size);
    made.order[axes.size() - 1 - read[k]] = static_cast<std::int64_t>(k);
  }
  return made;
}

/// The numbers of flat samples that stand at these places, those below 0 being constants; see Rearrange.
inline std::string write_places(WrittenGraph& graph, const Rearrange& layer, const std::string& x) {
  std::vector<std::int64_t> places;
  std::vector<bool> is_moved;
  std::vector<double> constants;
  for (const Index place : layer.places) {
    places.push_back(std::max<Index>(place, 0));
    is_moved.push_back(place >= 0);
    constants.push_back(place >= 0 ? 0 : layer.constants[static_cast<std::size_t>(-1 - place)]);
  }
  const std::string moved = graph.node("Gather", {x, graph.integers(places)}, {{"axis", std::int64_t{1}}});
  if (std::find(is_moved.begin(), is_moved.end(), false) == is_moved.end()) return moved;
  const std::vector<std::int64_t> dims{1, static_cast<std::int64_t>(places.size())};
  return graph.node("Where", {graph.booleans(dims, is_moved), moved, graph.fixed("constants", dims, constants)});
}

inline WrittenValue write_rearrange(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const Rearrange& moved = *layer.rearrange;
  const std::string x = graph.in(given, Layout::flat_last).name;
  const bool is_sum = !moved.weights.empty();
  if (const auto found = is_sum ? std::nullopt : transposition_of(moved.places, layer.input.size())) {
    if (found->sizes.size() < 2) return {x, layer.output};
    std::vector<std::int64_t> sizes{0}, order{0};
    sizes.insert(sizes.end(), found->sizes.begin(), found->sizes.end());
    for (const std::int64_t axis : found->order) order.push_back(1 + axis);
    const std::string turned =
        graph.node("Transpose", {graph.node("Reshape", {x, graph.integers(sizes)})}, {{"perm", order}});
    return {graph.node("Flatten", {turned}, {{"axis", std::int64_t{1}}}), layer.output};
  }
  const std::string numbers = write_places(graph, moved, x);
  if (!is_sum) return {numbers, layer.output};
  const std::vector<std::int64_t> dims{layer.output.size(), moved.terms};
  const std::string terms = graph.node("Reshape", {numbers, graph.integers({0, dims[0], dims[1]})});
  const std::string weighted = graph.node("Mul", {terms, graph.fixed("weights", {1, dims[0], dims[1]}, moved.weights)});
  return {write_reduced(graph, "ReduceSum", weighted, 2, false), layer.output};
}

}  // namespace nn::detail::onnx
