// SPDX-License-Identifier: MIT
// Products of a matrix with one sample, W x, W' dy and W -= r dy x', that touch only the columns whose input is not
// zero.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/part_of_register.hpp>

// W is rows x columns, column by column. Skipping a zero input is exact: it would add or subtract zero. Every sum is
// written in one fixed order, so sizes known to the compiler, the alignment of memory and the width of the processor's
// registers do not change the result.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// Some columns of a matrix, those whose input is not zero.
struct Columns {
  static constexpr Index capacity = 512;
  std::array<std::uint32_t, capacity> numbers;
  Index count = 0;

  /// Looks at x[first], ..., x[first + length - 1]; length is at most the capacity.
  template <class T>
  void find_nonzero(const T* x, Index first, Index length) {
    count = 0;
#ifdef __AVX512F__  // has an instruction for just this
    const auto look_at = [&](Index j, Index some) {
      count += collect(is_nonzero(x + first + j, some), j, numbers.data() + count);
    };
    Index j = 0;
    for (; j + 16 <= length; j += 16) look_at(j, 16);
    if (j < length) look_at(j, length - j);
#else
    for (Index j = 0; j < length; ++j) {  // without a branch: pixels are hard to predict
      numbers[static_cast<std::size_t>(count)] = static_cast<std::uint32_t>(j);
      count += x[first + j] != T(0);
    }
#endif
  }

  void take_all(Index length) {
    for (Index j = 0; j < length; ++j) numbers[static_cast<std::size_t>(j)] = static_cast<std::uint32_t>(j);
    count = length;
  }

  Index operator[](Index k) const { return numbers[static_cast<std::size_t>(k)]; }
};

/// y[0, Lanes * Packs) += W x over the given columns, the sums kept in registers.
template <Index Lanes, Index Packs, class T>
void add_rows(const T* W, Index stride, const T* x, const Columns& columns, T* y) {
  if constexpr (Lanes == 1) {
    T sum = *y;
    for (Index k = 0; k < columns.count; ++k) {
      const Index column = columns[k];
      multiply_add(sum, W[column * stride], x[column]);
    }
    *y = sum;
  } else {
    using P = typename Pack<T, Lanes>::type;
    std::array<P, static_cast<std::size_t>(Packs)> sums;
    unrolled<Packs>([&](auto p) { load(sums[p], y + p * Lanes); });
    for (Index k = 0; k < columns.count; ++k) {
      const Index column = columns[k];
      const T* weights = W + column * stride;
      const T factor = x[column];
      unrolled<Packs>([&](auto p) {
        P w;
        load(w, weights + p * Lanes);
        multiply_add(sums[p], w, factor);
      });
    }
    unrolled<Packs>([&](auto p) { store(sums[p], y + p * Lanes); });
  }
}

/// All rows, by blocks of Lanes * Packs; what is left by blocks of half the size, and so on down to single rows.
template <Index Lanes, Index Packs, class T>
void add_all_rows(const T* W, Index rows, Index stride, const T* x, const Columns& columns, T* y) {
  constexpr Index block = Lanes * Packs;
  Index row = 0;
  for (; row + block <= rows; row += block) add_rows<Lanes, Packs>(W + row, stride, x, columns, y + row);
  if constexpr (block > 1)
    if (row < rows)
      add_all_rows<(Packs > 1 ? Lanes : Lanes / 2), (Packs > 1 ? Packs / 2 : 1)>(W + row, rows - row, stride, x,
                                                                                 columns, y + row);
}

/// y += W x for some rows of a matrix whose columns begin `stride` numbers apart.
template <class T>
void add_product(const T* W, Index rows, Index columns, const T* x, T* y, Index stride) {
  constexpr Index packs = register_bytes == 64 ? 16 : 8;  // half of the registers that there are
  Columns nonzero;
  for (Index first = 0; first < columns; first += Columns::capacity) {
    nonzero.find_nonzero(x, first, std::min(Columns::capacity, columns - first));
    add_all_rows<lanes<T>, packs>(W + first * stride, rows, stride, x + first, nonzero, y);
  }
}

/// y += W x
template <class T>
void add_product(const T* W, Index rows, Index columns, const T* x, T* y) {
  add_product(W, rows, columns, x, y, rows);
}

/// The last rows of a column, fewer than 2 * Lanes: returns w dy when Dot, and subtracts factor * dy from w when
/// Update.
template <bool Dot, bool Update, Index Lanes, class T, class Weight>
T visit_remaining(Weight* w, Index rows, const T* dy, T factor) {
  T sum = 0;
  Index row = 0;
  if (rows >= Lanes) {
    if constexpr (Lanes == 1) {
      if constexpr (Dot) sum += *w * *dy;
      if constexpr (Update) *w -= factor * *dy;
    } else {
      typename Pack<T, Lanes>::type weights, gradient;
      load(weights, w);
      load(gradient, dy);
      if constexpr (Dot) sum += sum_of_lanes<Lanes, T>(weights * gradient);
      if constexpr (Update) {
        weights -= factor * gradient;
        store(weights, w);
      }
    }
    row = Lanes;
  }
  if constexpr (Lanes > 1) sum += visit_remaining<Dot, Update, Lanes / 2>(w + row, rows - row, dy + row, factor);
  return sum;
}

/// One pass over Count columns side by side, numbers[0], numbers[1], ... of W: dx[j] = W[:, j] dy when Dot, and
/// W[:, j] -= factor x[j] dy when Update. Each sum has one cache line of partial sums, which is one register or
/// several.
template <bool Dot, bool Update, Index Count, class T, class Weight>
[[gnu::always_inline]] inline void visit_columns(Weight* W, Index rows, const std::uint32_t* numbers, const T* x,
                                                 const T* dy, T factor, T* dx) {
  using P = typename Pack<T, lanes<T>>::type;
  constexpr Index packs = line<T> / lanes<T>;
  std::array<Weight*, static_cast<std::size_t>(Count)> w;
  std::array<T, static_cast<std::size_t>(Count)> factors{};
  std::array<P, static_cast<std::size_t>(Count * packs)> sums{};
  unrolled<Count>([&](auto c) {
    w[c] = W + numbers[c] * rows;
    if constexpr (Update) factors[c] = factor * x[numbers[c]];
  });
  Index row = 0;
  for (; row + line<T> <= rows; row += line<T>)
    unrolled<packs>([&](auto p) {
      P gradient;
      load(gradient, dy + row + p * lanes<T>);
      unrolled<Count>([&](auto c) {
        P weights;
        load(weights, w[c] + row + p * lanes<T>);
        if constexpr (Dot && Update) keep_in_register(weights);
        if constexpr (Dot) sums[c * packs + p] += weights * gradient;
        if constexpr (Update) {
          weights -= factors[c] * gradient;
          store(weights, w[c] + row + p * lanes<T>);
        }
      });
    });
  std::array<T, static_cast<std::size_t>(Count)> totals{};
  if constexpr (Dot) {
    std::array<P, static_cast<std::size_t>(Count)> columns;
    unrolled<Count>([&](auto c) {
      for (Index half = packs / 2; half > 0; half /= 2)
        for (Index p = 0; p < half; ++p)
          sums[static_cast<std::size_t>(c * packs + p)] += sums[static_cast<std::size_t>(c * packs + p + half)];
      columns[c] = sums[c * packs];
    });
    sums_of_lanes<lanes<T>>(columns, totals);
  }
  unrolled<Count>([&](auto c) {
    T rest = 0;
    if (row < rows) rest = visit_remaining<Dot, Update, line<T> / 2>(w[c] + row, rows - row, dy + row, factors[c]);
    if constexpr (Dot) dx[numbers[c]] = totals[c] + rest;
  });
}

/// Visits the columns whose x is not zero, or all, several at a time: then no addition needs to wait for another.
template <bool Dot, bool Update, class T, class Weight>
void visit(Weight* W, Index rows, Index columns, const T* x, const T* dy, T factor, T* dx, bool where_nonzero) {
  constexpr Index together = lanes<T> == line<T> ? 4 : 2;
  Columns visited;
  for (Index first = 0; first < columns; first += Columns::capacity) {
    const Index length = std::min(Columns::capacity, columns - first);
    where_nonzero ? visited.find_nonzero(x, first, length) : visited.take_all(length);
    Weight* block = W + first * rows;
    const std::uint32_t* numbers = visited.numbers.data();
    T* block_dx = Dot ? dx + first : nullptr;
    Index k = 0;
    for (; k + together <= visited.count; k += together)
      visit_columns<Dot, Update, together>(block, rows, numbers + k, x + first, dy, factor, block_dx);
    for (; k < visited.count; ++k)
      visit_columns<Dot, Update, 1>(block, rows, numbers + k, x + first, dy, factor, block_dx);
  }
}

/// dx = W' dy; where_nonzero leaves alone what stands where x is zero.
template <class T>
void input_gradient(const T* W, Index rows, Index columns, const T* x, const T* dy, T* dx, bool where_nonzero) {
  visit<true, false>(W, rows, columns, x, dy, T(0), dx, where_nonzero);
}

/// W -= factor dy x'
template <class T>
void subtract_outer_product(T* W, Index rows, Index columns, const T* x, const T* dy, T factor) {
  visit<false, true>(W, rows, columns, x, dy, factor, static_cast<T*>(nullptr), true);
}

/// dx = W' dy and W -= factor dy x' in one pass over the weights: the gradient of W is never written.
template <class T>
void descend(T* W, Index rows, Index columns, const T* x, const T* dy, T factor, T* dx, bool where_nonzero) {
  visit<true, true>(W, rows, columns, x, dy, factor, dx, where_nonzero);
}

/// b += scale * (the sum of the columns), one column after the other.
template <class T>
void add_bias_gradient(T scale, const T* columns, Index rows, Index count, T* b) {
  for (Index column = 0; column < count; ++column)
    for (Index i = 0; i < rows; ++i) b[i] += scale * columns[column * rows + i];
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
