// SPDX-License-Identifier: MIT
// h(t) from x(t) and h(t - 1): the passes over sequences that SimpleRNN, LSTM and GRU share.
#pragma once

#include <algorithm>
#include <array>
#include <type_traits>

#include <nn/core/layer.hpp>
#include <nn/kernels/product.hpp>
#include <nn/kernels/sparse_product.hpp>
#include <nn/layers/base/recurrent_cell.hpp>

// A sample's steps follow each other in x, in y and in the memory, so the input's part of all gates of all steps and
// samples is one product, and each step adds one product over the batch, whose columns are `steps` steps apart. Nothing
// is copied to another order but h(t - 1), which is kept beside the gates for the gradient of its weights.
namespace nn::detail {

/// The sequences of a pass as one direction sees them.
struct Sequences {
  Index features = 0, units = 0, steps = 0;
  Index samples = 0;
  Index output_step = 0;     ///< numbers from one step of y to the next: more than the units beside another direction
  bool is_reversed = false;  ///< the last step is the first to be read

  constexpr Index step_at(Index k) const { return is_reversed ? steps - 1 - k : k; }
};

/// Where the parameters stand: gates * units rows for each of the features and units, and both biases.
struct RecurrentParameters {
  Index rows = 0, features = 0, units = 0;
  bool has_bias = true;

  constexpr Index recurrent_weight() const { return rows * features; }
  constexpr Index input_bias() const { return rows * (features + units); }
  constexpr Index recurrent_bias() const { return rows * (features + units + 1); }
  constexpr Index columns() const { return features + units + (has_bias ? 2 : 0); }
};

/// C += A B: columns of A are `stride` apart, of B and of C b_step and c_step.
template <class T>
void add_columns(const T* A, Index rows, Index stride, Index depth, const T* b, Index b_step, Index columns, T* c,
                 Index c_step) {
  if constexpr (!std::is_floating_point_v<T>) {  // dual numbers: the definition
    for (Index j = 0; j < columns; ++j)
      for (Index k = 0; k < depth; ++k)
        for (Index i = 0; i < rows; ++i) c[j * c_step + i] += A[k * stride + i] * b[j * b_step + k];
  } else if (columns == 1) {
    kernels::add_product(A, rows, depth, b, c, stride);
  } else {
    kernels::add_product<T>(1, {A, 1, stride}, {b, 1, b_step}, rows, depth, columns, c, c_step);
  }
}

/// One direction of a recurrent layer over some samples of a batch.
template <class Cell, class T>
struct RecurrentPass {
  Cell cell;
  Sequences of;
  RecurrentParameters at;
  RecurrentMemory arrays;
  Memory<T> memory;
  Index first_sample = 0;
  Carried<T> carried = {};  ///< h before the first step, and behind it what the cell keeps; null: zeros
  bool has_mask = false;    ///< part of h(t - 1) is dropped, the same at all steps

  void forward(const T* parameters, const T* x, T* y) const {
    begin_gates(parameters);
    add_columns(parameters, at.rows, at.rows, of.features, x, of.features, of.samples * of.steps, value(arrays.gates),
                at.rows);
    std::fill_n(value(arrays.start), of.samples * of.units, T(0));
    for (Index k = 0; k < of.steps; ++k) forward_step(parameters + at.recurrent_weight(), k, y);
    for (Index sample = 0; sample < of.samples && is_going_on(); ++sample) {
      const Index last = (sample + 1) * of.steps - 1, kept = of.units * cell.kept();
      T* next = at_start(sample) + carried.next;
      std::copy_n(y + last * of.output_step, of.units, next);
      std::copy_n(value(arrays.kept) + last * kept, kept, next + of.units);
    }
  }

  /// Writes the gradients of all gates, and that of x where dx is not null; adds it where the other direction has
  /// written it.
  void input_gradient(const T* parameters, const T* y, const T* dy, T* dx, bool adds) const {
    std::fill_n(gradient(arrays.hidden_gradient), of.samples * of.units, T(0));
    std::fill_n(gradient(arrays.carried), of.samples * arrays.carried.size, T(0));
    const T* W = parameters + at.recurrent_weight();
    kernels::Factor<T> transposed{W, at.rows, 1};
    std::array<T, turned_capacity> turned;
    if constexpr (std::is_floating_point_v<T>)
      if (at.rows * of.units <= turned_capacity) {
        kernels::turn(W, at.rows, of.units, at.rows, T(1), turned.data(), of.units);
        transposed = {turned.data(), 1, of.units};
      }
    for (Index k = of.steps; k-- > 0;) backward_step(transposed, k, y, dy);
    if (dx == nullptr) return;
    const Index columns = of.samples * of.steps;
    if (!adds) std::fill_n(dx, columns * of.features, T(0));
    kernels::add_product<T>(1, {parameters, at.rows, 1}, {gradient(arrays.gate_gradients), 1, at.rows}, of.features,
                            at.rows, columns, dx);
  }

  /// target += scale * gradient for some columns of all parameters.
  void add_parameter_gradient(const T* x, T* target, T scale, Index first, Index last) const {
    const Index rows = at.rows, columns = of.samples * of.steps, units = of.units;
    const T* of_gates = gradient(arrays.gate_gradients);
    const T* of_recurrent = recurrent_gradient();
    const auto inside = [&](Index column, Index count) { return std::clamp<Index>(column, 0, count); };
    const auto add = [&](const T* dy, const T* input, Index height, Index count, Index begin, T* to) {
      const Index from = inside(first - begin, count), some = inside(last - begin, count) - from;
      if (some > 0)
        kernels::add_product<T>(scale, {dy, 1, rows}, {input + from, count, 1}, height, columns, some,
                                to + (begin + from) * rows, rows);
    };
    add(of_gates, x, rows, of.features, 0, target);
    const Index direct = direct_rows();
    add(of_recurrent, value(arrays.before), direct, units, of.features, target);
    if (direct < rows) add(of_recurrent + direct, value(arrays.kept), units, units, of.features, target + direct);
    if (!at.has_bias) return;
    const auto add_bias = [&](const T* dy, Index column) {
      if (first > column || last <= column) return;
      kernels::add_bias_gradient(scale, dy, rows, columns, target + column * rows);
    };
    add_bias(of_gates, of.features + units);
    add_bias(of_recurrent, of.features + units + 1);
  }

 private:
  // Numbers of W' that are turned once for all steps.
  static constexpr Index turned_capacity = std::is_floating_point_v<T> ? 65536 / sizeof(T) : 1;
  static constexpr bool can_reset = requires(const Cell& gru, CellValues<T> values) { gru.reset(Index(), values); };

  bool is_going_on() const { return carried.numbers != nullptr; }
  T* at_start(Index sample) const { return carried.numbers + (first_sample + sample) * carried.stride; }
  T* value(const MemoryArray& array) const { return array.in(memory.values, memory.samples, first_sample); }
  T* gradient(const MemoryArray& array) const { return array.in(memory.gradients, memory.samples, first_sample); }
  T* recurrent_gradient() const {
    return gradient(cell.is_apart() ? arrays.recurrent_gradients : arrays.gate_gradients);
  }
  // The gates that see h(t - 1) itself; the last one may see what the reset gate has left of it.
  Index direct_rows() const { return cell.resets_before() ? at.rows - of.units : at.rows; }

  // The biases at every step.
  void begin_gates(const T* parameters) const {
    const Index columns = of.samples * of.steps, size = at.rows;
    T* gates = value(arrays.gates);
    T* recurrent = value(arrays.recurrent);
    const T* b = parameters + at.input_bias();
    const T* c = parameters + at.recurrent_bias();
    for (Index j = 0; j < columns; ++j)
      for (Index i = 0; i < size; ++i) {
        if (cell.is_apart()) recurrent[j * size + i] = at.has_bias ? c[i] : T(0);
        gates[j * size + i] = !at.has_bias ? T(0) : cell.is_apart() ? b[i] : b[i] + c[i];
      }
  }

  // The values of a sample when the k-th step is read.
  CellValues<T> values(Index sample, Index k, T* y) const {
    const Index t = of.step_at(k), at_t = sample * of.steps + t, units = of.units;
    const Index earlier = k == 0 ? 0 : sample * of.steps + of.step_at(k - 1);
    T* gates = value(arrays.gates) + at_t * at.rows;
    const T* start = value(arrays.start) + sample * units;
    return {.hidden_before = k > 0           ? y + earlier * of.output_step
                             : is_going_on() ? at_start(sample)
                                             : start,
            .before = value(arrays.before) + at_t * units,
            .kept_before = k > 0           ? value(arrays.kept) + earlier * units * cell.kept()
                           : is_going_on() ? at_start(sample) + units
                                           : start,
            .gates = gates,
            .recurrent = cell.is_apart() ? value(arrays.recurrent) + at_t * at.rows : gates,
            .kept = value(arrays.kept) + at_t * units * cell.kept(),
            .hidden = y + at_t * of.output_step};
  }
  CellGradients<T> gradients(Index sample, Index k) const {
    const Index at_t = sample * of.steps + of.step_at(k), units = of.units;
    return {.gates = gradient(arrays.gate_gradients) + at_t * at.rows,
            .recurrent = recurrent_gradient() + at_t * at.rows,
            .hidden = gradient(arrays.hidden_gradient) + sample * units,
            .back = gradient(arrays.back) + sample * units,
            .carried = gradient(arrays.carried) + sample * arrays.carried.size};
  }

  void forward_step(const T* W, Index k, T* y) const {
    const Index units = of.units, direct = direct_rows();
    for (Index sample = 0; sample < of.samples; ++sample) {
      const CellValues<T> here = values(sample, k, y);
      T* before = value(arrays.before) + (sample * of.steps + of.step_at(k)) * units;
      if (has_mask)
        for_each_unit<T>(
            units, [](auto& to, auto& h, auto& mask) { to = h * mask; }, before, here.hidden_before,
            static_cast<const T*>(value(arrays.mask) + sample * units));
      else
        std::copy_n(here.hidden_before, units, before);
    }
    const CellValues<T> first = values(0, k, y);
    const Index sample_step = of.steps * units, gate_step = of.steps * at.rows;
    if (k > 0 || is_going_on())
      add_columns<T>(W, direct, at.rows, units, first.before, sample_step, of.samples, first.recurrent, gate_step);
    if constexpr (can_reset)
      if (direct < at.rows) {
        for (Index sample = 0; sample < of.samples; ++sample) cell.reset(units, values(sample, k, y));
        if (k > 0 || is_going_on())
          add_columns<T>(W + direct, units, at.rows, units, first.kept, sample_step, of.samples,
                         first.recurrent + direct, gate_step);
      }
    for (Index sample = 0; sample < of.samples; ++sample) cell.forward(units, values(sample, k, y));
  }

  void backward_step(const kernels::Factor<T>& transposed, Index k, const T* y, const T* dy) const {
    const Index units = of.units, t = of.step_at(k), direct = direct_rows();
    T* back = gradient(arrays.back);
    for (Index sample = 0; sample < of.samples; ++sample) {
      const CellGradients<T> here = gradients(sample, k);
      kernels::add_numbers(dy + (sample * of.steps + t) * of.output_step, units, here.hidden);
      cell.backward(units, values(sample, k, const_cast<T*>(y)), here);
    }
    std::fill_n(back, of.samples * units, T(0));
    const T* of_gates = recurrent_gradient() + t * at.rows;
    if constexpr (can_reset)
      if (direct < at.rows) {
        add_back({transposed.at(0, direct), transposed.row_step, transposed.column_step}, units, of_gates + direct,
                 back);
        for (Index sample = 0; sample < of.samples; ++sample)
          cell.reset_backward(units, values(sample, k, const_cast<T*>(y)), gradients(sample, k));
      }
    if (k == 0) return;
    add_back(transposed, direct, of_gates, back);
    for (Index sample = 0; sample < of.samples; ++sample) {
      T* to = gradient(arrays.hidden_gradient) + sample * units;
      if (has_mask)
        for_each_unit<T>(
            units, [](auto& mask, auto& from) { from *= mask; },
            static_cast<const T*>(value(arrays.mask) + sample * units), back + sample * units);
      kernels::add_numbers(back + sample * units, units, to);
    }
  }

  // back += W' d for some columns of W', each sum in one order for any number of samples
  void add_back(const kernels::Factor<T>& transposed, Index columns, const T* d, T* back) const {
    const Index step = of.steps * at.rows;
    if (transposed.row_step == 1)
      add_columns(transposed.numbers, of.units, of.units, columns, d, step, of.samples, back, of.units);
    else
      kernels::add_product<T>(1, transposed, {d, 1, step}, of.units, columns, of.samples, back);
  }
};

}  // namespace nn::detail
