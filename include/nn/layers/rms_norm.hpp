// SPDX-License-Identifier: MIT
// y = gamma x / sqrt(mean(x^2) + epsilon), over the channels of each pixel
#pragma once

#include <cmath>
#include <string_view>
#include <type_traits>

#include <nn/core/finite.hpp>
#include <nn/core/layer.hpp>

namespace nn {

/// Root mean square normalization (Zhang and Sennrich 2019): over all features; of 1 x time x channels, or of an image,
/// over the channels of each time or pixel. Its tensor is "weight", gamma, 1 in a new layer. Throws shape_error where
/// epsilon is not above 0.
struct RMSNorm {
  double epsilon = 1e-5;  ///< that of Llama 2 and 3

  constexpr RMSNorm() = default;
  constexpr explicit RMSNorm(double least_mean_square) : epsilon(least_mean_square) {}

  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "RMSNorm"; }
  constexpr Shape output_shape(Shape input) const {
    if (!is_finite(epsilon) || epsilon <= 0)
      throw shape_error("RMSNorm: epsilon must be above 0, got ", epsilon, "; 1e-5 is usual");
    return input;
  }
  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", input.channels, 1, Role::scale, one_per_channel(input.channels)});
  }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }
  void initialize(Shape, auto&& parameters, const Initializer&, Random&) const { parameters.setOnes(); }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y) const {
    const auto* gamma = parameters.data();
    for (Index first = 0; first < x.size(); first += input.channels) {
      const auto scale = inverse_root(x.data() + first, input.channels);
      for (Index i = 0; i < input.channels; ++i) y.data()[first + i] = gamma[i] * (x.data()[first + i] * scale);
    }
  }

  /// dx = r (g - x' mean(g x')) for g = gamma dy, r = 1 / sqrt(mean(x^2) + epsilon) and x' = r x
  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    const Index channels = input.channels;
    const T* gamma = values.parameters.data();
    for (Index first = 0; first < values.input.size(); first += channels) {
      const T* x = values.input.data() + first;
      const T* dy = gradients.output.data() + first;
      T* dx = gradients.input.data() + first;
      const T scale = inverse_root(x, channels);
      T sum = 0;
      for (Index i = 0; i < channels; ++i) sum += gamma[i] * dy[i] * x[i];
      const T share = sum / T(channels) * scale * scale;
      for (Index i = 0; i < channels; ++i) dx[i] = scale * (gamma[i] * dy[i] - x[i] * share);
    }
  }

  /// dgamma = the sum of dy x' over all samples; one column, which the last shard has
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    if (!shard.is_last()) return;
    for (Index first = 0; first < values.input.size(); first += input.channels) {
      const auto* x = values.input.data() + first;
      const auto* dy = gradients.output.data() + first;
      const auto factor = scale * inverse_root(x, input.channels);
      for (Index i = 0; i < input.channels; ++i) target[i] += factor * x[i] * dy[i];
    }
  }

  static void for_each_option(auto& layer, auto option) { option("epsilon", layer.epsilon); }
  constexpr bool operator==(const RMSNorm&) const = default;

 private:
  template <class T>
  T inverse_root(const T* x, Index count) const {
    using std::sqrt;
    T sum = 0;
    for (Index i = 0; i < count; ++i) sum += x[i] * x[i];
    return T(1) / sqrt(sum / T(count) + T(epsilon));
  }
};

}  // namespace nn
