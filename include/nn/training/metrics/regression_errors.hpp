// SPDX-License-Identifier: MIT
// How far are outputs from their targets? Mean absolute error, mean squared error, and R^2.
#pragma once

#include <cmath>
#include <limits>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Averages over samples and outputs, as scikit-learn with multioutput="uniform_average". NaN without a sample.
class RegressionErrors {
 public:
  /// Throws data_error for no output.
  explicit RegressionErrors(Index outputs) {
    if (outputs < 1) throw data_error("RegressionErrors: needs at least 1 output, got ", outputs, "; give it more");
    absolute_.setZero(outputs);
    squared_ = target_mean_ = target_spread_ = absolute_;
  }

  /// Outputs and targets (outputs x samples). Throws shape_error where sizes do not fit, data_error for a number that
  /// is not finite.
  template <class Outputs, class Targets>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Eigen::DenseBase<Targets>& targets) {
    if (outputs.rows() != absolute_.size() || targets.rows() != outputs.rows() || targets.cols() != outputs.cols())
      throw shape_error("RegressionErrors: outputs of ", outputs.rows(), " x ", outputs.cols(), " and targets of ",
                        targets.rows(), " x ", targets.cols(), " do not fit; give both as ", absolute_.size(),
                        " x samples");
    for (Index sample = 0; sample < outputs.cols(); ++sample) {
      ++samples_;
      for (Index i = 0; i < outputs.rows(); ++i) {
        const auto target = static_cast<double>(targets.derived()(i, sample));
        const double error = static_cast<double>(outputs.derived()(i, sample)) - target;
        if (!is_finite(error))
          throw data_error("RegressionErrors: output ", i, " of sample ", sample, " misses its target by ", error,
                           "; both must be finite numbers");
        absolute_[i] += std::abs(error);
        squared_[i] += error * error;
        // Welford 1962: the spread about the mean so far, without the difference of two large sums.
        const double from_mean = target - target_mean_[i];
        target_mean_[i] += from_mean / samples_;
        target_spread_[i] += from_mean * (target - target_mean_[i]);
      }
    }
  }

  Index samples() const { return static_cast<Index>(samples_); }
  double mean_absolute_error() const { return absolute_.mean() / samples_; }
  double mean_squared_error() const { return squared_.mean() / samples_; }
  double root_mean_squared_error() const { return std::sqrt(mean_squared_error()); }

  /// Of one output: the share of the targets' variance that the outputs explain, 1 - sum (y - t)^2 / sum (t - mean
  /// t)^2. Where the targets are all alike, 1 when they are met and 0 when not, as in scikit-learn; NaN below two
  /// samples.
  double r2(Index output) const {
    if (samples_ < 2) return std::numeric_limits<double>::quiet_NaN();
    if (target_spread_[output] == 0) return squared_[output] == 0 ? 1 : 0;
    return 1 - squared_[output] / target_spread_[output];
  }
  /// The mean over the outputs.
  double r2() const {
    double sum = 0;
    for (Index i = 0; i < absolute_.size(); ++i) sum += r2(i);
    return sum / static_cast<double>(absolute_.size());
  }

 private:
  Vector<double> absolute_, squared_, target_mean_, target_spread_;  // per output, summed over the samples
  double samples_ = 0;
};

}  // namespace nn
