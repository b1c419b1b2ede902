// SPDX-License-Identifier: MIT
// d = -H g, x += t d: the steps that Newton's method would take, its inverse Hessian H made from the last few steps
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <utility>
#include <vector>

#include <nn/core/buffer.hpp>
#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/options.hpp>
#include <nn/core/views.hpp>
#include <nn/training/fit/line_search.hpp>

namespace nn {

/// Limited-memory BFGS (Nocedal and Wright 2006, algorithm 7.4) with a line search for the strong Wolfe conditions
/// (algorithms 3.5 and 3.6), as PyTorch's LBFGS with 'strong_wolfe'. For functions without noise: all samples at once.
struct LBFGS {
  Index memory = 10;                 ///< steps that H is made from, two vectors each; 10 as SciPy's L-BFGS-B
  Index iterations = 100;            ///< at most
  double gradient_tolerance = 1e-7;  ///< ends where no part of the gradient is larger, as PyTorch
  double change_tolerance = 1e-9;    ///< ends where no parameter, or where the value, changes by more, as PyTorch
  Index line_search_steps = 25;      ///< at most, per iteration, as PyTorch

  /// Throws data_error where an option makes no sense.
  void validate() const {
    require_some("LBFGS", "the memory", memory, "10 is usual");
    require_some("LBFGS", "the number of iterations", iterations, "100 is usual");
    require_not_negative("LBFGS", "the tolerance of the gradient", gradient_tolerance, "1e-7 is usual");
    require_not_negative("LBFGS", "the tolerance of the change", change_tolerance, "1e-9 is usual");
    require_some("LBFGS", "the number of steps of a line search", line_search_steps, "25 is usual");
  }
};

/// How far minimize() has come.
struct Minimization {
  double value = 0;
  double largest_slope = 0;  ///< of the gradient's parts
  Index iterations = 0;
  Index evaluations = 0;
};

namespace detail {

/// Sums in double, whatever the parameters are.
template <class A, class B>
double dot(const A& a, const B& b) {
  return a.template cast<double>().dot(b.template cast<double>());
}

template <class A>
double largest_magnitude(const A& a) {
  return a.size() == 0 ? 0 : static_cast<double>(a.cwiseAbs().maxCoeff());
}

/// The memory of a minimization.
template <class T, class Evaluate>
class LBFGSSearch {
 public:
  LBFGSSearch(Evaluate& evaluate, VectorView<T> parameters, const LBFGS& options)
      : evaluate_(evaluate),
        options_(options),
        parameters_(parameters),
        point_(parameters),
        direction_(OwnVector<T>::Zero(parameters.size())),
        steps_(parameters.size(), options.memory),
        changes_(parameters.size(), options.memory),
        inverse_curvatures_(options.memory),
        shares_(options.memory),
        search_line_(parameters.size(), options.line_search_steps, options.change_tolerance) {
    start_.gradient.resize(point_.size());
    evaluate_at(0, start_);
    if (!is_finite(start_.value) || first_not_finite(start_.gradient.data(), start_.gradient.size()) < point_.size())
      throw data_error("LBFGS: the function or its gradient is not finite at the start, its value is ", start_.value,
                       "; start from other parameters");
    update_progress();
  }

  const Minimization& progress() const { return progress_; }

  bool is_done() const { return is_done_; }

  /// One direction and the search along it.
  void iterate() {
    ++progress_.iterations;
    set_direction();
    start_.slope = dot(start_.gradient, direction_);
    is_done_ = !is_finite(start_.slope) || start_.slope > -options_.change_tolerance;
    if (is_done_) return;
    const bool is_first = progress_.iterations == 1;
    const double size = start_.gradient.template cast<double>().cwiseAbs().sum();
    const double longest = largest_magnitude(direction_);
    LinePoint<T>& found = search_line_(start_, is_first ? std::min(1.0, 1 / size) : 1.0, longest,
                                       [&](double step, LinePoint<T>& at) { evaluate_at(step, at); });

    const T step = static_cast<T>(found.step);
    parameters_ += step * direction_;
    remember(step, found.gradient);
    const double change = std::abs(found.value - start_.value);
    std::swap(start_, found);
    update_progress();
    if (change < options_.change_tolerance ||
        longest * std::abs(static_cast<double>(step)) <= options_.change_tolerance)
      is_done_ = true;
  }

 private:
  void update_progress() {
    progress_.value = start_.value;
    progress_.largest_slope = largest_magnitude(start_.gradient);
    is_done_ = progress_.largest_slope <= options_.gradient_tolerance;
  }

  void evaluate_at(double step, LinePoint<T>& at) {
    point_ = parameters_ + static_cast<T>(step) * direction_;
    at.step = step;
    at.value = static_cast<double>(evaluate_(ConstVectorView<T>(point_.data(), point_.size()),
                                             VectorView<T>(at.gradient.data(), at.gradient.size())));
    at.slope = dot(at.gradient, direction_);
    if (!is_finite(at.value) || !is_finite(at.slope)) at.value = std::numeric_limits<double>::infinity();  // too far
    ++progress_.evaluations;
  }

  /// d = -H g by the two loops of algorithm 7.4; the oldest step is the first.
  void set_direction() {
    direction_ = -start_.gradient;
    const auto column = [&](Index k) { return (first_ + k) % options_.memory; };
    for (Index k = remembered_ - 1; k >= 0; --k) {
      const Index j = column(k);
      shares_[j] = dot(steps_.col(j), direction_) * inverse_curvatures_[j];
      direction_ -= static_cast<T>(shares_[j]) * changes_.col(j);
    }
    direction_ *= static_cast<T>(scale_);
    for (Index k = 0; k < remembered_; ++k) {
      const Index j = column(k);
      const double share = dot(changes_.col(j), direction_) * inverse_curvatures_[j];
      direction_ += static_cast<T>(shares_[j] - share) * steps_.col(j);
    }
  }

  /// Keeps the step and the gradient's change along it, in place of the oldest where memory is full.
  void remember(T step, const OwnVector<T>& gradient) {
    const bool is_full = remembered_ == options_.memory;
    const Index next = is_full ? first_ : remembered_;
    point_ = gradient - start_.gradient;
    const double curvature = dot(point_, direction_) * static_cast<double>(step);
    if (!is_finite(curvature) || curvature <= 1e-10) return;
    steps_.col(next) = step * direction_;
    changes_.col(next) = point_;
    inverse_curvatures_[next] = 1 / curvature;
    scale_ = curvature / dot(point_, point_);
    if (is_full)
      first_ = (first_ + 1) % options_.memory;
    else
      ++remembered_;
  }

  Evaluate& evaluate_;
  const LBFGS options_;
  VectorView<T> parameters_;
  OwnVector<T> point_;
  OwnVector<T> direction_;
  OwnMatrix<T> steps_, changes_;  // one column for each remembered step, a ring
  OwnVector<double> inverse_curvatures_, shares_;
  Index first_ = 0, remembered_ = 0;
  double scale_ = 1;  // of the first guess of H
  LinePoint<T> start_;
  LineSearch<T> search_line_;
  Minimization progress_;
  bool is_done_ = false;
};

}  // namespace detail

/// Walks down a function from the given parameters, which are changed after every iteration, to a lower value.
/// evaluate(x, g) gets two views, returns the function's value at x and writes its gradient to g; where the value is
/// not finite the search turns back. on_iteration is called after every iteration. Allocates only at its start. Throws
/// data_error where an option makes no sense or the function is not finite at the start.
template <class T, class Evaluate>
Minimization minimize(Evaluate&& evaluate, VectorView<T> parameters, const LBFGS& options = {},
                      const std::function<void(const Minimization&)>& on_iteration = nullptr) {
  options.validate();
  detail::LBFGSSearch<T, Evaluate> search(evaluate, parameters, options);
  while (!search.is_done() && search.progress().iterations < options.iterations) {
    search.iterate();
    if (on_iteration) on_iteration(search.progress());
  }
  return search.progress();
}

}  // namespace nn
