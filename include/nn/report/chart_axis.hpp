// SPDX-License-Identifier: MIT
// Where numbers lie on an axis of a chart, and which of them are written there.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include <nn/core/finite.hpp>

namespace nn::detail {

/// From the least number to the largest, linear or logarithmic.
class ChartAxis {
 public:
  ChartAxis(double low, double high) : low_(low), high_(high) {}

  /// Around all finite numbers with a little room. Logarithmic where that is allowed, and the largest is more than 30
  /// times the least, which is above 0.
  static ChartAxis around(std::span<const double> numbers, bool may_be_logarithmic, double room = 0.05) {
    double low = std::numeric_limits<double>::max(), high = -low;
    for (const double number : numbers) {
      if (!is_finite(number)) continue;
      low = std::min(low, number);
      high = std::max(high, number);
    }
    if (low > high) return {0, 1};
    ChartAxis axis(low, high);
    axis.is_logarithmic_ = may_be_logarithmic && low > 0 && high / low > 30;
    if (axis.is_logarithmic_) {
      const double factor = std::pow(high / low, room);
      return axis.with_ends(low / factor, high * factor);
    }
    if (low == high)
      return axis.with_ends(low - std::max(0.5, std::abs(low) / 2), high + std::max(0.5, std::abs(high) / 2));
    const double margin = room * (high - low);
    return axis.with_ends(low >= 0 && low < margin ? 0 : low - margin, high + margin);
  }

  double low() const { return low_; }
  double high() const { return high_; }
  bool is_logarithmic() const { return is_logarithmic_; }

  /// 0 at the low end, 1 at the high one.
  double position(double number) const {
    if (is_logarithmic_) return std::log(number / low_) / std::log(high_ / low_);
    return (number - low_) / (high_ - low_);
  }

  /// Round numbers within, some five of them, or powers of ten and what lies between.
  std::vector<double> ticks() const {
    std::vector<double> all;
    if (is_logarithmic_) {
      const double decades = std::log10(high_ / low_);
      for (double power = std::floor(std::log10(low_)); power <= std::ceil(std::log10(high_)); ++power)
        for (const double digit : {1.0, 2.0, 5.0}) {
          const double tick = digit * std::pow(10.0, power);
          if (tick >= low_ && tick <= high_ && (digit == 1 || decades < 2.5)) all.push_back(tick);
        }
      return all;
    }
    const double step = round_step((high_ - low_) / 5);
    for (double k = std::ceil(low_ / step - 1e-9); k * step <= high_ + 1e-9 * step; ++k) all.push_back(k * step);
    return all;
  }

 private:
  ChartAxis with_ends(double low, double high) const {
    ChartAxis axis = *this;
    axis.low_ = low;
    axis.high_ = high;
    return axis;
  }
  // 1, 2 or 5 times a power of ten, not below.
  static double round_step(double least) {
    const double power = std::pow(10.0, std::floor(std::log10(least)));
    for (const double digit : {1.0, 2.0, 5.0})
      if (digit * power >= least) return digit * power;
    return 10 * power;
  }

  double low_, high_;
  bool is_logarithmic_ = false;
};

}  // namespace nn::detail
