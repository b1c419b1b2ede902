// SPDX-License-Identifier: MIT
// y = (x - offset) / scale, feature by feature: to mean 0 and deviation 1, or to lie between 0 and 1.
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <limits>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>
#include <nn/data/dataset.hpp>

namespace nn {

/// One offset and one scale per feature. Fit it to the training part alone, and apply it to all parts; or let
/// set_normalization(network, scaling) give it to the network's Normalize layer, with which it is saved.
struct Scaling {
  Vector<double> offset;
  Vector<double> scale;

  /// Columns are samples, as everywhere. Throws shape_error where the number of rows is another one.
  template <RealMatrix X>
  Matrix<typename X::Scalar> apply(const X& x) const {
    return changed(x, [&](double number, Index i) { return (number - offset[i]) / scale[i]; });
  }
  /// The other way: inverse(apply(x)) is x but for rounding.
  template <RealMatrix X>
  Matrix<typename X::Scalar> inverse(const X& y) const {
    return changed(y, [&](double number, Index i) { return number * scale[i] + offset[i]; });
  }
  /// The same samples with scaled inputs, in double; labels and targets stay as they are.
  template <std::same_as<Dataset> Data>
  Data apply(const Data& data) const {
    return data.with_inputs(apply(data.template inputs<double>()));
  }

  bool operator==(const Scaling& other) const {
    return offset.size() == other.offset.size() && scale.size() == other.scale.size() &&
           std::equal(offset.begin(), offset.end(), other.offset.begin()) &&
           std::equal(scale.begin(), scale.end(), other.scale.begin());
  }

 private:
  // Every number by change(number, its feature).
  template <class X>
  Matrix<typename X::Scalar> changed(const X& x, auto&& change) const {
    if (x.rows() != offset.size() || x.rows() != scale.size())
      throw shape_error("Scaling: ", x.rows(), " rows do not fit ", offset.size(), " offsets and ", scale.size(),
                        " scales; give features x samples, the features that it was fitted to");
    Matrix<typename X::Scalar> y = x;
    for (Index sample = 0; sample < y.cols(); ++sample)
      for (Index i = 0; i < y.rows(); ++i)
        y(i, sample) = static_cast<typename X::Scalar>(change(static_cast<double>(y(i, sample)), i));
    return y;
  }
};

namespace detail {

inline void require_whole_samples(const Dataset& data, const char* who) {
  if (!data.lengths().empty())
    throw data_error(who,
                     ": sequences of different lengths are filled up to the longest, which is no data; fit to the ",
                     "steps of all sequences side by side, features x steps");
}

// scaling_of(row) is a pair of offset and scale, the scale 0 where the feature is constant: it becomes 0, not NaN.
template <class Result, class X>
Result fit_scaling(const X& x, const char* who, auto&& scaling_of) {
  if (x.cols() < 1) throw data_error(who, ": got no samples; give at least 1");
  Result result;
  result.offset.resize(x.rows());
  result.scale.resize(x.rows());
  for (Index i = 0; i < x.rows(); ++i) {
    const Vector<double> row = x.row(i).transpose().template cast<double>();
    if (const Index wrong = first_not_finite(row.data(), row.size()); wrong < row.size())
      throw data_error(who, ": feature ", i, " of sample ", wrong, " is ", row[wrong], "; replace it by a number");
    std::pair<double, double> scaling{row[0], 1};
    if (row.minCoeff() < row.maxCoeff()) scaling = scaling_of(row);
    if (!is_finite(scaling.first) || !is_finite(scaling.second))
      throw data_error(who, ": feature ", i, " goes from ", row.minCoeff(), " to ", row.maxCoeff(),
                       ", too far to be added up; divide it by a power of ten first");
    result.offset[i] = scaling.first;
    result.scale[i] = scaling.second > 0 ? scaling.second : 1;
  }
  return result;
}

// What so many roundings may add up to, as where the same numbers are summed in another order.
inline double relative_rounding(Index count) {
  return static_cast<double>(count) * std::numeric_limits<double>::epsilon();
}

}  // namespace detail

/// To mean 0 and biased deviation 1 over the samples that it is fitted to (scikit-learn: StandardScaler). A feature
/// that is constant but for rounding has the scale 1.
struct Standardize : Scaling {
  /// Throws data_error where a number is not finite or too large.
  template <RealMatrix X>
  static Standardize fit(const X& x) {
    return fit(x, std::numeric_limits<typename X::Scalar>::epsilon());
  }
  template <std::same_as<Dataset> Data>
  static Standardize fit(const Data& data) {
    detail::require_whole_samples(data, "Standardize");
    return fit(data.template inputs<double>(), data.input_epsilon());
  }

 private:
  // The mean of n numbers is known to n roundings of a double, as in scikit-learn, and each of them to one of its type.
  static Standardize fit(const auto& x, double epsilon) {
    return detail::fit_scaling<Standardize>(x, "Standardize", [epsilon](const auto& row) {
      const double mean = row.mean(), variance = (row.array() - mean).square().mean();
      const double roundings = detail::relative_rounding(row.size());
      const double rounding = std::max(roundings, epsilon) * mean;
      const bool is_constant = is_finite(variance) && variance <= roundings * variance + rounding * rounding;
      return std::pair(mean, is_constant ? 0 : std::sqrt(variance));
    });
  }
};

/// The least of the samples that it is fitted to becomes 0, the largest 1 (scikit-learn: MinMaxScaler); later ones may
/// lie outside. A feature that is constant but for rounding has the scale 1: of large numbers that is one rounding, as
/// a bound that grew with them would take real differences for none (scikit-learn's does not grow at all).
struct MinMax : Scaling {
  /// Throws data_error where a number is not finite or too large.
  template <RealMatrix X>
  static MinMax fit(const X& x) {
    return fit(x, std::numeric_limits<typename X::Scalar>::epsilon());
  }
  template <std::same_as<Dataset> Data>
  static MinMax fit(const Data& data) {
    detail::require_whole_samples(data, "MinMax");
    return fit(data.template inputs<double>(), data.input_epsilon());
  }

 private:
  static MinMax fit(const auto& x, double epsilon) {
    return detail::fit_scaling<MinMax>(x, "MinMax", [epsilon](const auto& row) {
      const double least = row.minCoeff(), range = row.maxCoeff() - least, size = row.cwiseAbs().maxCoeff();
      const double roundings = std::max(detail::relative_rounding(row.size()), 10 * epsilon);
      const double rounding = std::max(epsilon * size, roundings * std::min(size, 1.0));
      return std::pair(least, range <= rounding ? 0 : range);
    });
  }
};

}  // namespace nn
