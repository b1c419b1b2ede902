// SPDX-License-Identifier: MIT
// y = W x + b for one sample and a matrix so small that to look for zeros takes longer than to multiply by them.
#pragma once

#include <array>
#include <cstring>
#include <type_traits>

#include <nn/kernels/registers.hpp>

// W is Rows x Columns, known to the compiler, column by column.
namespace nn::kernels {
inline namespace NN_LEVEL {

/// y = W x + b (b null for none) for Lanes rows of a small matrix whose size the compiler knows: four sums at a time,
/// as there is too little work for one to hide the time that an addition takes.
template <Index Lanes, Index Columns, class T>
[[gnu::always_inline]] inline void small_rows(const T* W, Index stride, const T* b, const T* x, T* y) {
  if constexpr (Lanes == 1) {
    T sum = b == nullptr ? T(0) : *b;
    for (Index j = 0; j < Columns; ++j) sum += W[j * stride] * x[j];
    *y = sum;
  } else {
    using P = typename Pack<T, Lanes>::type;
    std::array<P, 4> sums{};
    if (b != nullptr) load(sums[0], b);
    const auto add = [&](Index first, auto k) {
      P w;
      load(w, W + (first + k) * stride);
      sums[k] += w * x[first + k];
    };
    constexpr Index whole = Columns / 4 * 4;
#pragma GCC unroll 16
    for (Index j = 0; j < whole; j += 4) unrolled<4>([&](auto k) { add(j, k); });
    unrolled<Columns - whole>([&](auto k) { add(whole, k); });
    const P sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    store(sum, y);
  }
}

#ifdef __AVX512F__
/// The same for all of 16 rows, and for all of 4, whose four sums stand side by side in one register. x is read 16
/// numbers at a time: what the layer before has left in a register comes from there, where memory would make it wait.
template <Index Columns>
[[gnu::always_inline]] inline void sixteen_rows(const float* W, const float* b, const float* x, float* y) {
  std::array<Pack<float, 16>::type, 4> sums{};
  if (b != nullptr) sums[0] = _mm512_loadu_ps(b);
#pragma GCC unroll 4
  for (Index j = 0; j < Columns; j += 16)
    unrolled<4>([&](auto q) {
      const __m512 all = _mm512_loadu_ps(x + j), quarter = _mm512_shuffle_f32x4(all, all, 0x55 * q);
      unrolled<4>(
          [&](auto k) { sums[k] += _mm512_loadu_ps(W + 16 * (j + 4 * q + k)) * _mm512_permute_ps(quarter, 0x55 * k); });
    });
  _mm512_storeu_ps(y, (sums[0] + sums[1]) + (sums[2] + sums[3]));
}
template <Index Columns>
[[gnu::always_inline]] inline void four_rows(const float* W, const float* b, const float* x, float* y) {
  const __m512i rows = _mm512_set_epi32(3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
  __m512 sums = b == nullptr ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(0xf, b);
#pragma GCC unroll 16
  for (Index k = 0; k < Columns / 4; ++k) {
    const __m512i columns = _mm512_add_epi32(rows, _mm512_set1_epi32(static_cast<int>(k % 4 * 4)));
    sums += _mm512_loadu_ps(W + 16 * k) * _mm512_permutexvar_ps(columns, _mm512_loadu_ps(x + k / 4 * 16));
  }
  std::array<Pack<float, 4>::type, 4> quarters;
  std::memcpy(&quarters, &sums, sizeof(sums));
  _mm_storeu_ps(y, (quarters[0] + quarters[1]) + (quarters[2] + quarters[3]));
}
#endif

/// y = W x + b for Rows x Columns known to the compiler, from row First on; touches every column.
template <Index Rows, Index Columns, Index First = 0, class T, Index Lanes = line<T>>
[[gnu::always_inline]] inline void small_product(const T* W, const T* b, const T* x, T* y) {
#ifdef __AVX512F__
  if constexpr (std::is_same_v<T, float> && Columns % 16 == 0) {
    if constexpr (Rows == 4) return four_rows<Columns>(W, b, x, y);
    if constexpr (Rows == 16) return sixteen_rows<Columns>(W, b, x, y);
  }
#endif
  constexpr Index whole = (Rows - First) / Lanes, last = First + whole * Lanes;
  unrolled<whole>([&](auto k) {
    constexpr Index i = First + k * Lanes;
    small_rows<Lanes, Columns>(W + i, Rows, b == nullptr ? b : b + i, x, y + i);
  });
  if constexpr (last < Rows) small_product<Rows, Columns, last, T, Lanes / 2>(W, b, x, y);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
