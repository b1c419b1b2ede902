// SPDX-License-Identifier: MIT
// e^x, tanh x and 1 / (1 + e^-x) of many numbers at once.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <tuple>
#include <type_traits>

#include <nn/core/kernels.hpp>
#include <nn/core/product.hpp>

// Each number's result depends on that number alone, not on where it stands, so lengths and alignment do not matter.
// Polynomials and rational functions of Cephes (Moshier 1989, exp, expf, tanh, tanhf).
namespace nn::kernels {

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

/// The constants of the exponential for one number type.
template <class T>
struct Exponential;
template <>
struct Exponential<float> {
  static constexpr float highest = 89, lowest = -104;  // beyond them the result is infinite or 0
  static constexpr float ln2_high = 0.693359375F, ln2_low = -2.12194440e-4F;
  static constexpr float rounding = 0x1.8p23F;  // adding it leaves an integer in the lowest bits
  static constexpr std::int32_t mantissa_bits = 23, bias = 127;
  // e^r for |r| <= ln 2 / 2; neighbouring terms in pairs, so that they need not wait for each other
  static void of_remainder(const Numbers<float>& r, Numbers<float>& y) {
    const Numbers<float> z = r * r;
    const Numbers<float> low = 1.6666665459e-1F * r + 5.0000001201e-1F;
    const Numbers<float> middle = 8.3334519073e-3F * r + 4.1665795894e-2F;
    const Numbers<float> high = 1.9875691500e-4F * r + 1.3981999507e-3F;
    y = ((high * z + middle) * z + low) * z + (r + 1.0F);
  }
};
template <>
struct Exponential<double> {
  static constexpr double highest = 710, lowest = -746;
  static constexpr double ln2_high = 6.93145751953125e-1, ln2_low = 1.42860682030941723212e-6;
  static constexpr double rounding = 0x1.8p52;
  static constexpr std::int64_t mantissa_bits = 52, bias = 1023;
  static void of_remainder(const Numbers<double>& r, Numbers<double>& y) {
    const Numbers<double> z = r * r;
    const Numbers<double> p =
        ((1.26177193074810590878e-4 * z + 3.02994407707441961300e-2) * z + 9.99999999999999999910e-1) * r;
    const Numbers<double> q =
        ((3.00198505138664455042e-6 * z + 2.52448340349684104192e-3) * z + 2.27265548208155028766e-1) * z +
        2.00000000000000000005;
    y = 1.0 + 2.0 * (p / (q - p));
  }
};

/// e^x = m 2^n with n an integer, for x that does not leave the limits; NaN stays NaN.
template <class T>
void split_exponential(const Numbers<T>& x, Numbers<T>& m, Integers<T>& n) {
  using E = Exponential<T>;
  const Numbers<T> shifted = x * T(1.442695040888963407359924681) + E::rounding;
  const Numbers<T> whole = shifted - E::rounding;
  E::of_remainder(x - whole * E::ln2_high - whole * E::ln2_low, m);
  n = std::bit_cast<Integers<T>>(shifted) - std::bit_cast<Integers<T>>(Numbers<T>{} + E::rounding);
}

/// m 2^n, for 2^n that is a normal number
template <class T>
Numbers<T> scaled(const Numbers<T>& m, const Integers<T>& n) {
  return m * std::bit_cast<Numbers<T>>((n + Exponential<T>::bias) << Exponential<T>::mantissa_bits);
}

/// y = e^x; NaN stays NaN.
template <class T>
void exponential(const Numbers<T>& given, Numbers<T>& y) {
  using E = Exponential<T>;
  Numbers<T> x = given > E::highest ? Numbers<T>{} + E::highest : given;
  x = x < E::lowest ? Numbers<T>{} + E::lowest : x;
  Integers<T> n;
  split_exponential<T>(x, y, n);
  // 2^n in two factors, since n may lie outside the exponents there are.
  const Integers<T> half = n >> 1;
  y = scaled<T>(scaled<T>(y, half), n - half);
}

/// y = 1 / (1 + e^-x), as e^x / (1 + e^x) where x is negative, so that small results keep their digits.
template <class T>
void sigmoid(const Numbers<T>& x, Numbers<T>& y) {
  Numbers<T> e;
  exponential<T>(x < T(0) ? x : -x, e);
  y = (x < T(0) ? e : Numbers<T>{} + T(1)) / (T(1) + e);
}

/// tanh x - x for |x| < 0.625
inline void tanh_near_zero(const Numbers<float>& x, Numbers<float>& difference) {
  const Numbers<float> z = x * x;
  Numbers<float> p = -5.70498872745e-3F * z + 2.06390887954e-2F;
  p = p * z - 5.37397155531e-2F;
  p = p * z + 1.33314422036e-1F;
  p = p * z - 3.33332819422e-1F;
  difference = p * z * x;
}
inline void tanh_near_zero(const Numbers<double>& x, Numbers<double>& difference) {
  const Numbers<double> z = x * x;
  const Numbers<double> p = (-9.64399179425052238628e-1 * z - 9.92877231001918586564e1) * z - 1.61468768441708447952e3;
  const Numbers<double> q =
      ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3;
  difference = x * z * (p / q);
}

/// y = tanh x
template <class T>
void hyperbolic_tangent(const Numbers<T>& x, Numbers<T>& y) {
  Numbers<T> near_zero, m;
  Integers<T> n;
  tanh_near_zero(x, near_zero);
  const Numbers<T> magnitude = x < T(0) ? -x : x;
  // From 20 on, and from 10 on for floats, tanh is 1 to the last bit.
  split_exponential<T>(magnitude > T(20) ? Numbers<T>{} + T(40) : T(2) * magnitude, m, n);
  const Numbers<T> far = T(1) - T(2) / (scaled<T>(m, n) + T(1));
  y = magnitude < T(0.625) ? x + near_zero : (x < T(0) ? -far : far);
}

/// x = sqrt x for x >= 0, by Newton's iteration for 1 / sqrt x from a first guess in its bits (Lomont 2003); std::sqrt
/// sets errno, and so is worked out one number after the other.
template <class T>
void square_root(Numbers<T>& x) {
  using Integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  constexpr auto magic = static_cast<Integer>(sizeof(T) == 4 ? 0x5f375a86 : 0x5fe6eb50c7b537a9);
  const Integers<T> guess = magic - (std::bit_cast<Integers<T>>(x) >> 1);
  Numbers<T> inverse = std::bit_cast<Numbers<T>>(guess);
  for (int step = 0; step < (sizeof(T) == 4 ? 3 : 4); ++step) inverse *= T(1.5) - T(0.5) * x * inverse * inverse;
  const Numbers<T> root = x * inverse;
  x = root + T(0.5) * inverse * (x - root * root);
}

/// Calls function(pack of x, pack of y) until all numbers are done; a last pack that is not full is filled with zeros.
template <class T, class Function>
void for_each_pack(const T* x, T* y, Index count, Function&& function) {
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

/// Calls function(register of a, of b, ...) until all numbers are done, and writes back what is not const. The result
/// for a number does not depend on where it stands, so arrays may be cut into parts anywhere.
template <class T, class Function, class... Arrays>
void update_packs(Index count, Function&& function, Arrays*... arrays) {
  const auto update = [&](Index first, std::size_t bytes) {
    std::tuple<typename Pack<std::remove_const_t<Arrays>, lanes<T>>::type...> packs{};
    std::apply(
        [&](auto&... pack) {
          (std::memcpy(&pack, arrays + first, bytes), ...);
          function(pack...);
          const auto write_back = [&](auto* array, const auto& result) {
            if constexpr (!std::is_const_v<std::remove_pointer_t<decltype(array)>>)
              std::memcpy(array + first, &result, bytes);
          };
          (write_back(arrays, pack), ...);
        },
        packs);
  };
  Index i = 0;
  for (; i + lanes<T> <= count; i += lanes<T>) update(i, sizeof(Numbers<T>));
  if (i < count) update(i, static_cast<std::size_t>(count - i) * sizeof(T));
}

}  // namespace nn::kernels
