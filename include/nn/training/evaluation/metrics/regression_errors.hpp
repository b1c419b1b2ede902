// SPDX-License-Identifier: MIT
// How far are outputs from their targets? Mean absolute error, mean squared error, R^2, quantiles.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// Averages over samples and outputs, as scikit-learn with multioutput="uniform_average". NaN without a sample. Keeps
/// every error.
class RegressionErrors {
 public:
  /// Throws data_error for no output.
  explicit RegressionErrors(Index outputs) {
    if (outputs < 1) throw data_error("RegressionErrors: needs at least 1 output, got ", outputs, "; give it more");
    sums_.resize(static_cast<std::size_t>(outputs));
  }

  /// Outputs and targets (outputs x samples). Throws shape_error where sizes do not fit, data_error for a number that
  /// is not finite.
  template <class Outputs, class Targets>
  void add(const Eigen::DenseBase<Outputs>& outputs, const Eigen::DenseBase<Targets>& targets) {
    const auto expected = static_cast<Index>(sums_.size());
    if (outputs.rows() != expected || targets.rows() != expected || targets.cols() != outputs.cols())
      throw shape_error("RegressionErrors: outputs of ", outputs.rows(), " x ", outputs.cols(), " and targets of ",
                        targets.rows(), " x ", targets.cols(), " do not fit; give both as ", expected, " x samples");
    for (Index sample = 0; sample < outputs.cols(); ++sample) {
      ++samples_;
      for (Index i = 0; i < expected; ++i) {
        const auto target = static_cast<double>(targets.derived()(i, sample));
        const double error = static_cast<double>(outputs.derived()(i, sample)) - target;
        if (!is_finite(error))
          throw data_error("RegressionErrors: output ", i, " of sample ", sample, " misses its target by ", error,
                           "; both must be finite numbers");
        Sums& sums = sums_[static_cast<std::size_t>(i)];
        errors_.push_back(error);
        sums.signed_sum += error;
        sums.absolute += std::abs(error);
        sums.squared += error * error;
        // Welford 1962: the spread about the mean so far, without the difference of two large sums.
        const double from_mean = target - sums.target_mean;
        sums.target_mean += from_mean / samples_;
        sums.target_spread += from_mean * (target - sums.target_mean);
      }
    }
  }

  Index samples() const { return static_cast<Index>(samples_); }
  double mean_absolute_error() const { return mean_over_outputs(&Sums::absolute) / samples_; }
  double mean_squared_error() const { return mean_over_outputs(&Sums::squared) / samples_; }
  double root_mean_squared_error() const { return std::sqrt(mean_squared_error()); }

  /// Of outputs less targets: above 0 where the outputs are too large.
  double mean_error() const { return mean_over_outputs(&Sums::signed_sum) / samples_; }
  /// The largest absolute error of any output.
  double max_error() const {
    double largest = samples_ == 0 ? std::numeric_limits<double>::quiet_NaN() : 0;
    for (const double error : errors_) largest = std::max(largest, std::abs(error));
    return largest;
  }

  /// Below which the absolute errors of this share of the samples stay: 0.5 is the median. Between two samples it is
  /// interpolated, as numpy.quantile does; the mean over the outputs. Throws data_error for a share outside of 0..1.
  double absolute_error_quantile(double share) const {
    require_share(share);
    if (samples_ == 0) return std::numeric_limits<double>::quiet_NaN();
    double sum = 0;
    std::vector<double> sorted(static_cast<std::size_t>(samples_));
    for (std::size_t output = 0; output < sums_.size(); ++output) {
      for (std::size_t i = 0; i < sorted.size(); ++i) sorted[i] = std::abs(errors_[i * sums_.size() + output]);
      std::sort(sorted.begin(), sorted.end());
      const double position = share * static_cast<double>(sorted.size() - 1);
      const auto below = static_cast<std::size_t>(position), above = std::min(below + 1, sorted.size() - 1);
      sum += sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
    }
    return sum / static_cast<double>(sums_.size());
  }

  /// How good outputs are that are to lie above this share of the targets (Koenker and Bassett 1978): the mean of share
  /// x (t - y) above them and (1 - share) x (y - t) below. Throws data_error for a share outside of 0..1.
  double pinball_loss(double share) const {
    require_share(share);
    double sum = 0;
    for (const double error : errors_) sum += error < 0 ? -share * error : (1 - share) * error;
    return sum / static_cast<double>(sums_.size()) / samples_;
  }

  /// Of one output: the share of the targets' variance that the outputs explain, 1 - sum (y - t)^2 / sum (t - mean
  /// t)^2. Where the targets are all alike, 1 when they are met and 0 when not, as in scikit-learn; NaN below two
  /// samples.
  double r2(Index output) const {
    if (samples_ < 2) return std::numeric_limits<double>::quiet_NaN();
    const Sums& sums = sums_[static_cast<std::size_t>(output)];
    if (sums.target_spread == 0) return sums.squared == 0 ? 1 : 0;
    return 1 - sums.squared / sums.target_spread;
  }
  /// The mean over the outputs.
  double r2() const {
    double sum = 0;
    for (std::size_t i = 0; i < sums_.size(); ++i) sum += r2(static_cast<Index>(i));
    return sum / static_cast<double>(sums_.size());
  }

 private:
  // Over the samples.
  struct Sums {
    double signed_sum = 0, absolute = 0, squared = 0, target_mean = 0, target_spread = 0;
  };

  static void require_share(double share) {
    if (!(share >= 0 && share <= 1) || is_nan(share))
      throw data_error("RegressionErrors: a quantile is a share from 0 to 1, got ", share, "; 0.5 is the median");
  }

  double mean_over_outputs(double Sums::*number) const {
    double sum = 0;
    for (const Sums& sums : sums_) sum += sums.*number;
    return sum / static_cast<double>(sums_.size());
  }

  std::vector<Sums> sums_;      // one for each output
  std::vector<double> errors_;  // outputs x samples
  double samples_ = 0;
};

}  // namespace nn
