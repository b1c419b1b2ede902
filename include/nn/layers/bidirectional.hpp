// SPDX-License-Identifier: MIT
// y(t) = h(t) of a layer that reads from the first step on, and of another that reads from the last step back
#pragma once

#include <algorithm>
#include <array>
#include <string_view>
#include <type_traits>
#include <utility>

#include <nn/layers/base/recurrent_layer.hpp>

namespace nn {

/// Schuster and Paliwal 1997, as PyTorch has it: Bidirectional<LSTM<32>>, Bidirectional{LSTM{32}}. Each direction has
/// parameters of its own, those of the second with names that end in _reverse. Every step puts out the units of the
/// first and then those of the second: 1 x steps x 2 units. At the last step the second has read one step only.
template <class Inside>
struct Bidirectional {
  Inside inside;

  constexpr Bidirectional() = default;
  constexpr explicit Bidirectional(Inside given) : inside(std::move(given)) {}

  static constexpr bool keeps_shape = shape_is_in_type<Inside>;
  static constexpr bool shares_all_columns = true;
  /// "BidirectionalLSTM"
  static constexpr std::string_view name() { return {name_.data(), name_.size()}; }

  constexpr Shape output_shape(Shape input) const {
    const Shape one = inside.output_shape(input);
    return {1, one.width, checked_product(2, one.channels)};
  }
  constexpr void tensors(Shape input, auto tensor) const {
    inside.tensors(input, tensor, detail::forward_names);
    inside.tensors(input, tensor, detail::reverse_names);
  }
  constexpr Index memory_size(Shape input) const { return checked_product(2, inside.memory_size(input)); }
  constexpr Index multiply_adds(Shape input) const { return checked_product(2, inside.multiply_adds(input)); }

  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index half = parameters.size() / 2;
    for (T* first : {parameters.data(), parameters.data() + half})
      inside.initialize(input, VectorView<T>(first, half), initializer, random);
  }

  void forward(Shape input, const auto& parameters, const auto& x, auto&& y, const auto& mode) const {
    for_each_direction(input, x.cols(), mode, [&](const auto& run, const auto& here, Index parameter, Index output) {
      if constexpr (requires { here.seed; }) inside.draw_mask(run, here);
      run.forward(parameters.data() + parameter, x.data(), y.data() + output);
    });
  }

  template <class T>
  void input_gradient(Shape input, const auto& values, auto& gradients, const Training<T>& mode) const {
    T* dx = gradients.wanted == InputGradient::none ? nullptr : gradients.input.data();
    bool adds = false;
    for_each_direction(input, values.input.cols(), mode,
                       [&](const auto& run, const auto&, Index parameter, Index output) {
                         run.input_gradient(values.parameters.data() + parameter, values.output.data() + output,
                                            gradients.output.data() + output, dx, std::exchange(adds, true));
                       });
  }

  template <class T>
  void add_parameter_gradient(Shape input, const auto& values, const auto&, T* target, T scale, Shard shard,
                              const Training<T>& mode) const {
    Index begin = 0;
    for_each_direction(input, values.input.cols(), mode, [&](const auto& run, const auto&, Index parameter, Index) {
      const Index columns = run.at.columns();
      const auto inside_this = [&](Index column) { return std::clamp<Index>(column - begin, 0, columns); };
      run.add_parameter_gradient(values.input.data(), target + parameter, scale, inside_this(shard.first(2 * columns)),
                                 inside_this(shard.last(2 * columns)));
      begin += columns;
    });
  }

  static void for_each_option(auto& layer, auto option) { Inside::for_each_option(layer.inside, option); }
  constexpr bool operator==(const Bidirectional&) const = default;

 private:
  static constexpr auto name_ = [] {
    constexpr std::string_view first = "Bidirectional", second = Inside::name();
    std::array<char, first.size() + second.size()> text{};
    std::copy(first.begin(), first.end(), text.begin());
    std::copy(second.begin(), second.end(), text.begin() + first.size());
    return text;
  }();

  // Calls visit(pass, mode, offset of its parameters, of its outputs within a step) for both.
  template <class Mode>
  void for_each_direction(Shape input, Index samples, Mode mode, auto&& visit) const {
    const Index units = inside.units.value(), room = inside.memory_size(input) * mode.memory.samples;
    Index parameter = 0;
    for (const bool is_reversed : {false, true}) {
      const auto run = inside.pass(input, samples, is_reversed, mode, 2 * units);
      visit(run, mode, parameter, is_reversed ? units : Index(0));
      parameter = run.at.rows * run.at.columns();
      if (mode.memory.values != nullptr) mode.memory.values += room;
      if (mode.memory.gradients != nullptr) mode.memory.gradients += room;
      if constexpr (requires { mode.seed; }) mode.seed = Random(mode.seed).next();
    }
  }
};

}  // namespace nn
