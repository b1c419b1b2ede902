// SPDX-License-Identifier: MIT
// A step along a line is long enough and not too long: where the strong Wolfe conditions hold.
#include <nn/training/fit/line_search.hpp>

#include <cmath>
#include <vector>

#include "../../catch.hpp"

namespace {

using TrialPoint = nn::detail::LinePoint<double>;

TrialPoint point(double step, double value, double slope) { return {step, value, slope, {}}; }

// The step that a search takes down a function of one number from 0, and the steps that it tried.
template <class Value, class Slope>
double found_step(const Value& value, const Slope& slope, double first, nn::Index most_steps,
                  std::vector<double>& tried) {
  nn::detail::LineSearch<double> search(0, most_steps, 1e-9);
  tried.clear();
  return search(point(0, value(0.0), slope(0.0)), first, 1,
                [&](double step, TrialPoint& at) {
                  tried.push_back(step);
                  at.step = step;
                  at.value = value(step);
                  at.slope = slope(step);
                })
      .step;
}

}  // namespace

TEST_CASE("a cubic is lowest where its slope is 0, within limits") {
  // t^3 - 3 t has slopes 3 t^2 - 3, and its minimum at 1.
  const TrialPoint at_0 = point(0, 0, -3), at_2 = point(2, 2, 9);
  CHECK(nn::detail::cubic_minimum(at_0, at_2, 0, 2) == Approx(1).epsilon(1e-14));
  CHECK(nn::detail::cubic_minimum(at_2, at_0, 0, 2) == Approx(1).epsilon(1e-14));
  CHECK(nn::detail::cubic_minimum(at_0, at_2, 1.25, 2) == 1.25);
  CHECK(nn::detail::cubic_minimum(at_0, at_2, 0, 0.75) == 0.75);
  // t^3 + 3 t rises everywhere; of two equal points no cubic is known.
  CHECK(nn::detail::cubic_minimum(point(0, 0, 3), point(1, 4, 6), 2, 3) == 2.5);
  CHECK(nn::detail::cubic_minimum(at_0, at_0, 2, 3) == 2.5);
}

TEST_CASE("a first step that is long enough is taken") {
  std::vector<double> tried;
  // (t - 1)^2: at 0.5 the slope is -1, less than 0.9 of the -2 at the start.
  const auto value = [](double t) { return (t - 1) * (t - 1); };
  const auto slope = [](double t) { return 2 * (t - 1); };
  CHECK(found_step(value, slope, 0.5, 20, tried) == 0.5);
  CHECK(tried.size() == 1);
}

TEST_CASE("a first step that is too short is made longer, one that is too long is made shorter") {
  std::vector<double> tried;
  const auto value = [](double t) { return (t - 1) * (t - 1); };
  const auto slope = [](double t) { return 2 * (t - 1); };
  CHECK(found_step(value, slope, 0.01, 20, tried) == Approx(0.1));  // at most ten times as long
  CHECK(tried == std::vector<double>{0.01, tried.back()});
  CHECK(found_step(value, slope, 8, 20, tried) == Approx(1));  // the cubic through two points of a parabola is exact
  CHECK(tried.size() == 2);
}

TEST_CASE("a search that may take no more steps gives the lowest point it found") {
  std::vector<double> tried;
  const auto line = [](double t) { return -t; };
  const auto falling = [](double) { return -1.0; };
  CHECK(found_step(line, falling, 1, 3, tried) >= 0);
  CHECK(tried.size() == 4);
}
