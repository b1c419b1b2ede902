// SPDX-License-Identifier: MIT
// C += a A B for a mini-batch: the product in tiles that stay in registers, skipping what is zero in B.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include <nn/core/kernels.hpp>

// Every number of C is one sum over k in the order 0, 1, 2, ..., whatever the tile it lies in. So a column comes out in
// the same bits alone or in a batch, in one thread or in many, and the width of the registers does not matter.
namespace nn::kernels {

/// How the numbers of a factor lie in memory: its element (row, column) is numbers[row * row_step + column *
/// column_step].
template <class T>
struct Factor {
  const T* numbers;
  Index row_step;
  Index column_step;
  const T* at(Index row, Index column) const { return numbers + row * row_step + column * column_step; }
};

/// Registers per tile column, and columns of a tile: enough sums to hide the latency of multiply-add (with 32 registers
/// 4 x 6 + 4 + 1 of them are in use, with 16 it is 2 x 6 + 2 + 1).
template <class T>
inline constexpr Index tile_packs = EIGEN_MAX_STATIC_ALIGN_BYTES >= 64 ? 4 : 2;
inline constexpr Index tile_columns = 6;
/// Terms of the sums that are worked on at once: a tile of A, packed, then fits the first-level cache.
inline constexpr Index block_depth = 112;

/// The terms k of a block in which some column of a tile of B is not zero.
struct Terms {
  std::array<std::int32_t, block_depth + 16> numbers;  // collected a register at a time
  Index count = 0;
};

inline void take_all_terms(Index depth, Terms& terms) {
  for (Index k = 0; k < depth; ++k) terms.numbers[static_cast<std::size_t>(k)] = static_cast<std::int32_t>(k);
  terms.count = depth;
}

template <class T>
void find_terms(const Factor<T>& B, Index depth, Index columns, Terms& terms) {
#ifdef __AVX512F__  // compares and collects sixteen at a time
  terms.count = 0;
  for (Index k = 0; k < depth; k += 16) {
    const Index some = std::min<Index>(16, depth - k);
    unsigned is_used = 0;
    if (B.row_step == 1)
      for (Index column = 0; column < columns; ++column) is_used |= is_nonzero(B.at(k, column), some);
    else
      for (Index i = 0; i < some; ++i) is_used |= unsigned{is_nonzero(B.at(k + i, 0), columns) != 0} << i;
    terms.count += collect(static_cast<__mmask16>(is_used), k, terms.numbers.data() + terms.count);
  }
#else
  std::array<std::int32_t, block_depth> is_used{};
  if (B.row_step == 1) {
    for (Index column = 0; column < columns; ++column)
      for (Index k = 0; k < depth; ++k)
        is_used[static_cast<std::size_t>(k)] |= B.numbers[k + column * B.column_step] != T(0);
  } else {
    for (Index k = 0; k < depth; ++k)
      for (Index column = 0; column < columns; ++column)
        is_used[static_cast<std::size_t>(k)] |= B.numbers[k * B.row_step + column * B.column_step] != T(0);
  }
  terms.count = 0;
  for (Index k = 0; k < depth; ++k) {  // without a branch, as the zeros are hard to predict
    terms.numbers[static_cast<std::size_t>(terms.count)] = static_cast<std::int32_t>(k);
    terms.count += is_used[static_cast<std::size_t>(k)];
  }
#endif
}

/// One tile: C += A B over the given terms, A packed with Packs * lanes numbers per term.
template <Index Packs, class T>
void multiply_tile(const T* A, const Factor<T>& B, const Terms& terms, Index columns, T* C, Index stride) {
  using P = typename Pack<T, lanes<T>>::type;
  constexpr Index rows = Packs * lanes<T>;
  std::array<P, static_cast<std::size_t>(Packs * tile_columns)> sums;
  std::array<const T*, static_cast<std::size_t>(tile_columns)> b;
  unrolled<tile_columns>([&](auto j) __attribute__((always_inline)) {
    const Index column = j < columns ? j : 0;  // a missing column repeats the first and is not stored
    b[j] = B.at(0, column);
    unrolled<Packs>([&](auto p) __attribute__((always_inline)) {
      load(sums[j * Packs + p], C + column * stride + p * lanes<T>);
    });
  });
  for (Index t = 0; t < terms.count; ++t) {
    const Index k = terms.numbers[static_cast<std::size_t>(t)];
    std::array<P, static_cast<std::size_t>(Packs)> a;
    unrolled<Packs>([&](auto p) __attribute__((always_inline)) { load(a[p], A + k * rows + p * lanes<T>); });
    unrolled<tile_columns>([&](auto j) __attribute__((always_inline)) {
      const T factor = b[j][k * B.row_step];
      unrolled<Packs>([&](auto p) __attribute__((always_inline)) { multiply_add(sums[j * Packs + p], a[p], factor); });
    });
  }
  unrolled<tile_columns>([&](auto j) __attribute__((always_inline)) {
    if (j < columns)
      unrolled<Packs>([&](auto p) __attribute__((always_inline)) {
        store(sums[j * Packs + p], C + j * stride + p * lanes<T>);
      });
  });
}

/// As above with the number of registers chosen at run time; a tile whose last register is not full works on a copy of
/// C.
template <Index Packs, class T>
void multiply_tile(const T* A, const Factor<T>& B, const Terms& terms, Index rows, Index columns, T* C, Index stride) {
  if constexpr (Packs > 1)
    if (rows <= (Packs - 1) * lanes<T>) return multiply_tile<Packs - 1>(A, B, terms, rows, columns, C, stride);
  if (rows == Packs * lanes<T>) return multiply_tile<Packs>(A, B, terms, columns, C, stride);
  std::array<T, static_cast<std::size_t>(Packs * lanes<T> * tile_columns)> copy{};
  for (Index j = 0; j < columns; ++j) std::copy_n(C + j * stride, rows, copy.data() + j * Packs * lanes<T>);
  multiply_tile<Packs>(A, B, terms, columns, copy.data(), Packs * lanes<T>);
  for (Index j = 0; j < columns; ++j) std::copy_n(copy.data() + j * Packs * lanes<T>, rows, C + j * stride);
}

/// Four rows of four numbers, turned into columns.
template <class T>
void pack_square(const T* from, Index row_step, T scale, Index width, T* packed) {
  using P = typename Pack<T, 4>::type;
  std::array<P, 4> rows;
  unrolled<4>([&](auto i) { load(rows[i], from + i * row_step); });
  const P low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const P high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const P low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const P high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  store(scale * __builtin_shufflevector(low01, low23, 0, 1, 4, 5), packed);
  store(scale * __builtin_shufflevector(low01, low23, 2, 3, 6, 7), packed + width);
  store(scale * __builtin_shufflevector(high01, high23, 0, 1, 4, 5), packed + 2 * width);
  store(scale * __builtin_shufflevector(high01, high23, 2, 3, 6, 7), packed + 3 * width);
}

/// a A, term after term, `width` numbers from one to the next, of which `rows` are written.
template <class T>
void pack_rows(const Factor<T>& A, Index rows, Index depth, T scale, Index width, T* packed) {
  if (A.row_step == 1) {
    for (Index k = 0; k < depth; ++k)
      for (Index i = 0; i < rows; ++i) packed[k * width + i] = scale * *A.at(i, k);
    return;
  }
  Index i = 0;
  for (; i + 4 <= rows; i += 4) {
    Index k = 0;
    if (A.column_step == 1)
      for (; k + 4 <= depth; k += 4) pack_square(A.at(i, k), A.row_step, scale, width, packed + k * width + i);
    for (; k < depth; ++k)
      for (Index row = i; row < i + 4; ++row) packed[k * width + row] = scale * *A.at(row, k);
  }
  for (; i < rows; ++i)
    for (Index k = 0; k < depth; ++k) packed[k * width + i] = scale * *A.at(i, k);
}

/// The same with zeros after them.
template <class T>
void pack(const Factor<T>& A, Index rows, Index depth, T scale, Index width, T* packed) {
  pack_rows(A, rows, depth, scale, width, packed);
  for (Index k = 0; k < depth; ++k) std::fill(packed + k * width + rows, packed + (k + 1) * width, T(0));
}

/// C (rows x columns, column by column) += scale * A B, where A is rows x depth and B is depth x columns.
template <class T>
void add_product(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns, T* C) {
  constexpr Index tile_rows = tile_packs<T> * lanes<T>;
  constexpr Index block_columns = 22 * tile_columns;
  alignas(64) std::array<T, static_cast<std::size_t>(tile_rows * block_depth)> packed;
  std::array<Terms, 22> terms;
  // Looking for zeros must cost little where there are none: after a dense tile the next ones are taken for dense.
  Index taken_for_dense = 0, next_taken = 4;
  for (Index column = 0; column < columns; column += block_columns) {
    const Index column_end = std::min(columns, column + block_columns);
    for (Index k = 0; k < depth; k += block_depth) {
      const Index terms_here = std::min(block_depth, depth - k);
      for (Index j = column; j < column_end; j += tile_columns) {
        Terms& tile_terms = terms[static_cast<std::size_t>((j - column) / tile_columns)];
        if (taken_for_dense > 0) {
          --taken_for_dense;
          take_all_terms(terms_here, tile_terms);
          continue;
        }
        find_terms(Factor<T>{B.at(k, j), B.row_step, B.column_step}, terms_here, std::min(tile_columns, column_end - j),
                   tile_terms);
        const bool is_dense = tile_terms.count == terms_here;
        taken_for_dense = is_dense ? next_taken : 0;
        next_taken = is_dense ? std::min<Index>(2 * next_taken, 32) : 4;
      }
      for (Index row = 0; row < rows; row += tile_rows) {
        const Index rows_here = std::min(tile_rows, rows - row);
        const Index width = (rows_here + lanes<T> - 1) / lanes<T> * lanes<T>;
        pack(Factor<T>{A.at(row, k), A.row_step, A.column_step}, rows_here, terms_here, scale, width, packed.data());
        for (Index j = column; j < column_end; j += tile_columns)
          multiply_tile<tile_packs<T>>(packed.data(), Factor<T>{B.at(k, j), B.row_step, B.column_step},
                                       terms[static_cast<std::size_t>((j - column) / tile_columns)], rows_here,
                                       std::min(tile_columns, column_end - j), C + row + j * rows, rows);
      }
    }
  }
}

}  // namespace nn::kernels
