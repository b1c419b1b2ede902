// SPDX-License-Identifier: MIT
// y(time) = f(x(time)), f being layers in a row
#pragma once

#include <nn/layers/base/block.hpp>

namespace nn {

/// Each step of a sequence, or pixel of an image, through the same layers, which see its channels as plain features:
/// TimeDistributed<Dense<8>, ReLU>, and with sizes given at run time TimeDistributed{Dense{8}, ReLU{}}. Height and
/// width stay; all that the layers put out for a step becomes its channels. Without it Dense reads all steps as one.
template <class... Layers>
struct TimeDistributed : Block<TimeDistributed<Layers...>, Layers...> {
  using Base = Block<TimeDistributed, Layers...>;
  using Base::Base;

  static constexpr bool is_row = true;
  static constexpr std::string_view name() { return "TimeDistributed"; }

  constexpr Place place(Shape input) const {
    const Index steps = steps_of(input);
    if (steps < 1) throw shape_error("TimeDistributed: an input of ", input, " has no steps; give it at least 1");
    const auto places = this->places(Shape(input.channels));
    Place all = this->all_of(places, input, {input.height, input.width, places.back().output.size()});
    all.multiply_adds = checked_product(all.multiply_adds, steps);
    all.memory_size = checked_product(places.back().activation_offset, steps);  // the last output is this layer's
    all.least_samples = (all.least_samples + steps - 1) / steps;
    all.is_flat_where_zero = places.back().is_flat_where_zero;
    all.streaming = each_step_alone;  // to the layers inside it is no sequence
    return all;
  }

  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    Base::initialize(Shape(input.channels), parameters, initializer, random);
  }
  void initialize_state(Shape input, auto&& state) const { Base::initialize_state(Shape(input.channels), state); }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    const Index steps = steps_of(input);
    this->row_forward(this->places(Shape(input.channels)), parameters, x.data(), y.data(), x.cols() * steps,
                      of_steps(mode, steps));
  }

  template <bool writes, class T>
  void go_back(Shape input, const auto& values, auto& gradients, const Training<T>& training, const auto& visit) const {
    const Index steps = steps_of(input);
    const Values seen{values.parameters,
                      ConstMatrixView<T>(values.input.data(), input.channels, values.input.cols() * steps),
                      values.output};
    this->row_back(this->places(Shape(input.channels)), seen, values.output.data(), gradients.input.data(),
                   gradients.output.data(), gradients.wanted, of_steps(training, steps), visit);
  }

  template <class Visit>
  constexpr void for_each_inside(const Place& whole, const Visit& visit, Index level) const {
    const Index steps = steps_of(whole.input);
    this->for_each(this->places(Shape(whole.input.channels)), [&](const auto& layer, Place place, Index) {
      place.parameter_offset += whole.parameter_offset;
      place.state_offset += whole.state_offset;
      place.memory_offset = place.memory_offset * steps + whole.memory_offset;
      place.activation_offset = place.activation_offset * steps + whole.memory_offset;
      place.multiply_adds *= steps;
      nn::for_each_inside(layer, place, visit, level);
    });
  }

  constexpr bool operator==(const TimeDistributed&) const = default;

 private:
  static constexpr Index steps_of(Shape input) { return checked_product(input.height, input.width); }

  // Each step is a sample of its own.
  template <class Mode>
  static Mode of_steps(Mode mode, Index steps) {
    mode.first_sample *= steps;
    mode.memory.samples *= steps;
    if constexpr (requires { mode.carried; }) mode.carried = {};
    return mode;
  }
};

template <class... Layers>
TimeDistributed(Layers...) -> TimeDistributed<Layers...>;

}  // namespace nn
