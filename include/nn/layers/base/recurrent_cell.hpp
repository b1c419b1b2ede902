// SPDX-License-Identifier: MIT
// One step of one sequence, as a recurrent cell sees it: what it is given, what it keeps, and its elementary functions.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <type_traits>
#include <utility>

#include <nn/core/shape.hpp>
#include <nn/kernels/elementary_functions.hpp>

// A cell gives
//   static constexpr Index gate_count                rows of the weights for each unit
//   static constexpr Index carried                numbers per unit that go back from step to step, besides dh
//   Index kept() const                            numbers per unit that are kept of each step, besides h and the gates
//   bool is_apart() const                         whether the recurrent part of its sums stands apart from the input's
//   bool resets_before() const                    whether its last gate sees what the others have left of h(t - 1)
//   void forward(Index units, CellValues) const
//   void backward(Index units, CellValues, CellGradients) const
// and where it resets before, `reset`, which writes `kept` from `before`, and `reset_backward`, which is given the
// gradient of `kept` in `back` and leaves that of `before`.
namespace nn::detail {

/// So many numbers for each sample of the batch in a layer's memory.
struct MemoryArray {
  Index offset = 0, size = 0;

  template <class T>
  T* in(T* memory, Index batch, Index first_sample) const {
    return memory + offset * batch + first_sample * size;
  }
};

/// What a recurrent layer keeps. A cell says how many numbers per unit: `gate_count`, `kept` from step to step besides
/// h, and `carried` back besides its gradient; and whether the recurrent part of its gates stands apart from the
/// input's.
struct RecurrentMemory {
  MemoryArray gates, recurrent, before, kept, start, mask;
  MemoryArray gate_gradients, recurrent_gradients, hidden_gradient, back, carried;
  Index size = 0;

  template <class Cell>
  constexpr RecurrentMemory(const Cell& cell, Index units, Index steps) {
    const Index all = checked_product(units, steps), apart = cell.is_apart() ? Cell::gate_count : 0;
    const auto take = [](Index& end, Index numbers) {
      const MemoryArray array{end, numbers};
      end = checked_sum(end, numbers);
      return array;
    };
    Index values = 0, gradients = 0;
    gates = take(values, checked_product(Cell::gate_count, all));
    recurrent = take(values, checked_product(apart, all));
    before = take(values, all);
    kept = take(values, checked_product(cell.kept(), all));
    start = take(values, units);
    mask = take(values, units);
    gate_gradients = take(gradients, checked_product(Cell::gate_count, all));
    recurrent_gradients = take(gradients, checked_product(apart, all));
    hidden_gradient = take(gradients, units);
    back = take(gradients, units);
    carried = take(gradients, checked_product(Cell::carried, units));
    size = std::max(values, gradients);
  }
};

/// One sample at one step.
template <class T>
struct CellValues {
  const T* hidden_before;  ///< h(t - 1)
  const T* before;         ///< the same, as dropout lets it through
  const T* kept_before;
  T* gates;      ///< given: the sums; left: what the gates let through
  T* recurrent;  ///< the part of h(t - 1), where it stands apart; the same array otherwise
  T* kept;
  T* hidden;  ///< h(t)
};

/// And the gradients there.
template <class T>
struct CellGradients {
  T* gates;      ///< of the sums
  T* recurrent;  ///< of their recurrent part
  T* hidden;     ///< given: that of h(t); left: what reaches h(t - 1) without a weight
  T* back;       ///< of a product with the recurrent weights
  T* carried;
};

/// Calls function(a, b, ...) with a register full of each array, one number of it where they are dual, until all are
/// done, and writes back what is not const.
template <class T, class Function, class... Arrays>
[[gnu::always_inline]] inline void for_each_unit(Index count, Function&& function, Arrays*... arrays) {
  if constexpr (!std::is_floating_point_v<T>) {
    for (Index i = 0; i < count; ++i) function(arrays[i]...);
  } else {
    constexpr Index lanes = kernels::lanes<T>;
    const auto store = [](const auto& numbers, auto* to, Index some) {
      if constexpr (!std::is_const_v<std::remove_pointer_t<decltype(to)>>)
        kernels::store_first<lanes, T>(numbers, to, some);
    };
    kernels::for_each_piece<T>(count, [&](Index first, Index some) {
      [&]<std::size_t... Position>(std::index_sequence<Position...>) {
        std::array<kernels::Numbers<T>, sizeof...(Arrays)> numbers;
        (kernels::load_first<lanes, T>(numbers[Position], arrays + first, some), ...);
        function(numbers[Position]...);
        (store(numbers[Position], arrays + first, some), ...);
      }
      (std::index_sequence_for<Arrays...>{});
    });
  }
}

/// 1 / (1 + e^-x) and tanh x, of a register or of a dual number.
template <class Number>
[[gnu::always_inline]] inline Number sigmoid_of(const Number& x) {
  if constexpr (requires { x[0]; }) {
    Number y;
    kernels::sigmoid<std::remove_cvref_t<decltype(x[0])>>(x, y);
    return y;
  } else {
    using std::exp;
    return Number(1) / (Number(1) + exp(-x));
  }
}
template <class Number>
[[gnu::always_inline]] inline Number tanh_of(const Number& x) {
  if constexpr (requires { x[0]; }) {
    Number y;
    kernels::hyperbolic_tangent<std::remove_cvref_t<decltype(x[0])>>(x, y);
    return y;
  } else {
    using std::tanh;
    return tanh(x);
  }
}
/// Their slopes, where they are y.
template <class T, class Number>
[[gnu::always_inline]] inline Number sigmoid_slope(const Number& y) {
  return y * (T(1) - y);
}
template <class T, class Number>
[[gnu::always_inline]] inline Number tanh_slope(const Number& y) {
  return (T(1) - y) * (T(1) + y);
}
/// a b, rounded before it is added to anything, so that no compiler makes one sum of it here and another there.
template <class Number>
[[gnu::always_inline]] inline Number rounded_product_of(const Number& a, const Number& b) {
  Number product = a * b;
  if constexpr (!std::is_class_v<Number>) hide_origin(product);
  return product;
}

}  // namespace nn::detail
