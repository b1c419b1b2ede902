// SPDX-License-Identifier: MIT
// c(t) = f c(t - 1) + i g, h(t) = o tanh c(t), with i, f, g and o from x(t) and h(t - 1)
#pragma once

#include <algorithm>
#include <concepts>

#include <nn/core/extent.hpp>
#include <nn/layers/base/recurrent_layer.hpp>

namespace nn {

struct LSTMOptions {
  bool bias = true;
  double recurrent_dropout = 0;  ///< share of h(t - 1) that is dropped in training, the same at all steps
  bool keras_start = false;      ///< draws the first parameters as Keras does; false: as PyTorch
  constexpr bool operator==(const LSTMOptions&) const = default;
};

namespace detail {

// The gates stand in the order i, f, g, o; c and tanh c are kept.
struct LSTMCell {
  static constexpr Index gate_count = 4, carried = 1;
  static constexpr Index kept() { return 2; }
  static constexpr bool is_apart() { return false; }
  static constexpr bool resets_before() { return false; }

  template <class T>
  static void forward(Index units, const CellValues<T>& at) {
    for_each_unit<T>(
        units,
        [](auto& i, auto& f, auto& g, auto& o, auto& before, auto& c, auto& tanh_c, auto& h) {
          i = sigmoid_of(i);
          f = sigmoid_of(f);
          g = tanh_of(g);
          o = sigmoid_of(o);
          c = rounded_product_of(f, before) + rounded_product_of(i, g);
          tanh_c = tanh_of(c);
          h = o * tanh_c;
        },
        at.gates, at.gates + units, at.gates + 2 * units, at.gates + 3 * units, at.kept_before, at.kept,
        at.kept + units, at.hidden);
  }

  template <class T>
  static void backward(Index units, const CellValues<T>& at, const CellGradients<T>& to) {
    const T* gates = at.gates;
    const T* kept = at.kept;
    for_each_unit<T>(
        units,
        [](auto& i, auto& f, auto& g, auto& o, auto& before, auto& tanh_c, auto& di, auto& df, auto& dg, auto& dout,
           auto& dc, auto& dh) {
          dout = dh * tanh_c * sigmoid_slope<T>(o);
          dc += rounded_product_of(dh * o, tanh_slope<T>(tanh_c));
          di = dc * g * sigmoid_slope<T>(i);
          df = dc * before * sigmoid_slope<T>(f);
          dg = dc * i * tanh_slope<T>(g);
          dc *= f;
          dh *= T(0);
        },
        gates, gates + units, gates + 2 * units, gates + 3 * units, at.kept_before, kept + units, to.gates,
        to.gates + units, to.gates + 2 * units, to.gates + 3 * units, to.carried, to.hidden);
  }

  template <class T>
  static void begin_bias(Index units, T* bias) {
    std::fill_n(bias + units, units, T(1));  // of the forget gate
  }
};

}  // namespace detail

/// Hochreiter and Schmidhuber 1997 with the forget gate of Gers et al. 2000, as PyTorch has it: LSTM<32>, LSTM{32},
/// LSTM{32, {.recurrent_dropout = 0.2}}. 1 x steps x features in, h of every step out: 1 x steps x units. The rows of
/// the weights are the gates i, f, g, o. Several are put one after the other.
template <Index Units = dynamic>
struct LSTM : RecurrentLayer<LSTM<Units>> {
  [[no_unique_address]] Extent<Units> units;
  LSTMOptions options;

  constexpr LSTM() requires(Units != dynamic) = default;
  constexpr explicit LSTM(LSTMOptions given) requires(Units != dynamic) : options(detail::with_bias(name(), given)) {}
  constexpr explicit LSTM(std::integral auto unit_count, LSTMOptions given = {}) requires(Units == dynamic)
      : units(static_cast<Index>(unit_count)), options(given) {}

  static constexpr bool keeps_shape = Units != dynamic;
  static constexpr std::string_view name() { return "LSTM"; }
  static constexpr detail::LSTMCell cell() { return {}; }
  static void for_each_option(auto& layer, auto option) { detail::for_each_recurrent_option(layer, option); }
  constexpr bool operator==(const LSTM&) const = default;
};

template <std::integral Count>
LSTM(Count, LSTMOptions = {}) -> LSTM<dynamic>;

}  // namespace nn
