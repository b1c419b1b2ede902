// SPDX-License-Identifier: MIT
// How far are outputs from their targets? Mean absolute error, mean squared error, and R^2.
#pragma once

#include <cmath>
#include <limits>
#include <vector>

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
    double absolute = 0, squared = 0, target_mean = 0, target_spread = 0;
  };

  double mean_over_outputs(double Sums::*number) const {
    double sum = 0;
    for (const Sums& sums : sums_) sum += sums.*number;
    return sum / static_cast<double>(sums_.size());
  }

  std::vector<Sums> sums_;  // one for each output
  double samples_ = 0;
};

}  // namespace nn
