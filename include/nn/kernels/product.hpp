// SPDX-License-Identifier: MIT
// C += a A B for a mini-batch: the product in tiles that stay in registers, skipping what is zero in B.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <type_traits>

#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/packing.hpp>
#include <nn/kernels/part_of_register.hpp>

// Every number of C is one sum over k in the order 0, 1, 2, ..., whatever the tile it lies in. So a column comes out in
// the same bits alone or in a batch, in one thread or in many, and the width of the registers does not matter.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// Rows of a tile: four cache lines in every column.
template <class T>
inline constexpr Index packed_rows = 4 * line<T>;
/// Terms of the sums that are worked on at once: a tile of A, packed, then fits the first-level cache.
inline constexpr Index block_depth = 112;
static_assert(block_depth <= 128, "Terms has 128 bits");
/// Columns of a tile of patches, and registers of each that are summed at once: with 32 registers 4 x 6 + 4 + 1 of them
/// are in use, with 16 it is 2 x 6 + 2 + 1.
inline constexpr Index tile_columns = 6;
template <class T>
inline constexpr Index tile_packs = register_bytes == 64 ? 4 : 2;
/// Columns of a tile of this product: 4 x 4 sums are enough to fill the processor's time where registers are wide, and
/// fewer columns have more zeros in common and leave fewer over at the end of a batch.
inline constexpr Index product_columns = register_bytes == 64 ? 4 : tile_columns;

/// Some of the terms of a block, a bit for each.
class Terms {
 public:
  static Terms all(Index depth) {
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    Terms terms;
    terms.bits_ = {depth < 64 ? ~(ones << depth) : ones, depth <= 64 ? 0 : ~(ones << (depth - 64))};
    return terms;
  }

  /// Those of which x is not zero.
  template <class T>
  static Terms nonzero(const T* x, Index depth) {
    Terms terms;
    terms.bits_[0] = nonzero_bits(x, std::min<Index>(64, depth));
    if (depth > 64) terms.bits_[1] = nonzero_bits(x + 64, depth - 64);
    return terms;
  }

  Index count() const { return std::popcount(bits_[0]) + std::popcount(bits_[1]); }

  void add(const Terms& other) {
    bits_[0] |= other.bits_[0];
    bits_[1] |= other.bits_[1];
  }

  /// Calls visit(k) in ascending order.
  template <class Visit>
  [[gnu::always_inline]] void for_each(Visit&& visit) const {
    for (Index word = 0; word < 2; ++word)
      for (std::uint64_t bits = bits_[static_cast<std::size_t>(word)]; bits != 0; bits &= bits - 1)
        visit(64 * word + std::countr_zero(bits));
  }

 private:
  std::array<std::uint64_t, 2> bits_{};
};

/// One column: C += A b over the given terms, A packed.
template <class T>
void multiply_column(const T* A, const T* b, const Terms& terms, T* C) {
  using P = typename Pack<T, lanes<T>>::type;
  constexpr Index packs = packed_rows<T> / lanes<T>;
  std::array<P, static_cast<std::size_t>(packs)> sums;
  unrolled<packs>([&](auto p) __attribute__((always_inline)) { load(sums[p], C + p * lanes<T>); });
  terms.for_each([&](Index k) __attribute__((always_inline)) {
    const T factor = b[k];
    unrolled<packs>([&](auto p) __attribute__((always_inline)) {
      P a;
      load(a, A + k * packed_rows<T> + p * lanes<T>);
      multiply_add(sums[p], a, factor);
    });
  });
  unrolled<packs>([&](auto p) __attribute__((always_inline)) { store(sums[p], C + p * lanes<T>); });
}

/// Some columns, at most product_columns: C += A B over the given terms, A packed.
template <Index Packs, class T>
void multiply_tile(const T* A, const Factor<T>& B, const Terms& terms, Index columns, T* C, Index stride) {
  using P = typename Pack<T, lanes<T>>::type;
  std::array<P, static_cast<std::size_t>(Packs * product_columns)> sums;
  std::array<const T*, static_cast<std::size_t>(product_columns)> factors;
  unrolled<product_columns>([&](auto j) __attribute__((always_inline)) {
    const Index column = j < columns ? j : 0;  // a missing column repeats the first and is not stored
    factors[j] = B.at(0, column);
    unrolled<Packs>([&](auto p) __attribute__((always_inline)) {
      load(sums[j * Packs + p], C + column * stride + p * lanes<T>);
    });
  });
  terms.for_each([&](Index k) __attribute__((always_inline)) {
    std::array<P, static_cast<std::size_t>(Packs)> a;
    unrolled<Packs>([&](auto p) __attribute__((always_inline)) { load(a[p], A + k * packed_rows<T> + p * lanes<T>); });
    unrolled<product_columns>([&](auto j) __attribute__((always_inline)) {
      const T factor = factors[j][k * B.row_step];
      unrolled<Packs>([&](auto p) __attribute__((always_inline)) { multiply_add(sums[j * Packs + p], a[p], factor); });
    });
  });
  unrolled<product_columns>([&](auto j) __attribute__((always_inline)) {
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
  std::array<T, static_cast<std::size_t>(Packs * lanes<T> * product_columns)> copy{};
  for (Index j = 0; j < columns; ++j) std::copy_n(C + j * stride, rows, copy.data() + j * Packs * lanes<T>);
  multiply_tile<Packs>(A, B, terms, columns, copy.data(), Packs * lanes<T>);
  for (Index j = 0; j < columns; ++j) std::copy_n(copy.data() + j * Packs * lanes<T>, rows, C + j * stride);
}

/// Has a tile of C brought to the first-level cache where its columns lie in different pages of memory: the processor
/// then does not guess which comes next. (Not inlined, GCC 12 takes it for a function without effects and drops it.)
template <class T>
[[gnu::always_inline]] inline void prefetch_tile(T* C, Index rows, Index columns, Index stride) {
  constexpr Index page = 4096 / sizeof(T);
  if (stride <= page) return;
  for (Index j = 0; j < columns; ++j)
    for (Index i = 0; i < rows; i += line<T>) __builtin_prefetch(C + j * stride + i, 1);
}

/// A block of B that knows its zeros.
template <class T>
class ProductBlock {
 public:
  // Columns: turned, they fit the second-level cache.
  static constexpr Index capacity = (528 / sizeof(T) + product_columns - 1) / product_columns * product_columns;

  ProductBlock(const Factor<T>& B, Index depth, Index columns) : B_(B), depth_(depth), columns_(columns) {
    if (B.row_step != 1 && has_zeros_in_row()) {
      pack_rows(B, depth, columns, T(1), block_depth, turned_.data());
      B_ = {turned_.data(), 1, block_depth};
    }
    find_terms();
  }

  /// C += A B, A packed.
  void multiply(const T* A, Index rows, T* C, Index stride) const {
    for (Index j = 0; j < columns_; j += product_columns, C += product_columns * stride) {
      const Index columns = std::min(product_columns, columns_ - j);
      prefetch_tile(C + columns * stride, rows, std::min(product_columns, columns_ - j - columns), stride);
      const Factor<T> B{B_.at(0, j), B_.row_step, B_.column_step};
      const Terms* terms = terms_.data() + j;
      Terms of_any;
      Index sum = 0;
      for (Index column = 0; column < columns; ++column) {
        of_any.add(terms[column]);
        sum += terms[column].count();
      }
      // A column alone loads four registers and a factor for four multiply-adds, a tile multiplies by zeros.
      if (rows == packed_rows<T> && B.row_step == 1 && 5 * sum < 4 * of_any.count() * product_columns) {
        for (Index column = 0; column < columns; ++column)
          multiply_column(A, B.at(0, column), terms[column], C + column * stride);
        continue;
      }
      constexpr Index height = tile_packs<T> * lanes<T>;
      for (Index row = 0; row < rows; row += height)
        multiply_tile<tile_packs<T>>(A + row, B, of_any, std::min(height, rows - row), columns, C + row, stride);
    }
  }

 private:
  // Looking for zeros must cost little where there are none: one row tells whether the others are looked at,
  bool has_zeros_in_row() const {
    Index count = 0;
    for (Index column = 0; column < columns_; ++column) count += *B_.at(0, column) != T(0);
    return 10 * count < 9 * columns_;
  }

  // and after a dense column the next ones are taken for dense, twice as many every time.
  void find_terms() {
    Index left = B_.row_step == 1 ? 0 : columns_, next = 1;
    for (Index column = 0; column < columns_; ++column) {
      Terms& found = terms_[static_cast<std::size_t>(column)];
      if (left > 0) {
        --left;
        found = Terms::all(depth_);
        continue;
      }
      found = Terms::nonzero(B_.at(0, column), depth_);
      const bool is_dense = 10 * found.count() > 9 * depth_;
      left = is_dense ? next : 0;
      next = is_dense ? std::min<Index>(2 * next, 64) : 1;
    }
  }

  Factor<T> B_;
  Index depth_, columns_;
  std::array<Terms, static_cast<std::size_t>(capacity)> terms_;
  alignas(64) std::array<T, static_cast<std::size_t>(capacity* block_depth)> turned_;
};

/// C (rows x columns, column by column, so many numbers from one to the next) += scale * A B, where A is rows x depth
/// and B is depth x columns.
template <class T>
void add_product(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns, T* C,
                 Index column_step) {
  if constexpr (!std::is_floating_point_v<T>) {  // dual numbers: the definition
    for (Index j = 0; j < columns; ++j)
      for (Index k = 0; k < depth; ++k)
        for (Index i = 0; i < rows; ++i) C[j * column_step + i] += scale * *A.at(i, k) * *B.at(k, j);
  } else {
    alignas(64) std::array<T, static_cast<std::size_t>(packed_rows<T> * block_depth)> packed;
    for (Index column = 0; column < columns; column += ProductBlock<T>::capacity)
      for (Index k = 0; k < depth; k += block_depth) {
        const Index terms = std::min(block_depth, depth - k);
        const ProductBlock<T> block({B.at(k, column), B.row_step, B.column_step}, terms,
                                    std::min(ProductBlock<T>::capacity, columns - column));
        for (Index row = 0; row < rows; row += packed_rows<T>) {
          const Index rows_here = std::min(packed_rows<T>, rows - row);
          pack(Factor<T>{A.at(row, k), A.row_step, A.column_step}, rows_here, terms, scale, packed_rows<T>,
               packed.data());
          block.multiply(packed.data(), rows_here, C + row + column * column_step, column_step);
        }
      }
  }
}

/// The same for a C whose columns follow each other.
template <class T>
void add_product(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns, T* C) {
  add_product(scale, A, B, rows, depth, columns, C, rows);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
