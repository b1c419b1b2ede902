// SPDX-License-Identifier: MIT
// y_i = f(x_i): what all activations share that work on every number alone.
#pragma once

#include <nn/core/layer.hpp>
#include <nn/kernels/elementary_functions.hpp>

namespace nn {

/// An activation that computes one register of numbers at once.
template <class Activation, class T>
concept HasValues = std::is_floating_point_v<T> && requires(kernels::Numbers<T> pack) {
  Activation::template values<T>(pack, pack);
};

/// One that has a kernel for many numbers, which may be compiled for another processor than the program.
template <class Activation, class T>
concept HasAllValues = std::is_floating_point_v<T> && requires(const T* x, T* y) {
  Activation::all_values(x, Index(), y);
};

/// The base of such an activation, which gives `value(x)` and `slope(x, y)`, the derivative at x where the value was y.
/// It may also give `values<T>(x, y)`, the value of one register full of floats or doubles, and `all_values(x, count,
/// y)` with it; and say is_flat_where_zero: then nothing is read of the gradient where the output is zero, since the
/// layer behind may have left it unwritten.
template <class Activation>
struct Elementwise {
  static constexpr bool keeps_shape = true;
  constexpr Shape output_shape(Shape input) const { return input; }
  static constexpr Streaming streaming(Shape) { return each_step_alone; }

  void forward(Shape, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const auto& activation = static_cast<const Activation&>(*this);
    constexpr bool is_tiny = std::remove_cvref_t<decltype(x)>::SizeAtCompileTime != Eigen::Dynamic;
    if constexpr (!is_tiny && HasAllValues<Activation, T>) {
      Activation::all_values(x.data(), x.size(), y.data());
    } else if constexpr (HasValues<Activation, T>) {
      kernels::for_each_pack(x.data(), y.data(), x.size(),
                             [](const auto& from, auto& to) { Activation::template values<T>(from, to); });
    } else {
      for (Index i = 0; i < x.size(); ++i) y.data()[i] = activation.value(x.data()[i]);
    }
  }

  void backward(Shape, const auto& values, auto& gradients) const {
    if (gradients.wanted == InputGradient::none) return;
    const auto& activation = static_cast<const Activation&>(*this);
    const auto* x = values.input.data();
    const auto* y = values.output.data();
    const auto* dy = gradients.output.data();
    auto* dx = gradients.input.data();
    using T = std::remove_cvref_t<decltype(*dx)>;
    const bool is_flat = is_flat_where_zero(activation);
    for (Index i = 0, size = values.input.size(); i < size; ++i)
      dx[i] = is_flat && y[i] == T(0) ? T(0) : T(dy[i] * activation.slope(x[i], y[i]));
  }

  constexpr bool operator==(const Elementwise&) const = default;
};

}  // namespace nn
