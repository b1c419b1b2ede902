// SPDX-License-Identifier: MIT
// Layers that only models from elsewhere have: any order of numbers, numbers of the model's own, and plain arithmetic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <nn/activations/activation.hpp>
#include <nn/core/bit_cast.hpp>
#include <nn/core/hash.hpp>
#include <nn/core/layer.hpp>
#include <nn/layers/base/elementwise_merge.hpp>

namespace nn::detail::onnx {

inline void describe_shape(Shape shape, auto option) {
  option("height", shape.height);
  option("width", shape.width);
  option("channels", shape.channels);
}

/// y_i = x_k, where k is the place number i, or a constant: place -1 - j stands for number j of these. All slices,
/// transpositions, repetitions and borders are such. Where there are weights, y_i is the sum of `terms` such numbers,
/// each times its weight: resized images, and means of what is under a window.
struct Rearrange {
  Shape shape;
  std::vector<Index> places;
  std::vector<double> constants = {};
  Index terms = 1;
  std::vector<double> weights = {};

  static constexpr std::string_view name() { return "Rearrange"; }
  /// Throws shape_error where a place is not within the input.
  Shape output_shape(Shape input) const {
    for (const Index place : places)
      if (place >= input.size() || place < -static_cast<Index>(constants.size()))
        throw shape_error("Rearrange: place ", place, " is not within an input of ", input);
    return shape;
  }

  void forward(Shape, const auto&, const auto& x, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(x)>::Scalar;
    for (Index sample = 0; sample < x.cols(); ++sample)
      for (Index i = 0, at = 0; i < shape.size(); ++i) {
        T sum(0);
        for (Index k = 0; k < terms; ++k, ++at) {
          const Index place = places[static_cast<std::size_t>(at)];
          const T number =
              place >= 0 ? x.data()[sample * x.rows() + place] : T(constants[static_cast<std::size_t>(-1 - place)]);
          sum = weights.empty() ? number : T(sum + T(weights[static_cast<std::size_t>(at)]) * number);
        }
        y.data()[sample * shape.size() + i] = sum;
      }
  }
  void backward(Shape, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.input)>::Scalar;
    if (gradients.wanted == InputGradient::none) return;
    gradients.input.setZero();
    const Index input_size = values.input.rows();
    for (Index sample = 0; sample < values.input.cols(); ++sample)
      for (Index i = 0, at = 0; i < shape.size(); ++i)
        for (Index k = 0; k < terms; ++k, ++at)
          if (const Index place = places[static_cast<std::size_t>(at)]; place >= 0)
            gradients.input.data()[sample * input_size + place] +=
                gradients.output.data()[sample * shape.size() + i] *
                (weights.empty() ? T(1) : T(weights[static_cast<std::size_t>(at)]));
  }

  /// Of its many numbers a file has one, by which load() tells this layer from others.
  void describe(auto option) const {
    describe_shape(shape, option);
    option("terms", terms);
    Hash hash;
    for (const Index place : places) hash.add(static_cast<std::uint64_t>(place));
    for (const std::vector<double>* numbers : {&constants, &weights}) {
      hash.add(std::uint64_t{numbers->size()});
      for (const double number : *numbers) hash.add(bit_cast<std::uint64_t>(number));
    }
    option("hash", hash.value() >> 11);  // 53 bits, which a double holds
  }
  bool operator==(const Rearrange&) const = default;
};

/// y = W, which is learned, whatever x is: a constant of the model that arithmetic reads.
struct Learned {
  Shape shape;
  bool is_alone = false;  ///< in a model its numbers have the name of the layer, and not that with ".weight" behind it

  static constexpr std::string_view name() { return "Learned"; }
  Shape output_shape(Shape) const { return shape; }
  void tensors(Shape, auto tensor) const { tensor({"weight", 1, shape.size(), Role::weight}); }
  void forward(Shape, const auto& parameters, const auto&, auto&& y) const {
    for (Index sample = 0; sample < y.cols(); ++sample)
      for (Index i = 0; i < y.rows(); ++i) y.data()[sample * y.rows() + i] = parameters[i];
  }
  void input_gradient(Shape, const auto&, auto& gradients) const {
    if (gradients.wanted != InputGradient::none) gradients.input.setZero();
  }
  /// dW = dy, added up over the samples
  void add_parameter_gradient(Shape, const auto&, const auto& gradients, auto* target, auto scale, Shard shard) const {
    const Index size = shape.size(), last = shard.last(size);
    for (Index sample = 0; sample < gradients.output.cols(); ++sample)
      for (Index i = shard.first(size); i < last; ++i) target[i] += scale * gradients.output.data()[sample * size + i];
  }
  void describe(auto option) const { describe_shape(shape, option); }
  bool operator==(const Learned&) const = default;
};

/// y = a / b
struct Divide : ElementwiseMerge<Divide> {
  static constexpr std::string_view name() { return "Divide"; }
  static auto value(const auto& at, Index) { return at(0) / at(1); }
  static auto slope(const auto& at, Index, Index k, auto y) {
    return k == 0 ? decltype(y)(decltype(y)(1) / at(1)) : decltype(y)(-y / at(1));
  }
  constexpr bool operator==(const Divide&) const = default;
};

/// y = a ^ b
struct Power : ElementwiseMerge<Power> {
  static constexpr std::string_view name() { return "Power"; }
  static auto value(const auto& at, Index) {
    using std::pow;
    return pow(at(0), at(1));
  }
  static auto slope(const auto& at, Index, Index k, auto y) {
    using std::pow, std::log;
    using T = decltype(y);
    if (k == 1) return at(0) > T(0) ? T(y * log(at(0))) : T(0);
    return at(1) == T(0) ? T(0) : T(at(1) * pow(at(0), T(at(1) - T(1))));
  }
  constexpr bool operator==(const Power&) const = default;
};

/// y = a b, for each of `count` pairs of matrices, whose numbers stand row by row.
struct MatrixProduct {
  Shape shape;  ///< of y
  Index count = 1, rows = 1, inner = 1, columns = 1;

  static constexpr std::string_view name() { return "MatrixProduct"; }
  /// Throws shape_error unless there are two inputs with as many numbers as the matrices have.
  Shape output_shape(Shapes inputs) const {
    if (inputs.size() != 2 || inputs[0].size() != count * rows * inner || inputs[1].size() != count * inner * columns)
      throw shape_error("MatrixProduct: needs two inputs of ", count, " x ", rows, " x ", inner, " and ", count, " x ",
                        inner, " x ", columns, " numbers, and no others");
    return shape;
  }

  // Row by row is the transposed matrix column by column: y' = b' a'.
  void forward(Shapes, const auto&, const auto& inputs, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(y)>::Scalar;
    const auto a = inputs[0], b = inputs[1];
    for (Index k = 0; k < count * y.cols(); ++k)
      MatrixView<T>(y.data() + k * rows * columns, columns, rows).noalias() =
          ConstMatrixView<T>(b.data() + k * inner * columns, columns, inner)
              .lazyProduct(ConstMatrixView<T>(a.data() + k * rows * inner, inner, rows));
  }
  void input_gradient(Shapes, const auto& values, auto& gradients) const {
    using T = typename std::remove_cvref_t<decltype(values.output)>::Scalar;
    const auto a = values.input[0], b = values.input[1];
    auto of_a = gradients.input[0], of_b = gradients.input[1];
    for (Index k = 0; k < count * values.output.cols(); ++k) {
      const ConstMatrixView<T> dy(gradients.output.data() + k * rows * columns, columns, rows),
          from_a(a.data() + k * rows * inner, inner, rows), from_b(b.data() + k * inner * columns, columns, inner);
      MatrixView<T>(of_a.data() + k * rows * inner, inner, rows).noalias() = from_b.transpose().lazyProduct(dy);
      MatrixView<T>(of_b.data() + k * inner * columns, columns, inner).noalias() = dy.lazyProduct(from_a.transpose());
    }
  }

  void describe(auto option) const {
    describe_shape(shape, option);
    option("count", count);
    option("rows", rows);
    option("inner", inner);
    option("columns", columns);
  }
  bool operator==(const MatrixProduct&) const = default;
};

/// A function of one number and of two constants.
struct Formula {
  enum class Kind {  // files have their numbers, so new ones come last
    affine,          ///< a x + b
    power,           ///< x ^ a
    exponential,     ///< a ^ x
    divided,         ///< a / x
    absolute,        ///< |x|
    exp,
    log,
    sqrt,
    erf,
    lower_bound,         ///< max(x, a)
    upper_bound,         ///< min(x, a)
    clamped_line,        ///< max(0, min(1, a x + b)): HardSigmoid
    clamped_line_times,  ///< x times that: HardSwish
    scaled_elu,          ///< b x, or b a (e^x - 1) where x < 0
    celu,                ///< x, or a (e^(x / a) - 1) where x < 0
    above,               ///< x where it is above a, and 0
    shrunk,              ///< x nearer to 0 by b, and 0 between -a and a
    truncated            ///< the whole number at x, or the next one towards 0
  };
  Kind kind = Kind::affine;
  double a = 1, b = 0;

  static constexpr std::string_view name() { return "Formula"; }
  template <class X>
  X operator()(X x) const {
    using std::abs, std::erf, std::exp, std::expm1, std::log, std::max, std::min, std::pow, std::sqrt, std::trunc;
    const X p = X(a), q = X(b);
    const auto line = [&] { return max(X(0), min(X(1), X(p * x + q))); };
    switch (kind) {
      case Kind::affine:
        return X(p * x + q);
      case Kind::power:
        return a == 2 ? X(x * x) : pow(x, p);
      case Kind::exponential:
        return pow(p, x);
      case Kind::divided:
        return X(p / x);
      case Kind::absolute:
        return abs(x);
      case Kind::exp:
        return exp(x);
      case Kind::log:
        return log(x);
      case Kind::sqrt:
        return sqrt(x);
      case Kind::erf:
        return erf(x);
      case Kind::lower_bound:
        return max(x, p);
      case Kind::upper_bound:
        return min(x, p);
      case Kind::clamped_line:
        return line();
      case Kind::clamped_line_times:
        return X(x * line());
      case Kind::scaled_elu:
        return x > X(0) ? X(q * x) : X(q * p * expm1(x));
      case Kind::celu:
        return x > X(0) ? x : X(p * expm1(X(x / p)));
      case Kind::above:
        return x > p ? x : X(0);
      case Kind::shrunk:
        return x < -p ? X(x + q) : x > p ? X(x - q) : X(0);
      case Kind::truncated:
        return trunc(x);
    }
    return x;
  }
  static void for_each_option(auto& formula, auto option) {
    option("kind", formula.kind);
    option("a", formula.a);
    option("b", formula.b);
  }
  constexpr bool operator==(const Formula&) const = default;
};

}  // namespace nn::detail::onnx
