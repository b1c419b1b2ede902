// SPDX-License-Identifier: MIT
// Matrices and views of them. Columns are samples: Eigen is column-major, so a mini-batch is one contiguous block.
#pragma once

#include <Eigen/Core>

namespace nn {

using Index = Eigen::Index;

/// A size that is known only at run time, as std::dynamic_extent.
inline constexpr Index dynamic = Eigen::Dynamic;

/// By columns, whatever EIGEN_DEFAULT_TO_ROW_MAJOR says; a single row has no other order for Eigen than its own.
template <Index Rows, Index Columns>
inline constexpr int storage_order = Rows == 1 && Columns != 1 ? Eigen::RowMajor : Eigen::ColMajor;

template <class T, Index Rows = dynamic, Index Columns = dynamic>
using Matrix = Eigen::Matrix<T, Rows, Columns, storage_order<Rows, Columns>>;
template <class T, Index Rows = dynamic>
using Vector = Matrix<T, Rows, 1>;

/// Views never own: they are made when needed, from the flat vector, and not kept.
template <class T, Index Rows = dynamic, Index Columns = dynamic>
using MatrixView = Eigen::Map<Matrix<T, Rows, Columns>>;
template <class T, Index Rows = dynamic, Index Columns = dynamic>
using ConstMatrixView = Eigen::Map<const Matrix<T, Rows, Columns>>;
template <class T, Index Rows = dynamic>
using VectorView = Eigen::Map<Vector<T, Rows>>;
template <class T, Index Rows = dynamic>
using ConstVectorView = Eigen::Map<const Vector<T, Rows>>;

/// What an optimizer remembers of some parameters: one column for each number that it keeps per parameter.
template <class T>
using OptimizerState = Eigen::Map<Matrix<T>, 0, Eigen::OuterStride<>>;

}  // namespace nn
