// SPDX-License-Identifier: MIT
// h(t) = tanh(W x(t) + U h(t - 1) + b)
#pragma once

#include <concepts>

#include <nn/core/extent.hpp>
#include <nn/layers/base/recurrent_layer.hpp>

namespace nn {

struct SimpleRNNOptions {
  bool relu = false;  ///< max(0, x) in place of tanh x
  bool bias = true;
  double recurrent_dropout = 0;  ///< share of h(t - 1) that is dropped in training, the same at all steps
  bool keras_start = false;      ///< draws the first parameters as Keras does; false: as PyTorch
  constexpr bool operator==(const SimpleRNNOptions&) const = default;
};

namespace detail {

struct SimpleRNNCell {
  static constexpr Index gate_count = 1, carried = 0;
  bool is_relu;

  static constexpr Index kept() { return 0; }
  static constexpr bool is_apart() { return false; }
  static constexpr bool resets_before() { return false; }

  template <class T>
  void forward(Index units, const CellValues<T>& at) const {
    const T* sums = at.gates;
    if (is_relu)
      for_each_unit<T>(
          units, [](auto& sum, auto& h) { h = sum < T(0) ? sum * T(0) : sum; }, sums, at.hidden);
    else
      for_each_unit<T>(
          units, [](auto& sum, auto& h) { h = tanh_of(sum); }, sums, at.hidden);
  }

  template <class T>
  void backward(Index units, const CellValues<T>& at, const CellGradients<T>& to) const {
    const T* hidden = at.hidden;
    if (is_relu)
      for_each_unit<T>(
          units,
          [](auto& h, auto& sum, auto& dh) {
            sum = h > T(0) ? dh : dh * T(0);
            dh *= T(0);
          },
          hidden, to.gates, to.hidden);
    else
      for_each_unit<T>(
          units,
          [](auto& h, auto& sum, auto& dh) {
            sum = dh * tanh_slope<T>(h);
            dh *= T(0);
          },
          hidden, to.gates, to.hidden);
  }

  template <class T>
  static void begin_bias(Index, T*) {}
};

}  // namespace detail

/// Elman 1990, as PyTorch's RNN: SimpleRNN<32>, SimpleRNN{32}, SimpleRNN{32, {.relu = true}}. 1 x steps x features in,
/// h of every step out: 1 x steps x units.
template <Index Units = dynamic>
struct SimpleRNN : RecurrentLayer<SimpleRNN<Units>> {
  [[no_unique_address]] Extent<Units> units;
  SimpleRNNOptions options;

  constexpr SimpleRNN() requires(Units != dynamic) = default;
  constexpr explicit SimpleRNN(SimpleRNNOptions given) requires(Units != dynamic)
      : options(detail::with_bias(name(), given)) {}
  constexpr explicit SimpleRNN(std::integral auto unit_count, SimpleRNNOptions given = {}) requires(Units == dynamic)
      : units(static_cast<Index>(unit_count)), options(given) {}

  static constexpr bool keeps_shape = Units != dynamic;
  static constexpr std::string_view name() { return "SimpleRNN"; }
  constexpr detail::SimpleRNNCell cell() const { return {options.relu}; }
  static void for_each_option(auto& layer, auto option) {
    detail::for_each_recurrent_option(layer, option);
    option("relu", layer.options.relu);
  }
  constexpr bool operator==(const SimpleRNN&) const = default;
};

template <std::integral Count>
SimpleRNN(Count, SimpleRNNOptions = {}) -> SimpleRNN<dynamic>;

}  // namespace nn
