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

inline WrittenValue write_permute(WrittenGraph& graph, const WrittenLayer& layer, const WrittenValue& given) {
  const WrittenValue x = graph.in(given, Layout::image_last);
  const std::vector<std::int64_t> order{0, 1 + layer.whole("height_from"), 1 + layer.whole("width_from"),
                                        1 + layer.whole("channels_from")};
  return changed(x, graph.node("Transpose", {x.name}, {{"perm", order}}));
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
