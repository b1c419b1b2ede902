// SPDX-License-Identifier: MIT
// y = gamma (x - mean) / sqrt(variance + epsilon) + beta, over the channels of each pixel
#pragma once

#include <string_view>

#include <nn/layers/base/normalization.hpp>

namespace nn {

/// Layer normalization (Ba et al. 2016): over all features; of 1 x time x channels, or of an image, over the channels
/// of each time or pixel, as PyTorch's and Keras's over the last axis. GroupNorm{1} is that over a whole image. Throws
/// shape_error where epsilon is not above 0.
struct LayerNorm : NormalizationLayer<LayerNorm> {
  double epsilon = 1e-5;

  constexpr LayerNorm() = default;
  constexpr explicit LayerNorm(double least_variance) : epsilon(least_variance) {}

  static constexpr std::string_view name() { return "LayerNorm"; }
  static constexpr bool keeps_shape = true;
  static constexpr Normalization layout(Shape input) {
    return {.sets = checked_product(input.height, input.width), .channels = input.channels};
  }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }
  static void for_each_option(auto& layer, auto option) { option("epsilon", layer.epsilon); }
  constexpr bool operator==(const LayerNorm&) const = default;
};

}  // namespace nn
