// SPDX-License-Identifier: MIT
// Functions whose textbook form overflows or cancels, written so that they do not; for float, double and dual numbers.
#pragma once

#include <cmath>
#include <type_traits>

#include <nn/kernels/elementary_functions.hpp>

namespace nn::stable {

/// 1 / (1 + e^-x)
template <class T>
T sigmoid(T x) {
  using std::exp;
  // exp of a number that is not positive cannot overflow, and both forms are the same function.
  const T e = exp(x < 0 ? x : T(-x));
  return x < 0 ? T(e / (1 + e)) : T(1 / (1 + e));
}

/// log(1 + e^x)
template <class T>
T softplus(T x) {
  using std::exp, std::log1p;
  return x < 0 ? T(log1p(T(exp(x)))) : T(x + log1p(T(exp(T(-x)))));
}

/// x times a factor that vanishes faster than x grows: 0 where it has vanished, also for an infinite x.
template <class T>
T damped(T x, T factor) {
  return factor == 0 ? T(0) : T(x * factor);
}

/// Whether x is a vector of floats or doubles that lie one after the other in memory.
template <class X>
inline constexpr bool is_contiguous = [] {
  using T = typename X::Scalar;
  if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>)
    if constexpr (requires(const X& x) { x.data(); })
      return bool(X::IsVectorAtCompileTime) && X::InnerStrideAtCompileTime == 1;
  return false;
}();

/// max_i x_i, of at least one number
template <class X>
typename X::Scalar maximum(const X& x) {
  if constexpr (is_contiguous<X>)
    if (x.size() >= 64) return kernels::maximum(x.data(), x.size());  // fewer are as fast one after the other
  typename X::Scalar largest = x(0);
  for (Index i = 1; i < x.size(); ++i)
    if (x(i) > largest) largest = x(i);
  return largest;
}

/// y_i = e^(x_i - shift); returns their sum.
template <class X, class Y>
typename X::Scalar exponentials(const X& x, const typename X::Scalar& shift, Y& y) {
  using std::exp;
  using T = typename X::Scalar;
  if constexpr (is_contiguous<X> && is_contiguous<Y> && std::is_same_v<T, typename Y::Scalar>) {
    return kernels::exponentials(x.data(), shift, x.size(), y.data());
  } else {
    T sum = 0;
    for (Index i = 0; i < x.size(); ++i) {
      const T e = exp(T(x(i) - shift));
      y(i) = e;
      sum += e;
    }
    return sum;
  }
}

/// log sum_i e^(x_i - shift). With the maximum as shift nothing overflows, and log softmax(x)_i = x_i - shift - this.
template <class X>
typename X::Scalar log_sum_exp(const X& x, const typename X::Scalar& shift) {
  using std::exp, std::log;
  using T = typename X::Scalar;
  if constexpr (is_contiguous<X>) {
    return log(kernels::exponentials<T>(x.data(), shift, x.size(), nullptr));
  } else {
    T sum = 0;
    for (Index i = 0; i < x.size(); ++i) sum += exp(T(x(i) - shift));
    return log(sum);
  }
}

}  // namespace nn::stable
