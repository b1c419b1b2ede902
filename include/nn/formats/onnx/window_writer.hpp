// SPDX-License-Identifier: MIT
// The window of convolutions and pools in the attributes of ONNX's operators.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include <nn/core/window.hpp>
#include <nn/formats/onnx/written_layer.hpp>
#include <nn/layers/base/convolution.hpp>

namespace nn::detail::onnx {

/// Both sides, or the width alone where time is all that there is.
inline std::vector<std::int64_t> sides(const WrittenValue& x, std::int64_t height, std::int64_t width) {
  if (is_time(x.layout)) return {width};
  return {height, width};
}
/// Where the window of a convolution or a pool stands.
inline std::vector<WrittenAttribute> write_window(const WrittenLayer& layer, const WrittenValue& x, Sides kernel,
                                                  Sides dilation) {
  const auto whole = [&](const char* name) { return layer.whole(name); };
  const Sides stride(whole("stride_height"), whole("stride_width"));
  const bool is_causal = layer.type() == "CausalConv1D";
  Padding padding(Sides(whole("padding_height"), whole("padding_width")), layer.option("same_padding") != 0);
  if (is_causal) padding = {0, causal_padding(kernel.width, dilation.width)};
  const Window seen = window_over(layer.input, layer.type(), "window", kernel, stride, padding, dilation);
  const auto after = [&](const Axis& axis, Index given, Index size, Index apart, Index step) {
    if (is_causal) return Index(0);
    if (!padding.is_same) return given;
    return std::max<Index>((axis.output - 1) * step + (size - 1) * apart + 1 - axis.input - axis.before, 0);
  };
  const Index below = after(seen.rows, padding.height, kernel.height, dilation.height, stride.height);
  const Index right = after(seen.columns, padding.width, kernel.width, dilation.width, stride.width);
  std::vector<std::int64_t> pads = sides(x, seen.rows.before, seen.columns.before);
  for (const std::int64_t end : sides(x, below, right)) pads.push_back(end);
  return {{"kernel_shape", sides(x, kernel.height, kernel.width)},
          {"strides", sides(x, stride.height, stride.width)},
          {"pads", pads}};
}

/// That of a transposed convolution, with all that ONNX's operator is told.
inline std::vector<WrittenAttribute> write_transposed_window(const WrittenLayer& layer, const WrittenValue& x) {
  const auto both = [&](const std::string& name) {
    return sides(x, layer.whole(name + "_height"), layer.whole(name + "_width"));
  };
  std::vector<std::int64_t> pads = both("padding");
  for (const std::int64_t end : both("padding")) pads.push_back(end);
  return {
      {"kernel_shape", both("kernel")},           {"strides", both("stride")},     {"pads", pads},
      {"output_padding", both("output_padding")}, {"dilations", both("dilation")}, {"group", layer.whole("groups")}};
}

}  // namespace nn::detail::onnx
