// SPDX-License-Identifier: MIT
// A time series as samples: some steps in a row, and what comes after them.
#pragma once

#include <algorithm>
#include <utility>

#include <nn/data/dataset.hpp>

namespace nn {

/// Every window of `length` steps of a series (features x steps), as a sequence of the shape 1 x length x features,
/// with the `ahead` steps after it as its targets, a step's features side by side. Windows overlap and come in the
/// order of time, so split them with {.chronological = true}. Throws data_error where the series is shorter than one
/// window and what comes after it, or a number is not finite.
template <class X>
Dataset windows(const Eigen::DenseBase<X>& series, Index length, Index ahead = 1) {
  using T = typename X::Scalar;
  const Index features = series.rows(), steps = series.cols();
  if (length < 1 || ahead < 1 || length > steps || ahead > steps - length)
    throw data_error("windows: ", length, " steps and ", ahead, " ahead do not fit a series of ", steps,
                     " steps; give lengths of at least 1, and a series of features x steps");
  const Matrix<T> numbers = series.derived();
  const Index count = steps - length - ahead + 1;
  Matrix<T> inputs(checked_product(features, length), count), targets(checked_product(features, ahead), count);
  for (Index i = 0; i < count; ++i) {
    std::copy_n(numbers.data() + i * features, inputs.rows(), inputs.data() + i * inputs.rows());
    std::copy_n(numbers.data() + (i + length) * features, targets.rows(), targets.data() + i * targets.rows());
  }
  return Dataset(Shape(1, length, features), std::move(inputs), std::move(targets));
}

}  // namespace nn
