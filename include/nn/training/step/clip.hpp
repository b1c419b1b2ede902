// SPDX-License-Identifier: MIT
// g *= limit / |g| where the gradient g is longer than its limit, and limits for each of its numbers.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn {

/// The Euclidean norm, in double; several sums, so that no addition waits for another.
template <class T>
double norm_of(const T* numbers, Index count) {
  std::array<double, 8> sums{};
  Index k = 0;
  for (; k + 8 <= count; k += 8)
    for (std::size_t j = 0; j < 8; ++j) {
      const auto number = static_cast<double>(numbers[k + static_cast<Index>(j)]);
      sums[j] += number * number;
    }
  for (; k < count; ++k) sums[0] += static_cast<double>(numbers[k]) * static_cast<double>(numbers[k]);
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

/// Scales a longer gradient down to the norm `limit` (Pascanu et al. 2013, algorithm 1). Throws data_error where its
/// norm is not finite; `step` is the number of the step that it is for.
template <class T>
void clip_norm(VectorView<T> gradient, double limit, std::int64_t step) {
  const double norm = norm_of(gradient.data(), gradient.size());
  if (!is_finite(norm))
    throw data_error("step ", step, ": the norm of the gradient is ", norm,
                     ", which cannot be clipped; lower the learning rate, or scale the inputs to about -1..1");
  const auto factor = static_cast<T>(limit / norm);
  for (Index k = 0; k < gradient.size() && norm > limit; ++k) gradient[k] *= factor;
}

/// Limits every number to -limit..limit.
template <class T>
void clip_value(VectorView<T> gradient, double limit_of_each) {
  const auto limit = static_cast<T>(limit_of_each);
  for (Index k = 0; k < gradient.size(); ++k)
    gradient[k] = gradient[k] > limit ? limit : gradient[k] < -limit ? -limit : gradient[k];
}

}  // namespace nn
