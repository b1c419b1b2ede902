// SPDX-License-Identifier: MIT
// Numbers that are worked on together, in one register of the processor.
#pragma once

#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>
#include <utility>

#include <nn/core/views.hpp>

#ifdef __FMA__
#include <immintrin.h>
#endif

// What is compiled for one kind of processor has a name of its own: else a linker might take it for the same function
// compiled for another kind, or for the one that chooses between them (dispatch.hpp).
#if defined(__AVX512F__)
#define NN_LEVEL avx512
#elif defined(NN_DISPATCH) && defined(__x86_64__)
#if defined(__AVX2__) && defined(__FMA__)
#define NN_LEVEL avx2_dispatched
#elif defined(__AVX__)
#define NN_LEVEL avx_dispatched
#else
#define NN_LEVEL baseline_dispatched
#endif
#elif defined(__AVX2__) && defined(__FMA__)
#define NN_LEVEL avx2
#elif defined(__AVX__)
#define NN_LEVEL avx
#else
#define NN_LEVEL baseline
#endif

namespace nn::kernels {
inline namespace NN_LEVEL {

/// Some numbers in the compiler's vector type; processors with narrower registers use several.
template <class T, Index Lanes>
struct Pack;
template <Index Lanes>
struct Pack<float, Lanes> {
  typedef float type __attribute__((vector_size(Lanes * sizeof(float))));  // an alias would drop the attribute
};
template <Index Lanes>
struct Pack<double, Lanes> {
  typedef double type __attribute__((vector_size(Lanes * sizeof(double))));
};

/// The numbers in 64 bytes, one cache line.
template <class T>
inline constexpr Index line = static_cast<Index>(64 / sizeof(T));

#if defined(__AVX512F__)
inline constexpr Index register_bytes = 64;
#elif defined(__AVX__)
inline constexpr Index register_bytes = 32;
#else
inline constexpr Index register_bytes = 16;
#endif
/// The numbers in one of the processor's registers; not asked of Eigen, which may be told not to use them.
template <class T>
inline constexpr Index lanes = register_bytes / static_cast<Index>(sizeof(T));

template <class P, class T>
[[gnu::always_inline]] inline void load(P& pack, const T* numbers) {
  std::memcpy(&pack, numbers, sizeof(P));
}
template <class P, class T>
[[gnu::always_inline]] inline void store(const P& pack, T* numbers) {
  std::memcpy(numbers, &pack, sizeof(P));
}

/// Stops the compiler from reading memory again for a number that it has just read.
template <class P>
[[gnu::always_inline]] inline void keep_in_register([[maybe_unused]] P& pack) {
#if defined(__AVX512F__)
  asm("" : "+v"(pack));
#elif defined(__AVX__)
  asm("" : "+x"(pack));
#endif
}

/// sum += a b, rounded once where the processor can: compilers would choose loop by loop, and a sum would have other
/// bits in one of them than in another.
template <class P, class T>
[[gnu::always_inline]] inline void multiply_add(P& sum, const P& a, T b) {
  [[maybe_unused]] constexpr bool is_float = std::is_same_v<T, float>;
#ifdef __AVX512F__
  if constexpr (sizeof(P) == 64 && is_float) return void(sum = _mm512_fmadd_ps(a, _mm512_set1_ps(b), sum));
  if constexpr (sizeof(P) == 64 && !is_float) return void(sum = _mm512_fmadd_pd(a, _mm512_set1_pd(b), sum));
#endif
#ifdef __FMA__
  if constexpr (sizeof(P) == 32 && is_float) return void(sum = _mm256_fmadd_ps(a, _mm256_set1_ps(b), sum));
  if constexpr (sizeof(P) == 32 && !is_float) return void(sum = _mm256_fmadd_pd(a, _mm256_set1_pd(b), sum));
  if constexpr (sizeof(P) == 16 && is_float) return void(sum = _mm_fmadd_ps(a, _mm_set1_ps(b), sum));
  if constexpr (sizeof(P) == 16 && !is_float) return void(sum = _mm_fmadd_pd(a, _mm_set1_pd(b), sum));
  if constexpr (sizeof(P) == 8 && is_float) return void(sum = P{std::fma(a[0], b, sum[0]), std::fma(a[1], b, sum[1])});
  if constexpr (std::is_same_v<P, T>) return void(sum = std::fma(a, b, sum));
#endif
  sum += a * b;
}

/// Calls step(integral_constant 0), ..., step(integral_constant count - 1), so that arrays indexed so stay in
/// registers.
template <Index Count, class Step>
[[gnu::always_inline]] inline void unrolled(Step&& step) {
  [&]<Index... Position>(std::integer_sequence<Index, Position...>) __attribute__((always_inline)) {
    (step(std::integral_constant<Index, Position>{}), ...);
  }
  (std::make_integer_sequence<Index, Count>{});
}

/// to[i] = (a, b)[Position[i]], where (a, b) are the lanes of a and then those of b; -1 leaves a lane open.
template <int... Position, class From, class To>
[[gnu::always_inline]] inline void shuffle(const From& a, const From& b, To& to) {
#ifdef __CUDACC__  // nvcc does not expand a pack in the builtin
  const int count = static_cast<int>(sizeof(From) / sizeof(a[0]));
  const int lanes_from[] = {Position...};
  for (int i = 0; i < static_cast<int>(sizeof...(Position)); ++i)
    if (lanes_from[i] >= 0) to[i] = lanes_from[i] < count ? a[lanes_from[i]] : b[lanes_from[i] - count];
#else
  to = __builtin_shufflevector(a, b, Position...);
#endif
}

/// The sum of the lanes, pairwise.
template <Index Lanes, class T>
T sum_of_lanes(const typename Pack<T, Lanes>::type& pack) {
  if constexpr (Lanes == 2) {
    return pack[0] + pack[1];
  } else {
    typename Pack<T, Lanes / 2>::type low, high;
    std::memcpy(&low, &pack, sizeof(low));
    std::memcpy(&high, reinterpret_cast<const char*>(&pack) + sizeof(low), sizeof(high));
    low += high;
    return sum_of_lanes<Lanes / 2, T>(low);
  }
}

/// The same for several registers: sums[c] is that of the lanes of packs[c].
template <Index Lanes, class T, class Packs, std::size_t Count>
void sums_of_lanes(const Packs& packs, std::array<T, Count>& sums) {
#ifdef __AVX512F__  // four at a time, added in the same order
  if constexpr (std::is_same_v<T, float> && Lanes == 16 && Count == 4) {
    const auto add_halves = [](__m512 a, __m512 b) {  // of both, side by side
      return _mm512_shuffle_f32x4(a, b, 0x44) + _mm512_shuffle_f32x4(a, b, 0xee);
    };
    const __m512 two = add_halves(packs[0], packs[1]), more = add_halves(packs[2], packs[3]);
    __m512 four = _mm512_shuffle_f32x4(two, more, 0x88) + _mm512_shuffle_f32x4(two, more, 0xdd);
    four += _mm512_permute_ps(four, 0x4e);
    four += _mm512_permute_ps(four, 0xb1);
    _mm_storeu_ps(sums.data(), _mm512_castps512_ps128(_mm512_maskz_compress_ps(0x1111, four)));
    return;
  }
#endif
  for (std::size_t c = 0; c < Count; ++c) sums[c] = sum_of_lanes<Lanes, T>(packs[c]);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
