// SPDX-License-Identifier: MIT
// Layers that only move or repeat numbers, as nodes of ONNX.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <nn/formats/onnx/written_layer.hpp>

namespace nn::detail::onnx {

inline WrittenValue changed(WrittenValue value, std::string name) {
  value.name = std::move(name);
  return value;
}

inline WrittenValue write_up_sample(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, Layout::image_first);
  const std::string scales =
      graph.scales({1, 1, static_cast<float>(layer.option("height")), static_cast<float>(layer.option("width"))});
  return changed(
      x,
      graph.node("Resize", {x.name, "", scales},
                 {{"mode", "nearest"}, {"coordinate_transformation_mode", "asymmetric"}, {"nearest_mode", "floor"}}));
}

inline WrittenValue write_zero_pad(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, Layout::image_first);
  const std::string pads = graph.integers(
      {0, 0, layer.whole("top"), layer.whole("left"), 0, 0, layer.whole("bottom"), layer.whole("right")});
  return changed(x, graph.node("Pad", {x.name, pads}));
}

/// Channels moved to the other end are the same numbers in another layout, without a node.
inline WrittenValue write_permute(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const auto moved = [&](WrittenValue x, Layout layout) {
    x.layout = layout;
    return x;
  };
  std::vector<std::int64_t> from{layer.whole("height_from"), layer.whole("width_from"), layer.whole("channels_from")};
  if (from == std::vector<std::int64_t>{1, 2, 0})
    return moved(graph.in(given, Layout::image_last), Layout::image_first);
  if (from == std::vector<std::int64_t>{2, 0, 1})
    return moved(graph.in(given, Layout::image_first), Layout::image_last);
  if (from == std::vector<std::int64_t>{0, 2, 1} && given.shape.height == 1) {
    const bool first = is_first(given.layout);
    return moved(graph.in(given, with_channels(Layout::time_last, first)), with_channels(Layout::time_last, !first));
  }
  for (std::int64_t& axis : from) ++axis;
  from.insert(from.begin(), 0);
  const WrittenValue x = graph.in(given, Layout::image_last);
  return changed(x, graph.node("Transpose", {x.name}, {{"perm", from}}));
}

inline WrittenValue write_slice(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, is_first(given.layout) ? Layout::image_first : Layout::image_last);
  const bool first = is_first(x.layout);
  std::vector<std::int64_t> starts, ends;
  for (const std::string part : {"row", "column", "channel"}) {
    constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
    const std::int64_t last = layer.whole("last_" + part);
    starts.push_back(layer.whole("first_" + part));
    ends.push_back(last == 0 ? end : last);
  }
  const std::string axes =
      graph.integers(first ? std::vector<std::int64_t>{2, 3, 1} : std::vector<std::int64_t>{1, 2, 3});
  return changed(x, graph.node("Slice", {x.name, graph.integers(starts), graph.integers(ends), axes}));
}

}  // namespace nn::detail::onnx
