// SPDX-License-Identifier: MIT
// What a network is given: samples in any form that users have them, as one contiguous block.
#pragma once

#include <concepts>
#include <iterator>
#include <type_traits>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/shape.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// An expression of Eigen's: a matrix, an array, a view, a sum.
template <class X>
concept MatrixExpression = requires(const X& x) {
  typename X::Scalar;
  x.derived();
  X::RowsAtCompileTime;
};

/// Numbers one after the other: a std::vector, an array, a std::span, a std::initializer_list.
template <class X>
concept NumberList = !MatrixExpression<X> && requires(const X& x) {
  { std::size(x) } -> std::integral;
  requires std::is_arithmetic_v<std::remove_cvref_t<decltype(*std::data(x))>>;
};

/// Matrices of Eigen's, one for each input of a graph, features x samples.
template <class X>
concept MatrixList = !MatrixExpression<X> && requires(const X& x) {
  { std::size(x) } -> std::integral;
  requires MatrixExpression<std::remove_cvref_t<decltype(*std::begin(x))>>;
};

/// What a list in braces of such matrices is taken as.
template <class T>
using MatrixRef = Eigen::Ref<const Matrix<T>>;

/// The inputs of a graph one above the other. Throws shape_error where they have different numbers of samples.
template <MatrixList X>
auto stacked(const X& inputs) {
  using T = typename std::remove_cvref_t<decltype(*std::begin(inputs))>::Scalar;
  Index rows = 0, row = 0, k = 0;
  const Index columns = std::size(inputs) == 0 ? 0 : std::begin(inputs)->cols();
  for (const auto& input : inputs) {
    if (input.cols() != columns)
      throw shape_error("input 0 has ", columns, " samples and input ", k, " has ", input.cols(),
                        "; give features x samples, one column for each sample in all of them");
    rows = checked_sum(rows, input.rows());
    ++k;
  }
  Matrix<T> all(rows, columns);
  for (const auto& input : inputs) {
    all.middleRows(row, input.rows()) = input;
    row += input.rows();
  }
  return all;
}

// The three below are instantiated where they are called, since they return auto: before anything that fails in turn.

/// Compiles where sizes known to the compiler fit; its message shows both numbers.
template <Index Given, Index Wanted>
constexpr auto require_features() {
  static_assert(
      Given == Wanted || Given == dynamic || Wanted == dynamic,
      "nn: a sample of `Given` features does not fit the network's Input of `Wanted`; give features x samples, "
      "one column each");
}
template <Index Given, Index Wanted>
constexpr auto require_targets() {
  static_assert(Given == Wanted || Given == dynamic || Wanted == dynamic,
                "nn: `Given` targets per sample do not fit the network's `Wanted` outputs; give outputs x samples, or "
                "class labels");
}
template <class Given, class Wanted>
constexpr auto require_scalar() {
  static_assert(std::is_same_v<Given, Wanted>,
                "nn: numbers of type `Given` do not fit a network of type `Wanted`; write x.template cast<Wanted>(), "
                "or std::vector<Wanted>(x.begin(), x.end())");
}

/// Samples for a network of numbers of type T and so many features, as an expression: features x samples as it is, a
/// list of numbers as the features of one sample, a list of matrices one above the other.
template <class T, Index Features, class X>
decltype(auto) as_matrix(const X& x) {
  static_assert(MatrixExpression<X> || NumberList<X> || MatrixList<X>,
                "nn: samples are a matrix of Eigen's, features x samples, one column each; a single one may be a "
                "std::vector, an array or a list of its features; several inputs of a graph are a list of matrices");
  if constexpr (MatrixExpression<X>) {
    require_scalar<typename X::Scalar, T>();
    require_features<X::RowsAtCompileTime, Features>();
    return x.derived();
  } else if constexpr (NumberList<X>) {
    using Number = std::remove_cvref_t<decltype(*std::data(x))>;
    require_scalar<Number, T>();
    return ConstVectorView<Number>(std::data(x), static_cast<Index>(std::size(x)));
  } else if constexpr (MatrixList<X>) {
    require_scalar<typename std::remove_cvref_t<decltype(*std::begin(x))>::Scalar, T>();
    return stacked(x);
  }
}

/// Whether the numbers of an Eigen expression lie in one contiguous column-major block.
template <class X>
bool is_contiguous([[maybe_unused]] const Eigen::DenseBase<X>& x) {
  constexpr bool is_row_major = (X::Flags & Eigen::RowMajorBit) != 0 && X::ColsAtCompileTime != 1;
  if constexpr ((X::Flags & Eigen::DirectAccessBit) != 0 && !is_row_major)
    return x.derived().innerStride() == 1 && (x.cols() == 1 || x.derived().outerStride() == x.rows());
  return false;
}

/// Such a block, which is that of the expression itself, or a copy in `memory`.
template <class X>
ConstMatrixView<typename X::Scalar> contiguous(const Eigen::DenseBase<X>& x, Buffer<typename X::Scalar>& memory) {
  if constexpr ((X::Flags & Eigen::DirectAccessBit) != 0)
    if (is_contiguous(x)) return {x.derived().data(), x.rows(), x.cols()};
  memory.reserve(checked_product(x.rows(), x.cols()));
  MatrixView<typename X::Scalar>(memory.data(), x.rows(), x.cols()) = x.derived();
  return {memory.data(), x.rows(), x.cols()};
}

/// Calls use(view) with the numbers of an Eigen expression in one contiguous column-major block, copied only where they
/// do not lie so already.
template <class X, class Use>
decltype(auto) with_contiguous(const Eigen::DenseBase<X>& x, Use&& use) {
  using T = typename X::Scalar;
  constexpr Index rows = X::RowsAtCompileTime, columns = X::ColsAtCompileTime;
  if constexpr ((X::Flags & Eigen::DirectAccessBit) != 0)
    if (is_contiguous(x)) return use(ConstMatrixView<T, rows, columns>(x.derived().data(), x.rows(), x.cols()));
  const OwnMatrix<T, dynamic, columns == 1 ? 1 : dynamic> copy = x.derived();
  return use(ConstMatrixView<T, rows, columns>(copy.data(), copy.rows(), copy.cols()));
}

}  // namespace nn
