// SPDX-License-Identifier: MIT
// The first numbers of a register, where fewer are left than it holds.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>
#include <utility>

#include <nn/kernels/registers.hpp>

namespace nn::kernels {
inline namespace NN_LEVEL {

#ifdef __AVX512F__
inline __m512 load_some(__mmask16 mask, const float* from) { return _mm512_maskz_loadu_ps(mask, from); }
inline __m512d load_some(__mmask16 mask, const double* from) {
  return _mm512_maskz_loadu_pd(static_cast<__mmask8>(mask), from);
}
inline void store_some(__mmask16 mask, float* to, __m512 numbers) { _mm512_mask_storeu_ps(to, mask, numbers); }
inline void store_some(__mmask16 mask, double* to, __m512d numbers) {
  _mm512_mask_storeu_pd(to, static_cast<__mmask8>(mask), numbers);
}
/// The first lanes of a register as a narrower one, or as the first of a wider one whose other lanes nobody reads.
template <Index Lanes, class T, class Numbers>
auto resized(const Numbers& numbers) {
  constexpr Index given = sizeof(Numbers) / sizeof(T);
  return [&]<int... Position>(std::integer_sequence<int, Position...>) {
    typename Pack<T, Lanes>::type other;
    shuffle<(Position < given ? Position : -1)...>(numbers, numbers, other);
    return other;
  }
  (std::make_integer_sequence<int, static_cast<int>(Lanes)>{});
}

/// Which of the first `count` of 16 numbers are not zero, a bit for each; NaN is not.
inline __mmask16 is_nonzero(const float* x, Index count) {
  const auto all = static_cast<__mmask16>((1U << static_cast<unsigned>(count)) - 1);
  return _mm512_cmp_ps_mask(load_some(all, x), _mm512_setzero_ps(), _CMP_NEQ_UQ);
}
inline __mmask16 is_nonzero(const double* x, Index count) {
  const auto half = [](const double* first, unsigned all) {
    return static_cast<unsigned>(
        _mm512_cmp_pd_mask(load_some(static_cast<__mmask16>(all), first), _mm512_setzero_pd(), _CMP_NEQ_UQ));
  };
  const unsigned all = (1U << static_cast<unsigned>(count)) - 1;
  return static_cast<__mmask16>(half(x, all) | half(x + 8, all >> 8U) << 8U);
}

/// Writes first + i for every bit i that is set, lowest first, and rubbish after them; returns how many those are.
inline Index collect(__mmask16 bits, Index first, std::uint32_t* to) {
  const __m512i ascending = _mm512_set_epi32(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512i numbers = _mm512_add_epi32(ascending, _mm512_set1_epi32(static_cast<std::int32_t>(first)));
  _mm512_storeu_si512(to, _mm512_maskz_compress_epi32(bits, numbers));
  return std::popcount(static_cast<std::uint16_t>(bits));
}
#endif

/// The first `count` numbers of a register, from memory, zeros after them.
template <Index Lanes, class T>
void load_first(typename Pack<T, Lanes>::type& pack, const T* from, Index count) {
  if (count == Lanes) {
    load(pack, from);
    return;
  }
#ifdef __AVX512F__
  pack = resized<Lanes, T>(load_some(static_cast<__mmask16>((1U << count) - 1), from));
#else
  pack = typename Pack<T, Lanes>::type{};
  if constexpr (Lanes > 1) {
    typename Pack<T, Lanes / 2>::type low{}, high{};
    const bool has_low = count >= Lanes / 2;
    if (has_low) load(low, from);
    load_first<Lanes / 2, T>(has_low ? high : low, has_low ? from + Lanes / 2 : from,
                             has_low ? count - Lanes / 2 : count);
    if constexpr (Lanes == 2)
      pack = typename Pack<T, Lanes>::type{low[0], high[0]};
    else
      [&]<int... Position>(std::integer_sequence<int, Position...>) { shuffle<Position...>(low, high, pack); }
    (std::make_integer_sequence<int, static_cast<int>(Lanes)>{});
  }
#endif
}

/// The first `count` numbers of a register, to memory.
template <Index Lanes, class T>
void store_first(const typename Pack<T, Lanes>::type& pack, T* to, Index count) {
  if (count == Lanes) {
    store(pack, to);
    return;
  }
#ifdef __AVX512F__
  store_some(static_cast<__mmask16>((1U << count) - 1), to, resized<line<T>, T>(pack));
#else
  if constexpr (Lanes > 1) {
    typename Pack<T, Lanes / 2>::type low, high;
    std::memcpy(&low, &pack, sizeof(low));
    std::memcpy(&high, reinterpret_cast<const char*>(&pack) + sizeof(low), sizeof(high));
    const bool has_low = count >= Lanes / 2;
    if (has_low) store(low, to);
    store_first<Lanes / 2, T>(has_low ? high : low, has_low ? to + Lanes / 2 : to, has_low ? count - Lanes / 2 : count);
  }
#endif
}

/// Which of the first `count` numbers, at most 64, are not zero, a bit for each; NaN is not.
template <class T>
std::uint64_t nonzero_bits(const T* x, Index count) {
  std::uint64_t bits = 0;
#ifdef __AVX512F__
  for (Index i = 0; i < count; i += 16)
    bits |= static_cast<std::uint64_t>(is_nonzero(x + i, std::min<Index>(16, count - i))) << i;
#else
  for (Index i = 0; i < count; ++i) bits |= static_cast<std::uint64_t>(x[i] != T(0)) << i;
#endif
  return bits;
}

/// Calls visit(first, count) for pieces of at most one register; to a visit of `auto count`, the compiler knows how
/// many numbers a full one has.
template <class T, class Visit>
void for_each_piece(Index size, Visit&& visit) {
  Index first = 0;
  for (; first + lanes<T> <= size; first += lanes<T>) visit(first, std::integral_constant<Index, lanes<T>>());
  if (first < size) visit(first, size - first);
}

/// to += from
template <class T>
void add_numbers(const T* from, Index size, T* to) {
  for_each_piece<T>(size, [&](Index first, Index count) {
    typename Pack<T, lanes<T>>::type a, b;
    load_first<lanes<T>, T>(a, from + first, count);
    load_first<lanes<T>, T>(b, to + first, count);
    a += b;
    store_first<lanes<T>, T>(a, to + first, count);
  });
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
