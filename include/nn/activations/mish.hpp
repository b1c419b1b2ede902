// SPDX-License-Identifier: MIT
// y = x tanh(log(1 + e^x))
#pragma once

#include <cmath>

#include <nn/kernels/stable.hpp>
#include <nn/layers/base/elementwise.hpp>

namespace nn {

/// A smooth, not monotonic ReLU (Misra 2019).
struct Mish : Elementwise<Mish> {
  static constexpr std::string_view name() { return "Mish"; }
  auto value(auto x) const { return stable::damped(x, share(x)); }
  /// t + x (1 - t^2) sigmoid(x), t = tanh(log(1 + e^x))
  auto slope(auto x, auto) const {
    using T = decltype(x);
    const T t = share(x);
    return t + stable::damped(x, T((1 - t * t) * stable::sigmoid(x)));
  }
  constexpr bool operator==(const Mish&) const = default;

 private:
  // tanh(log(1 + e)) = (e^2 + 2e) / (e^2 + 2e + 2) for e = e^x, and above 0 the same in e^-x.
  template <class T>
  static T share(T x) {
    using std::exp;
    const T e = exp(x < 0 ? x : T(-x));
    return x < 0 ? T(e * (e + 2) / (e * (e + 2) + 2)) : T((1 + 2 * e) / (1 + 2 * e * (1 + e)));
  }
};

}  // namespace nn
