// SPDX-License-Identifier: MIT
// y(time) = x(time) + row number `time` of W
#pragma once

#include <concepts>
#include <string_view>
#include <type_traits>

#include <nn/core/extent.hpp>
#include <nn/core/layer.hpp>

namespace nn {

/// Positions that are learned, for sequences of at most Steps steps: LearnedPositions<64>, and with the number given at
/// run time LearnedPositions{64}. Its tensor "weight" is steps x channels and begins normal with a deviation of 0.02,
/// as BERT's (Devlin et al. 2018), whatever the network's initializer. Throws shape_error for longer sequences.
template <Index Steps = dynamic>
struct LearnedPositions {
  [[no_unique_address]] Extent<Steps> steps;

  constexpr LearnedPositions() = default;
  constexpr explicit LearnedPositions(std::integral auto most_steps) requires(Steps == dynamic)
      : steps(static_cast<Index>(most_steps)) {}

  static constexpr bool keeps_shape = Steps != dynamic;
  static constexpr std::string_view name() { return "LearnedPositions"; }

  constexpr Shape output_shape(Shape input) const {
    if (checked_product(input.height, input.width) > steps.value())
      throw shape_error("LearnedPositions: an input of ", input, " has ", input.height * input.width,
                        " steps, and positions are learned for ", steps.value(), "; give it as many as there may be");
    return input;
  }
  static constexpr Streaming streaming(Shape) { return {StepOutput::each}; }
  constexpr void tensors(Shape input, auto tensor) const {
    const Dimensions dimensions{{.size = steps.value()}, {.size = input.channels, .stride = steps.value()}};
    tensor({"weight", steps.value(), input.channels, Role::weight, dimensions});
  }
  void initialize(Shape, auto&& parameters, const Initializer&, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    for (Index i = 0; i < parameters.size(); ++i)
      parameters[i] = static_cast<T>(rounded_product(0.02, random.normal()));
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    const Index first = steps_before(mode);
    if (first + input.height * input.width > steps.value())
      throw shape_error("LearnedPositions: there is no position for step ", first + 1, ", since they are learned for ",
                        steps.value(), "; begin another sequence, or give it as many as there may be");
    const auto* W = parameters.data() + first;
    for (Index i = 0; i < x.size(); ++i) y.data()[i] = x.data()[i] + W[weight_of(input, i % x.rows())];
  }
  void input_gradient(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input = gradients.output;
  }
  /// dW(time) = dy(time), added up over the samples, for some columns of W
  void add_parameter_gradient(Shape input, const auto&, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    const Index first = shard.first(input.channels), last = shard.last(input.channels), size = gradients.output.rows();
    for (Index sample = 0; sample < gradients.output.cols(); ++sample)
      for (Index step = 0; step < input.height * input.width; ++step)
        for (Index channel = first; channel < last; ++channel) {
          const Index i = step * input.channels + channel;
          target[weight_of(input, i)] += scale * gradients.output.data()[sample * size + i];
        }
  }
  static void for_each_option(auto& layer, auto option) { option("steps", layer.steps.value()); }
  constexpr bool operator==(const LearnedPositions&) const = default;

 private:
  constexpr Index weight_of(Shape input, Index feature) const {
    return feature % input.channels * steps.value() + feature / input.channels;
  }
};

template <std::integral Count>
LearnedPositions(Count) -> LearnedPositions<>;

}  // namespace nn
