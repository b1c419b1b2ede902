// SPDX-License-Identifier: MIT
// y = x where x > 0, else a x, with a learned
#pragma once

#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// PReLU<per_channel> and PReLU{per_channel}: a slope for each channel of an image, for each of plain features.
inline constexpr std::true_type per_channel{};

/// Parametric rectified linear unit (He et al. 2015): a LeakyReLU that learns its slope below 0, one for the whole
/// layer or one per channel, from 0.25 on as PyTorch's. At 0 its derivative is a. Its tensor is "weight", the
/// slopes.
template <bool PerChannel = false>
struct PReLU {
  static constexpr bool keeps_shape = true;

  constexpr PReLU() = default;
  constexpr explicit PReLU(std::bool_constant<PerChannel>) {}

  static constexpr std::string_view name() { return "PReLU"; }
  constexpr Shape output_shape(Shape input) const { return input; }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }
  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", slope_count(input), 1, Role::slope, PerChannel ? one_per_channel(input.channels) : Dimensions{}});
  }

  void initialize(Shape, auto&& parameters, const Initializer&, Random&) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    parameters.setConstant(T(0.25));
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y) const {
    for_each_number(input, x.size(), [&](Index i, Index slope) {
      y.data()[i] = x.data()[i] > 0 ? x.data()[i] : parameters[slope] * x.data()[i];
    });
  }

  /// dx = dy where x > 0, else a dy
  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    for_each_number(input, values.input.size(), [&](Index i, Index slope) {
      const auto dy = gradients.output.data()[i];
      gradients.input.data()[i] = values.input.data()[i] > 0 ? dy : values.parameters[slope] * dy;
    });
  }

  /// da = the sum of x dy where x <= 0. The slopes are one column, which the last shard has.
  void add_parameter_gradient(Shape input, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    using T = ScalarOf<decltype(values)>;
    if (!shard.is_last()) return;
    const Index slopes = slope_count(input);
    for (Index slope = 0; slope < slopes; ++slope) {
      T sum = 0;
      for (Index i = slope; i < values.input.size(); i += slopes)
        if (!(values.input.data()[i] > 0)) sum += values.input.data()[i] * gradients.output.data()[i];
      target[slope] += scale * sum;
    }
  }

  static void for_each_option(auto&, auto option) { option("per_channel", PerChannel); }
  constexpr bool operator==(const PReLU&) const = default;

 private:
  static constexpr Index slope_count(Shape input) { return PerChannel ? input.channels : 1; }

  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  // Calls visit(i, slope) for every number and its slope: channels follow each other, in every sample alike.
  template <class Visit>
  void for_each_number(Shape input, Index count, Visit&& visit) const {
    const Index slopes = slope_count(input);
    for (Index first = 0; first < count; first += slopes)
      for (Index slope = 0; slope < slopes; ++slope) visit(first + slope, slope);
  }
};

PReLU()->PReLU<>;
PReLU(std::true_type)->PReLU<true>;

}  // namespace nn
