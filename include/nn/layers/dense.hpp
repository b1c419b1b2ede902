// SPDX-License-Identifier: MIT
// y = W x + b
#pragma once

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>

#include <nn/core/extent.hpp>
#include <nn/core/layer.hpp>
#include <nn/kernels/product.hpp>
#include <nn/kernels/small_product.hpp>
#include <nn/kernels/sparse_product.hpp>

namespace nn {

/// Dense<256, no_bias> and Dense{n, no_bias}: y = W x.
inline constexpr std::false_type no_bias{};

namespace detail {

// A Dense layer's arrays and what it does with them: once for all such layers of a program, whatever the compiler knows
// about their sizes. W is followed by b, where there is one.
template <class T>
struct DenseArrays {
  Index rows, columns, samples;
  bool has_bias;

  // y = W x + b
  void forward(const T* W, const T* x, T* y) const {
    for (Index sample = 0; sample < samples; ++sample)
      if (has_bias)
        std::copy_n(W + rows * columns, rows, y + sample * rows);
      else
        std::fill_n(y + sample * rows, rows, T(0));
    if (samples == 1)
      kernels::add_product(W, rows, columns, x, y);
    else
      kernels::add_product<T>(1, {W, 1, rows}, {x, 1, columns}, rows, columns, samples, y);
  }

  // dx = W' dy, as far as it is wanted
  void input_gradient(const T* W, const T* x, const T* dy, T* dx, InputGradient wanted) const {
    if (wanted == InputGradient::none) return;
    if (samples == 1) {
      kernels::input_gradient(W, rows, columns, x, dy, dx, wanted == InputGradient::where_nonzero);
    } else {
      std::fill_n(dx, columns * samples, T(0));
      kernels::add_product<T>(1, {W, rows, 1}, {dy, 1, rows}, columns, rows, samples, dx);
    }
  }

  // W += scale dy x', b += scale * (the sum of the columns of dy) for a shard: some columns of W, and b with the last
  void add_parameter_gradient(T* W, const T* x, const T* dy, T scale, Shard shard) const {
    const Index first = shard.first(columns), last = shard.last(columns);
    if (samples == 1)
      kernels::subtract_outer_product(W + first * rows, rows, last - first, x + first, dy, -scale);
    else
      kernels::add_product<T>(scale, {dy, 1, rows}, {x + first, columns, 1}, rows, samples, last - first,
                              W + first * rows);
    if (shard.is_last()) add_bias_gradient(W + rows * columns, dy, scale);
  }

  // Both with the whole gradient; for one sample in one pass over W.
  void descend(T* W, const T* x, const T* dy, T rate, T* dx, InputGradient wanted) const {
    if (samples == 1 && wanted != InputGradient::none) {
      kernels::descend(W, rows, columns, x, dy, rate, dx, wanted == InputGradient::where_nonzero);
      add_bias_gradient(W + rows * columns, dy, -rate);
    } else {
      input_gradient(W, x, dy, dx, wanted);
      add_parameter_gradient(W, x, dy, -rate, {});
    }
  }

 private:
  void add_bias_gradient(T* b, const T* dy, T scale) const {
    if (has_bias) kernels::add_bias_gradient(scale, dy, rows, samples, b);
  }
};

// The passes of all Dense layers: the views tell the sizes, so they do not depend on the type's.
template <bool HasBias>
struct DensePasses {
  void forward(Shape, const auto& parameters, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    const Index rows = y.rows(), columns = x.rows();
    const T* W = parameters.data();
    const T* b = W + rows * columns;
    if constexpr (!std::is_floating_point_v<T>) {  // dual numbers: the definition
      for (Index sample = 0; sample < x.cols(); ++sample)
        for (Index i = 0; i < rows; ++i) {
          T sum = HasBias ? b[i] : T(0);
          for (Index j = 0; j < columns; ++j) sum += W[j * rows + i] * x(j, sample);
          y(i, sample) = sum;
        }
    } else if constexpr (is_small_product<decltype(x), decltype(y)>) {
      kernels::small_product<std::remove_cvref_t<decltype(y)>::RowsAtCompileTime,
                             std::remove_cvref_t<decltype(x)>::RowsAtCompileTime>(W, HasBias ? b : nullptr, x.data(),
                                                                                  y.data());
    } else {
      DenseArrays<T>{rows, columns, x.cols(), HasBias}.forward(W, x.data(), y.data());
    }
  }

  /// Both halves of the way back, and W -= rate dW, b -= rate db, without ever writing dW: twice as fast for a sample.
  void descend(Shape, auto values, auto& gradients, auto rate) const {
    arrays_of(values).descend(values.parameters.data(), values.input.data(), gradients.output.data(), rate,
                              gradients.input.data(), gradients.wanted);
  }

  /// dx = W' dy, as far as it is wanted
  void input_gradient(Shape, const auto& values, auto& gradients) const {
    arrays_of(values).input_gradient(values.parameters.data(), values.input.data(), gradients.output.data(),
                                     gradients.input.data(), gradients.wanted);
  }

  /// dW = dy x', db = dy: target += scale times these. The target is this layer's parameters, or their gradient.
  void add_parameter_gradient(Shape, const auto& values, const auto& gradients, auto* target, auto scale,
                              Shard shard) const {
    arrays_of(values).add_parameter_gradient(target, values.input.data(), gradients.output.data(), scale, shard);
  }

  constexpr bool operator==(const DensePasses&) const = default;

 private:
  template <class V>
  using ScalarOf = typename std::remove_cvref_t<decltype(std::declval<V>().input)>::Scalar;

  // One sample, and so few weights that finding the zeros in x takes longer than multiplying by them.
  template <class X, class Y>
  static constexpr bool is_small_product = [] {
    constexpr Index columns = std::remove_cvref_t<X>::RowsAtCompileTime,
                    rows = std::remove_cvref_t<Y>::RowsAtCompileTime;
    return std::remove_cvref_t<X>::ColsAtCompileTime == 1 && rows != dynamic && columns != dynamic && columns <= 64 &&
           rows * columns <= 1024;
  }();

  static auto arrays_of(const auto& values) {
    return DenseArrays<ScalarOf<decltype(values)>>{values.output.rows(), values.input.rows(), values.input.cols(),
                                                   HasBias};
  }
};

}  // namespace detail

/// Every output sums every input. Units outputs, known to the compiler or given as Dense{n}. W is outputs x inputs, b
/// has one number per output. An image is read as its features. Throws shape_error where there are no units.
template <Index Units = dynamic, bool HasBias = true>
struct Dense : detail::DensePasses<HasBias> {
  [[no_unique_address]] Extent<Units> units;

  constexpr Dense() = default;
  constexpr explicit Dense(std::integral auto unit_count) requires(Units == dynamic)
      : units(static_cast<Index>(unit_count)) {}
  constexpr Dense(std::integral auto unit_count, std::bool_constant<HasBias>) requires(Units == dynamic)
      : units(static_cast<Index>(unit_count)) {}

  static constexpr std::string_view name() { return "Dense"; }

  constexpr Shape output_shape(Shape) const {
    if (units.value() < 1) throw shape_error("Dense: needs at least 1 unit, got ", units.value(), "; give it more");
    return Shape(units.value());
  }

  constexpr void tensors(Shape input, auto tensor) const {
    tensor({"weight", units.value(), input.size(), Role::weight});
    if (HasBias) tensor({"bias", units.value(), 1, Role::bias});
  }

  void initialize(Shape input, auto&& parameters, const Initializer& initializer, Random& random) const {
    using T = typename std::remove_cvref_t<decltype(parameters)>::Scalar;
    const Index rows = units.value(), columns = input.size();
    initializer(MatrixView<T>(parameters.data(), rows, columns), columns, rows, random);
    initializer.set_biases(parameters.tail(parameters.size() - rows * columns), columns, random);
  }

  static void for_each_option(auto& layer, auto option) {
    option("units", layer.units.value());
    option("bias", HasBias);
  }

  constexpr bool operator==(const Dense&) const = default;
};

template <std::integral Count>
Dense(Count) -> Dense<dynamic>;
template <std::integral Count>
Dense(Count, std::false_type) -> Dense<dynamic, false>;

}  // namespace nn
