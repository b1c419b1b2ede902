// SPDX-License-Identifier: MIT
// Where an optimizer goes, to be compared with where PyTorch's goes (tests/fixtures/optimizers.py).
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include <nn/core/views.hpp>

#include "../catch.hpp"
#include "../fixture.hpp"
#include "../numbers.hpp"

namespace test {

/// The gradient of f(w) = sum_i 2.5 (w_i+1 - w_i^2)^2 + (1 - w_i)^2, a chain of Rosenbrock's valleys.
template <class T>
nn::Vector<T> slope_of_valley(const nn::Vector<T>& w) {
  nn::Vector<T> g = nn::Vector<T>::Zero(w.size());
  for (nn::Index i = 0; i + 1 < w.size(); ++i) {
    const T height = w[i + 1] - w[i] * w[i];
    g[i] -= 10 * height * w[i] + 2 * (1 - w[i]);
    g[i + 1] += 5 * height;
  }
  return g;
}

/// One step from `parameters`, with the rows from `cut` on stepped apart from those before, as by another thread.
template <class T, class Optimizer>
void step_in_parts(const Optimizer& optimizer, nn::Vector<T>& parameters, const nn::Vector<T>& gradient,
                   nn::Matrix<T>& state, int number, nn::Index cut) {
  const nn::Index count = parameters.size();
  const auto step = [&](nn::Index first, nn::Index size) {
    T* const its_state = state.size() > 0 ? state.data() + first : nullptr;
    optimizer.step(nn::VectorView<T>(parameters.data() + first, size),
                   nn::ConstVectorView<T>(gradient.data() + first, size),
                   nn::OptimizerState<T>(its_state, size, state.cols(), Eigen::OuterStride<>(count)), number);
  };
  step(0, cut);
  step(cut, count - cut);
}

/// The parameters after 1, 10, 100 and 200 steps, one column each.
template <class T, class Optimizer>
nn::Matrix<T> trajectory(const Optimizer& optimizer, nn::Index cut) {
  optimizer.validate();
  nn::Vector<T> w{{T(-1.2), T(1), T(0.4), T(-0.7), T(1.5)}};
  nn::Matrix<T> state = nn::Matrix<T>::Zero(w.size(), optimizer.state_count()), seen(w.size(), 4);
  nn::Index column = 0;
  for (int number = 1; number <= 200; ++number) {
    step_in_parts<T>(optimizer, w, slope_of_valley(w), state, number, cut);
    if (number == 1 || number == 10 || number == 100 || number == 200) seen.col(column++) = w;
  }
  return seen;
}

/// Checks that 200 steps go where PyTorch's do: to 1e-10 in double, as far as the digits of float go in float, and to
/// the same bits wherever the parameters are cut into parts.
template <class Optimizer>
void check_trajectory(const Optimizer& optimizer, const std::string& name) {
  CAPTURE(name);
  const std::vector<double> expected = fixture("optimizers.txt")[name];
  REQUIRE(expected.size() == 20);
  const nn::Matrix<double> got = trajectory<double>(optimizer, 2);
  const nn::Matrix<float> rough = trajectory<float>(optimizer, 2);
  for (nn::Index i = 0; i < got.size(); ++i) {
    CAPTURE(i, got.data()[i], rough.data()[i], expected[static_cast<std::size_t>(i)]);
    CHECK(std::abs(got.data()[i] - expected[static_cast<std::size_t>(i)]) < 1e-10);
    CHECK(std::abs(static_cast<double>(rough.data()[i]) - expected[static_cast<std::size_t>(i)]) < 1e-3);
  }
  CHECK(have_same_bits(trajectory<double>(optimizer, 0), got));
  CHECK(have_same_bits(trajectory<float>(optimizer, 3), rough));
}

/// For steps worked out by hand.
using Vector = nn::Vector<double>;

/// The parameters after the step `number` from w with the gradient g.
template <class Optimizer>
Vector stepped(const Optimizer& optimizer, Vector w, const Vector& g, nn::Matrix<double>& state, int number = 1) {
  step_in_parts<double>(optimizer, w, g, state, number, 1);
  return w;
}

/// The same, at the first step.
template <class Optimizer>
Vector first_stepped(const Optimizer& optimizer, const Vector& w, const Vector& g) {
  nn::Matrix<double> state = nn::Matrix<double>::Zero(w.size(), optimizer.state_count());
  return stepped(optimizer, w, g, state);
}

}  // namespace test
