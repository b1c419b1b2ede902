// SPDX-License-Identifier: MIT
// h(t) = (1 - z) n + z h(t - 1), with z, and n through a gate r, from x(t) and h(t - 1)
#pragma once

#include <concepts>

#include <nn/core/extent.hpp>
#include <nn/layers/base/recurrent_layer.hpp>

namespace nn {

struct GRUOptions {
  /// n = tanh(W x + b + r (U h + c)), as PyTorch and Keras; false: n = tanh(W x + b + U (r h) + c), as Cho et al. 2014
  /// and ONNX where linear_before_reset is 0.
  bool reset_after = true;
  bool bias = true;
  double recurrent_dropout = 0;  ///< share of h(t - 1) that is dropped in training, the same at all steps
  bool keras_start = false;      ///< draws the first parameters as Keras does; false: as PyTorch
  constexpr bool operator==(const GRUOptions&) const = default;
};

namespace detail {

// The gates stand in the order r, z, n. Where the reset comes after, U h + c stands apart; where before, r h is kept,
// which takes less memory: a network that knows the units from the type makes room for the first.
struct GRUCell {
  static constexpr Index gate_count = 3, carried = 0;
  bool reset_after;

  constexpr Index kept() const { return reset_after ? 0 : 1; }
  constexpr bool is_apart() const { return reset_after; }
  constexpr bool resets_before() const { return !reset_after; }

  template <class T>
  void forward(Index units, const CellValues<T>& at) const {
    T* n = at.gates + 2 * units;
    if (reset_after) {
      const T* recurrent = at.recurrent;
      for_each_unit<T>(
          units,
          [](auto& r, auto& z, auto& sum, auto& of_r, auto& of_z, auto& of_n) {
            r = sigmoid_of(r + of_r);
            z = sigmoid_of(z + of_z);
            sum += rounded_product_of(r, of_n);
          },
          at.gates, at.gates + units, n, recurrent, recurrent + units, recurrent + 2 * units);
    }
    const T* z = at.gates + units;
    for_each_unit<T>(
        units,
        [](auto& update, auto& candidate, auto& before, auto& h) {
          candidate = tanh_of(candidate);
          h = rounded_product_of(T(1) - update, candidate) + rounded_product_of(update, before);
        },
        z, n, at.hidden_before, at.hidden);
  }

  template <class T>
  static void reset(Index units, const CellValues<T>& at) {
    for_each_unit<T>(
        units,
        [](auto& r, auto& z, auto& before, auto& kept) {
          r = sigmoid_of(r);
          z = sigmoid_of(z);
          kept = r * before;
        },
        at.gates, at.gates + units, at.before, at.kept);
  }

  template <class T>
  void backward(Index units, const CellValues<T>& at, const CellGradients<T>& to) const {
    const T* z = at.gates + units;
    const T* n = z + units;
    for_each_unit<T>(
        units,
        [](auto& update, auto& candidate, auto& before, auto& dz, auto& dn, auto& dh) {
          dz = dh * (before - candidate) * sigmoid_slope<T>(update);
          dn = dh * (T(1) - update) * tanh_slope<T>(candidate);
          dh *= update;
        },
        z, n, at.hidden_before, to.gates + units, to.gates + 2 * units, to.hidden);
    if (!reset_after) return;
    const T* r = at.gates;
    const T* recurrent = at.recurrent + 2 * units;
    const T* of_z = to.gates + units;
    const T* of_n = of_z + units;
    for_each_unit<T>(
        units,
        [](auto& reset, auto& sum, auto& dz, auto& dn, auto& dr, auto& recurrent_r, auto& recurrent_z,
           auto& recurrent_n) {
          dr = dn * sum * sigmoid_slope<T>(reset);
          recurrent_r = dr;
          recurrent_z = dz;
          recurrent_n = dn * reset;
        },
        r, recurrent, of_z, of_n, to.gates, to.recurrent, to.recurrent + units, to.recurrent + 2 * units);
  }

  template <class T>
  static void reset_backward(Index units, const CellValues<T>& at, const CellGradients<T>& to) {
    const T* gates = at.gates;
    for_each_unit<T>(
        units,
        [](auto& r, auto& before, auto& dr, auto& back) {
          dr = back * before * sigmoid_slope<T>(r);
          back *= r;
        },
        gates, at.before, to.gates, to.back);
  }

  template <class T>
  static void begin_bias(Index, T*) {}
};

}  // namespace detail

/// Cho et al. 2014, as PyTorch has it: GRU<32>, GRU{32}, GRU{32, {.reset_after = false}}. 1 x steps x features in, h of
/// every step out: 1 x steps x units. The rows of the weights are the gates r, z, n.
template <Index Units = dynamic>
struct GRU : RecurrentLayer<GRU<Units>> {
  [[no_unique_address]] Extent<Units> units;
  GRUOptions options;

  constexpr GRU() requires(Units != dynamic) = default;
  constexpr explicit GRU(GRUOptions given) requires(Units != dynamic) : options(detail::with_bias(name(), given)) {}
  constexpr explicit GRU(std::integral auto unit_count, GRUOptions given = {}) requires(Units == dynamic)
      : units(static_cast<Index>(unit_count)), options(given) {}

  static constexpr bool keeps_shape = Units != dynamic;
  static constexpr std::string_view name() { return "GRU"; }
  constexpr detail::GRUCell cell() const { return {options.reset_after}; }
  static void for_each_option(auto& layer, auto option) {
    detail::for_each_recurrent_option(layer, option);
    option("reset_after", layer.options.reset_after);
  }
  constexpr bool operator==(const GRU&) const = default;
};

template <std::integral Count>
GRU(Count, GRUOptions = {}) -> GRU<dynamic>;

}  // namespace nn
