// SPDX-License-Identifier: MIT
// t'_i = (1 - e) t_i + e / n: targets that are sure of nothing
#pragma once

#include <nn/core/options.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// The targets of one sample, smoothed (Szegedy et al. 2016, section 7), as PyTorch does it.
template <class T, class Target>
struct SmoothedTarget {
  const Target& target;
  T kept, added;

  SmoothedTarget(const Target& given, double smoothing, Index classes)
      : target(given), kept(T(1 - smoothing)), added(T(smoothing / static_cast<double>(classes))) {}
  T operator()(Index i) const { return kept * target(i) + added; }
};

/// Throws data_error where the share makes no sense.
template <class Number>
void validate_label_smoothing(const char* who, double smoothing) {
  if (!is_finite(smoothing) || smoothing < 0 || smoothing > 1)
    throw data_error(who, ": label smoothing must be a share from 0 to 1, got ", smoothing,
                     "; 0.1 is usual, 0 is none");
  require_number<Number>(who, "label smoothing", smoothing, "0.1 is usual, 0 is none");
}

}  // namespace nn::detail
