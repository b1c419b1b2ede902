// SPDX-License-Identifier: MIT
// A part of a matrix copied to where a product reads it number after number, turned on the way where it lies across.
#pragma once

#include <algorithm>
#include <array>
#include <utility>

#include <nn/kernels/registers.hpp>

namespace nn::kernels {

/// How the numbers of a factor lie in memory: its element (row, column) is numbers[row * row_step + column *
/// column_step].
template <class T>
struct Factor {
  const T* numbers;
  Index row_step;
  Index column_step;
  [[gnu::always_inline]] const T* at(Index row, Index column) const {
    return numbers + row * row_step + column * column_step;
  }
};

inline namespace NN_LEVEL {

/// Four numbers from each of Lanes / 4 places, side by side.
template <Index Lanes, class T>
[[gnu::always_inline]] inline void load_fours(typename Pack<T, Lanes>::type& all, const T* from, Index step) {
  if constexpr (Lanes == 4) {
    load(all, from);
  } else {
    typename Pack<T, Lanes / 2>::type low, high;
    load_fours<Lanes / 2>(low, from, step);
    load_fours<Lanes / 2>(high, from + Lanes / 8 * step, step);
    [&]<int... Position>(std::integer_sequence<int, Position...>) { shuffle<Position...>(low, high, all); }
    (std::make_integer_sequence<int, static_cast<int>(Lanes)>{});
  }
}

/// The lane of two registers, one after the other, that a choice of four lanes means for a lane of the result.
template <int First, int Second, int Third, int Fourth>
constexpr int lane_of_choice(int position, int lane_count) {
  const int choice[] = {First, Second, Third, Fourth};
  return position / 4 * 4 + choice[position % 4] % 4 + choice[position % 4] / 4 * lane_count;
}

/// The same choice among every four lanes: 0 to 3 are those of a, 4 to 7 those of b.
template <int... Choice, class P>
[[gnu::always_inline]] inline void choose_of_fours(const P& a, const P& b, P& chosen) {
  constexpr int lane_count = static_cast<int>(sizeof(P) / sizeof(a[0]));
  [&]<int... Position>(std::integer_sequence<int, Position...>) {
    shuffle<lane_of_choice<Choice...>(Position, lane_count)...>(a, b, chosen);
  }
  (std::make_integer_sequence<int, lane_count>{});
}

/// to[k * to_step + i] = scale * from[i * from_step + k] for i < Lanes and k < 4.
template <Index Lanes, class T>
void turn_lines(const T* from, Index from_step, T scale, T* to, Index to_step) {
  using P = typename Pack<T, Lanes>::type;
  std::array<P, 4> rows, pairs, turned;  // pairs: the first two columns of rows 0 and 1, the last two, and of 2 and 3
  unrolled<4>([&](auto i) { load_fours<Lanes>(rows[i], from + i * from_step, 4 * from_step); });
  unrolled<2>([&](auto i) {
    choose_of_fours<0, 4, 1, 5>(rows[2 * i], rows[2 * i + 1], pairs[2 * i]);
    choose_of_fours<2, 6, 3, 7>(rows[2 * i], rows[2 * i + 1], pairs[2 * i + 1]);
  });
  unrolled<2>([&](auto i) {
    choose_of_fours<0, 1, 4, 5>(pairs[i], pairs[i + 2], turned[2 * i]);
    choose_of_fours<2, 3, 6, 7>(pairs[i], pairs[i + 2], turned[2 * i + 1]);
  });
  unrolled<4>([&](auto k) {
    turned[k] *= scale;
    store(turned[k], to + k * to_step);
  });
}

/// The same for any number of rows and columns: to[k * to_step + i] = scale * from[i * from_step + k].
template <class T, Index Lanes = std::max<Index>(lanes<T>, 4)>
void turn(const T* from, Index from_step, Index rows, Index columns, T scale, T* to, Index to_step) {
  Index i = 0;
  for (; i + Lanes <= rows; i += Lanes) {
    Index k = 0;
    if constexpr (Lanes > 1)
      for (; k + 4 <= columns; k += 4)
        turn_lines<Lanes>(from + i * from_step + k, from_step, scale, to + k * to_step + i, to_step);
    for (; k < columns; ++k)
      for (Index row = i; row < i + Lanes; ++row) to[k * to_step + row] = scale * from[row * from_step + k];
  }
  if constexpr (Lanes > 1)
    if (i < rows)
      turn<T, (Lanes > 4 ? Lanes / 2 : 1)>(from + i * from_step, from_step, rows - i, columns, scale, to + i, to_step);
}

/// a A, term after term, `width` numbers from one to the next, of which `rows` are written.
template <class T>
void pack_rows(const Factor<T>& A, Index rows, Index depth, T scale, Index width, T* packed) {
  if (A.column_step == 1) return turn(A.numbers, A.row_step, rows, depth, scale, packed, width);
  for (Index k = 0; k < depth; ++k)
    for (Index i = 0; i < rows; ++i) packed[k * width + i] = scale * *A.at(i, k);
}

/// The same with zeros after them.
template <class T>
void pack(const Factor<T>& A, Index rows, Index depth, T scale, Index width, T* packed) {
  pack_rows(A, rows, depth, scale, width, packed);
  for (Index k = 0; k < depth; ++k) std::fill(packed + k * width + rows, packed + (k + 1) * width, T(0));
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
