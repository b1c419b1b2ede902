// SPDX-License-Identifier: MIT
// y = x where x > 0, else a x, with a learned
#pragma once

#include <type_traits>

#include <nn/core/layer.hpp>

namespace nn {

/// PReLU<per_channel> and PReLU{per_channel}: a slope for each channel of an image, for each of plain features.
inline constexpr std::true_type per_channel{};

/// Parametric rectified linear unit (He et al. 2015): a LeakyReLU that learns its slope below 0, one for the whole
/// layer or one per channel, from 0.25 on as PyTorch's. At 0 its derivative is a. The slopes are W of the layer (slopes
/// x 1, no b), so files hold them.
template <bool PerChannel = false>
struct PReLU {
  static constexpr bool keeps_shape = true;

  constexpr PReLU() = default;
  constexpr explicit PReLU(std::bool_constant<PerChannel>) {}

  static constexpr std::string_view name() { return "PReLU"; }
  constexpr Shape output_shape(Shape input) const { return input; }
  constexpr Index parameter_count(Shape input) const { return PerChannel ? input.channels : 1; }
  constexpr WeightShape weight_shape(Shape input) const {
    return {.rows = parameter_count(input), .columns = 1, .decays = false};
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

  /// da += sum of x dy where x <= 0, dx = dy where x > 0, else a dy
  void backward(Shape input, const auto& values, auto& gradients) const {
    using T = ScalarOf<decltype(values)>;
    input_gradient(input, values, gradients);
    subtract_gradient(input, values, gradients, gradients.parameters.data(), T(-1), 0, 1);
  }

  /// Backward, and a -= rate da.
  void descend(Shape input, auto values, auto& gradients, auto rate) const {
    input_gradient(input, values, gradients);
    subtract_gradient(input, values, gradients, values.parameters.data(), rate, 0, 1);
  }

  void input_gradient(Shape input, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    for_each_number(input, values.input.size(), [&](Index i, Index slope) {
      const auto dy = gradients.output.data()[i];
      gradients.input.data()[i] = values.input.data()[i] > 0 ? dy : values.parameters[slope] * dy;
    });
  }

  /// a -= factor da. The slopes are one column, which the last of the parts has.
  void subtract_gradient(Shape input, const auto& values, const auto& gradients, auto* parameters, auto factor,
                         Index part, Index parts) const {
    using T = ScalarOf<decltype(values)>;
    if (part + 1 < parts) return;
    const Index slopes = parameter_count(input);
    for (Index slope = 0; slope < slopes; ++slope) {
      T sum = 0;
      for (Index i = slope; i < values.input.size(); i += slopes)
        if (!(values.input.data()[i] > 0)) sum += values.input.data()[i] * gradients.output.data()[i];
      parameters[slope] -= factor * sum;
    }
  }

  void describe(auto option) const { option("per_channel", PerChannel); }
  constexpr bool operator==(const PReLU&) const = default;

 private:
  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  // Calls visit(i, slope) for every number and its slope: channels follow each other, in every sample alike.
  template <class Visit>
  void for_each_number(Shape input, Index count, Visit&& visit) const {
    const Index slopes = parameter_count(input);
    for (Index first = 0; first < count; first += slopes)
      for (Index slope = 0; slope < slopes; ++slope) visit(first + slope, slope);
  }
};

PReLU()->PReLU<>;
PReLU(std::true_type)->PReLU<true>;

}  // namespace nn
