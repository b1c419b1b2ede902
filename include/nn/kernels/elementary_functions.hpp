// SPDX-License-Identifier: MIT
// e^x, tanh x, 1 / (1 + e^-x) and the sums of softmax, of many numbers at once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include <nn/core/bit_cast.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/rounding.hpp>
#include <nn/kernels/dispatch.hpp>
#include <nn/kernels/part_of_register.hpp>

// e^x, tanh x and 1 / (1 + e^-x) are within 2.5 units in the last place (ULP), for floats and doubles. Each number's
// result depends on that number alone, not on where it stands, so lengths and alignment do not matter. The rational
// function for doubles is that of fdlibm (Ng 1993, exp).
namespace nn::kernels {
inline namespace NN_LEVEL {

template <Index Lanes>
struct Pack<std::int32_t, Lanes> {
  typedef std::int32_t type __attribute__((vector_size(Lanes * sizeof(std::int32_t))));
};
template <Index Lanes>
struct Pack<std::int64_t, Lanes> {
  typedef std::int64_t type __attribute__((vector_size(Lanes * sizeof(std::int64_t))));
};

/// The vector of `lanes` numbers that one register holds, and the integers of the same size.
template <class T>
using Numbers = typename Pack<T, lanes<T>>::type;
template <class T>
using Integers = typename Pack<std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>, lanes<T>>::type;

/// Which numbers are NaN.
template <class T>
[[gnu::always_inline]] inline Integers<T> is_nan(const Numbers<T>& x) {
  if constexpr (!assumes_finite_math) return x != x;
  using Integer = std::remove_cvref_t<decltype(std::declval<Integers<T>>()[0])>;
  constexpr auto infinity = bit_cast<Integer>(std::numeric_limits<T>::infinity());
  return (bit_cast<Integers<T>>(x) & std::numeric_limits<Integer>::max()) > infinity;
}

/// y = NaN where x is.
template <class T>
[[gnu::always_inline]] inline void keep_nan(const Numbers<T>& x, Numbers<T>& y) {
  y = is_nan<T>(x) ? x : y;
}

/// The constants of the exponential for one number type.
template <class T>
struct Exponential;
template <>
struct Exponential<float> {
  static constexpr float highest = 89, lowest = -104;  // beyond them the result is infinite or 0
  static constexpr float ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;
  static constexpr std::int32_t mantissa_bits = 23, bias = 127;
  static constexpr float rounding = 0x1.8p23F + bias;  // adding it leaves an integer, and the bias, in the lowest bits
  // e^r - 1 for |r| <= ln 2 / 2, the polynomial of degree 6 whose largest relative error is least; neighbouring terms
  // in pairs, so that they need not wait for each other
  static void of_remainder(const Numbers<float>& r, Numbers<float>& y) {
    const Numbers<float> z = r * r;
    const Numbers<float> low = 1.666654348373413e-1F * r + 4.999999701976776e-1F;
    const Numbers<float> high = 8.366547524929047e-3F * r + 4.166720062494278e-2F;
    y = ((1.3882516650483012e-3F * z + high) * z + low) * z + r;
  }
};
template <>
struct Exponential<double> {
  static constexpr double highest = 710, lowest = -746;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr std::int64_t mantissa_bits = 52, bias = 1023;
  static constexpr double rounding = 0x1.8p52 + bias;
  static void of_remainder(const Numbers<double>& r, Numbers<double>& y) {
    const Numbers<double> z = r * r;
    const Numbers<double> high = 4.13813679705723846039e-8 * z - 1.65339022054652515390e-6;
    const Numbers<double> middle = 6.61375632143793436117e-5 * z - 2.77777777770155933842e-3;
    const Numbers<double> c = r - z * ((high * z * z + middle) * z + 1.66666666666666019037e-1);
    y = r * c / (2.0 - c) + r;
  }
};

/// e^x = (1 + m) 2^n with n an integer, for x that does not leave the limits; NaN stays NaN. The lowest bits of
/// `exponent` are n + bias. Where the digits of a large result do not matter, ln 2 need not be exact.
template <class T, bool IsExact = true>
[[gnu::always_inline]] inline void split_exponential(const Numbers<T>& x, Numbers<T>& m, Integers<T>& exponent) {
  using E = Exponential<T>;
  Numbers<T> shifted = x * T(1.442695040888963407359924681) + E::rounding;
  keep_order(shifted);
  Numbers<T> whole = shifted - E::rounding;
  keep_order(whole);
  if constexpr (IsExact) {
    Numbers<T> rest = x - whole * E::ln2_high;  // exact
    keep_order(rest);
    E::of_remainder(rest - whole * E::ln2_low, m);
  } else {
    E::of_remainder(x - whole * T(0.693147180559945309417232121), m);
  }
  exponent = bit_cast<Integers<T>>(shifted);
}

/// 2^n, where that is a normal number, for an integer whose lowest bits are n + bias
template <class T>
[[gnu::always_inline]] inline Numbers<T> power_of_two(const Integers<T>& exponent) {
  return bit_cast<Numbers<T>>(exponent << Exponential<T>::mantissa_bits);
}

/// y = e^x; NaN stays NaN.
template <class T>
void exponential(const Numbers<T>& given, Numbers<T>& y) {
  using E = Exponential<T>;
  Numbers<T> x = given > E::highest ? Numbers<T>{} + E::highest : given;
  x = x < E::lowest ? Numbers<T>{} + E::lowest : x;
  Integers<T> exponent;
  split_exponential<T>(x, y, exponent);
  // 2^n in two factors, since n may lie outside the exponents there are.
  const Integers<T> n = exponent - bit_cast<Integers<T>>(Numbers<T>{} + E::rounding);
  const Integers<T> half = n >> 1;
  y = (y + T(1)) * power_of_two<T>(half + E::bias);
  keep_order(y);
  y *= power_of_two<T>(n - half + E::bias);
  if constexpr (assumes_finite_math) keep_nan<T>(given, y);
}

/// y = 1 / (1 + e^-x), as e^x / (1 + e^x) where x is negative, so that small results keep their digits.
template <class T>
void sigmoid(const Numbers<T>& x, Numbers<T>& y) {
  Numbers<T> e;
  exponential<T>(x < T(0) ? x : -x, e);
  y = (x < T(0) ? e : Numbers<T>{} + T(1)) / (T(1) + e);
}

/// x = min(x, limit); NaN stays NaN.
template <class T>
[[gnu::always_inline]] inline void keep_below(T limit, Numbers<T>& x) {
#ifdef __AVX512F__  // has an instruction for just this, which the compiler does not find
  if constexpr (std::is_same_v<T, float>) {
    x = bit_cast<Numbers<T>>(_mm512_min_ps(_mm512_set1_ps(limit), bit_cast<__m512>(x)));
    return;
  }
#endif
  x = x > limit ? Numbers<T>{} + limit : x;
}

/// y = tanh x = (e^2x - 1) / (e^2x + 1), where e^2x - 1 = 2^n m + (2^n - 1) keeps the digits of small x.
template <class T>
[[gnu::always_inline]] inline void hyperbolic_tangent(const Numbers<T>& x, Numbers<T>& y) {
  const Integers<T> bits = bit_cast<Integers<T>>(x);
  const Integers<T> sign = bits & std::numeric_limits<std::remove_cvref_t<decltype(bits[0])>>::min();
  const Numbers<T> magnitude = bit_cast<Numbers<T>>(bits ^ sign);
  // From 20 on, and from 10 on for floats, tanh is 1 to the last bit.
  Numbers<T> doubled = magnitude + magnitude, m;
  keep_below(T(40), doubled);
  Integers<T> exponent;
  split_exponential<T, false>(doubled, m, exponent);
  const Numbers<T> power = power_of_two<T>(exponent);
  Numbers<T> power_less_one = power - T(1);
  keep_order(power_less_one);
  const Numbers<T> less_one = power * m + power_less_one;
  const Numbers<T> result = less_one / (less_one + T(2));
  y = bit_cast<Numbers<T>>(bit_cast<Integers<T>>(result) | sign);
  if constexpr (assumes_finite_math) keep_nan<T>(x, y);
}

/// x = sqrt x for x >= 0, by Newton's iteration for 1 / sqrt x from a first guess in its bits (Lomont 2003); std::sqrt
/// sets errno, and so is computed one number after the other.
template <class T>
void square_root(Numbers<T>& x) {
  using Integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  constexpr auto magic = static_cast<Integer>(sizeof(T) == 4 ? 0x5f375a86 : 0x5fe6eb50c7b537a9);
  const Integers<T> guess = magic - (bit_cast<Integers<T>>(x) >> 1);
  Numbers<T> inverse = bit_cast<Numbers<T>>(guess);
  for (int step = 0; step < (sizeof(T) == 4 ? 3 : 4); ++step) {
    Numbers<T> half = T(0.5) * x * inverse;
    keep_order(half);  // inverse * inverse alone may be infinite
    inverse *= T(1.5) - half * inverse;
  }
  Numbers<T> root = x * inverse;
  keep_order(root);
  x = root + T(0.5) * inverse * (x - root * root);
}

/// Calls function(pack of x, pack of y) until all numbers are done; a last pack that is not full is filled with zeros.
template <class T, class Function>
[[gnu::always_inline]] inline void for_each_pack(const T* x, T* y, Index count, Function&& function) {
  Numbers<T> from, to;
  Index i = 0;
  for (; i + lanes<T> <= count; i += lanes<T>) {
    load(from, x + i);
    function(from, to);
    store(to, y + i);
  }
  if (i < count) {
    const auto bytes = static_cast<std::size_t>(count - i) * sizeof(T);
    from = Numbers<T>{};
    std::memcpy(&from, x + i, bytes);
    function(from, to);
    std::memcpy(y + i, &to, bytes);
  }
}

/// y_i = tanh x_i
template <class T>
void hyperbolic_tangents(const T* x, Index count, T* y) {
  for_each_pack(x, y, count, [](const auto& from, auto& to) { hyperbolic_tangent<T>(from, to); });
}
/// y_i = 1 / (1 + e^-x_i)
template <class T>
void sigmoids(const T* x, Index count, T* y) {
  for_each_pack(x, y, count, [](const auto& from, auto& to) { sigmoid<T>(from, to); });
}

/// The first `count` numbers of a register, and zeros after them.
template <class T>
[[gnu::always_inline]] inline void keep_first(Numbers<T>& numbers, Index count) {
  using Integer = std::remove_cvref_t<decltype(std::declval<Integers<T>>()[0])>;
  Integers<T> places;
  for (Index i = 0; i < lanes<T>; ++i) places[i] = static_cast<Integer>(i);
  numbers = places < static_cast<Integer>(count) ? numbers : Numbers<T>{};
}

/// max_i x_i of at least one register full; what is NaN is passed over, unless it is the first.
template <class T>
T maximum(const T* x, Index count) {
  Numbers<T> largest = Numbers<T>{} + *x, numbers;
  for (Index i = 0; i < count; i += lanes<T>) {
    load(numbers, x + std::min(i, count - lanes<T>));
    largest = numbers > largest ? numbers : largest;
  }
  T result = largest[0];
  for (Index i = 1; i < lanes<T>; ++i)
    if (largest[i] > result) result = largest[i];
  return result;
}

/// y_i = e^(x_i - shift), where y is not null. Returns their sum, kept as one partial sum for each number of a cache
/// line.
template <class T>
T exponentials(const T* x, T shift, Index count, T* y) {
  std::array<Numbers<T>, static_cast<std::size_t>(line<T> / lanes<T>)> sums{};
  for_each_piece<T>(count, [&](Index first, Index some) {
    Numbers<T> numbers, results;
    load_first<lanes<T>, T>(numbers, x + first, some);
    numbers -= shift;
    if (some < lanes<T>) keep_first<T>(numbers, some);  // or what is beyond the end may overflow
    exponential<T>(numbers, results);
    if (y != nullptr) store_first<lanes<T>, T>(results, y + first, some);
    if (some < lanes<T>) keep_first<T>(results, some);
    sums[static_cast<std::size_t>(first % line<T> / lanes<T>)] += results;
  });
  typename Pack<T, line<T>>::type all;
  std::memcpy(&all, &sums, sizeof(all));
  return sum_of_lanes<line<T>, T>(all);
}

/// Calls function(register of a, of b, ...) until all numbers are done, and writes back what is not const. The result
/// for a number does not depend on where it stands, so arrays may be cut into parts anywhere.
template <class T, class Function, class... Arrays>
void update_packs(Index count, Function&& function, Arrays*... arrays) {
  const auto update = [&]<std::size_t... Position>(Index first, std::size_t bytes, std::index_sequence<Position...>) {
    std::array<Numbers<T>, sizeof...(Arrays)> packs{};
    (std::memcpy(&packs[Position], arrays + first, bytes), ...);
    function(packs[Position]...);
    const auto write_back = [&](auto* array, const auto& result) {
      if constexpr (!std::is_const_v<std::remove_pointer_t<decltype(array)>>)
        std::memcpy(array + first, &result, bytes);
    };
    (write_back(arrays, packs[Position]), ...);
  };
  constexpr std::index_sequence_for<Arrays...> all{};
  Index i = 0;
  for (; i + lanes<T> <= count; i += lanes<T>) update(i, sizeof(Numbers<T>), all);
  if (i < count) update(i, static_cast<std::size_t>(count - i) * sizeof(T), all);
}

}  // namespace NN_LEVEL
}  // namespace nn::kernels
