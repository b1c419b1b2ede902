// SPDX-License-Identifier: MIT
// y(time, 2i) = x + sin(time / 10000^(2i / channels)), y(time, 2i + 1) = x + cos(the same)
#pragma once

#include <cmath>
#include <string_view>
#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// Vaswani et al. 2017, section 3.5: tells layers without an order of their own where a step stands. Of an image, row
/// by row, each pixel is a step. Nothing is learned, and sequences may have any length.
struct PositionalEncoding {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "PositionalEncoding"; }
  constexpr Shape output_shape(Shape input) const { return input; }
  static constexpr Streaming streaming(Shape) { return {StepOutput::each}; }

  void forward(Shape input, const auto&, const auto& x, auto&& y, const auto& mode) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Index first = steps_before(mode);
    const Index steps = input.height * input.width, channels = input.channels;
    for (Index channel = 0; channel < channels; ++channel) {
      const double frequency = std::pow(10000.0, -static_cast<double>(channel / 2 * 2) / static_cast<double>(channels));
      for (Index step = 0; step < steps; ++step) {
        const double angle = static_cast<double>(first + step) * frequency;
        const T shift = static_cast<T>(channel % 2 == 0 ? std::sin(angle) : std::cos(angle));
        for (Index i = step * channels + channel; i < x.size(); i += x.rows()) y.data()[i] = x.data()[i] + shift;
      }
    }
  }
  void backward(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input = gradients.output;
  }
  constexpr bool operator==(const PositionalEncoding&) const = default;
};

}  // namespace nn
