// SPDX-License-Identifier: MIT
// How far along a direction? To where f(t) <= f(0) + c1 t f'(0) and |f'(t)| <= c2 |f'(0)|, the strong Wolfe conditions.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

#include <nn/core/buffer.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// One point on a line, and what the function is there.
template <class T>
struct LinePoint {
  double step = 0;
  double value = 0;
  double slope = 0;  ///< along the line
  OwnVector<T> gradient;
};

/// Where the cubic with the values and slopes of two points is lowest, within limits; their middle where it is nowhere.
template <class T>
double cubic_minimum(const LinePoint<T>& a, const LinePoint<T>& b, double lowest, double highest) {
  const bool is_ordered = a.step <= b.step;
  const LinePoint<T>&left = is_ordered ? a : b, &right = is_ordered ? b : a;
  const double d1 = left.slope + right.slope - 3 * (left.value - right.value) / (left.step - right.step);
  const double square = d1 * d1 - left.slope * right.slope;
  if (square < 0) return (lowest + highest) / 2;
  const double d2 = std::sqrt(square);
  const double minimum =
      right.step - (right.step - left.step) * ((right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2));
  return is_finite(minimum) ? std::clamp(minimum, lowest, highest) : (lowest + highest) / 2;
}

/// Nocedal and Wright 2006, algorithms 3.5 and 3.6, with cubic interpolation. Allocates only when it is made.
template <class T>
class LineSearch {
 public:
  /// Of a function of so many parameters, in at most so many steps. A bracket in which no parameter moves by more than
  /// the tolerance is narrow enough.
  LineSearch(Index parameters, Index most_steps, double change_tolerance)
      : most_steps_(most_steps), change_tolerance_(change_tolerance) {
    for (LinePoint<T>* point : {&trial_, &bracket_[0], &bracket_[1]}) point->gradient.resize(parameters);
  }

  /// A point that fulfils the conditions, or the lowest one found, from a start where the slope is negative; `longest`
  /// is the largest part of the direction, and evaluate_at(t, point) writes what the function is after a step t. The
  /// caller may take the gradient of the point that is returned.
  template <class EvaluateAt>
  LinePoint<T>& operator()(const LinePoint<T>& start, double step, double longest, const EvaluateAt& evaluate_at) {
    value_at_start_ = start.value;
    slope_at_start_ = start.slope;
    LinePoint<T>&before = bracket_[0], &now = bracket_[1];
    before = start;
    before.step = 0;
    evaluate_at(step, now);
    for (Index tries = 0; tries < most_steps_; ++tries) {
      if (is_too_high(now) || (tries > 1 && now.value >= before.value)) return zoom(tries, longest, evaluate_at);
      if (is_flat_enough(now)) return now;
      if (now.slope >= 0) return zoom(tries, longest, evaluate_at);
      const double next = cubic_minimum(before, now, now.step + 0.01 * (now.step - before.step), now.step * 10);
      std::swap(before, now);
      evaluate_at(next, now);
    }
    before = start;
    before.step = 0;
    return bracket_[lowest()];
  }

 private:
  bool is_too_high(const LinePoint<T>& at) const {
    return at.value > value_at_start_ + 1e-4 * at.step * slope_at_start_;  // c1 of Nocedal and Wright
  }
  bool is_flat_enough(const LinePoint<T>& at) const { return std::abs(at.slope) <= -0.9 * slope_at_start_; }  // and c2

  std::size_t lowest() const { return bracket_[0].value <= bracket_[1].value ? 0 : 1; }

  // Narrows a bracket with such a point in it: algorithm 3.6.
  template <class EvaluateAt>
  LinePoint<T>& zoom(Index tries, double longest, const EvaluateAt& evaluate_at) {
    std::size_t low = lowest();
    bool is_slow = false;  // the last trial was near the end of the bracket
    for (; tries < most_steps_; ++tries) {
      LinePoint<T>&best = bracket_[low], &other = bracket_[1 - low];
      const double left = std::min(best.step, other.step), right = std::max(best.step, other.step);
      if ((right - left) * longest < change_tolerance_) break;
      double step = cubic_minimum(best, other, left, right);
      const double margin = 0.1 * (right - left);
      const bool is_near_end = std::min(right - step, step - left) < margin;
      if (is_near_end && (is_slow || step >= right || step <= left)) {
        step = right - step < step - left ? right - margin : left + margin;
        is_slow = false;
      } else {
        is_slow = is_near_end;
      }
      evaluate_at(step, trial_);
      if (is_too_high(trial_) || trial_.value >= best.value) {
        std::swap(other, trial_);
        low = lowest();
      } else {
        const bool is_done = is_flat_enough(trial_);
        if (!is_done && trial_.slope * (other.step - best.step) >= 0) std::swap(other, best);
        std::swap(best, trial_);
        if (is_done) break;
      }
    }
    return bracket_[low];
  }

  Index most_steps_;
  double change_tolerance_;
  double value_at_start_ = 0, slope_at_start_ = 0;
  LinePoint<T> trial_;
  std::array<LinePoint<T>, 2> bracket_;
};

}  // namespace nn::detail
