// SPDX-License-Identifier: MIT
#include <nn/core/dual.hpp>

#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <type_traits>
#include <vector>

#include "../catch.hpp"

namespace {

using Dual = nn::Dual<double>;
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

struct Function {
  const char* name;
  std::function<Dual(Dual)> dual;
  std::function<long double(long double)> value, derivative;
  double from, to;
};

// Derivatives by closed formulas, in long double; the chain rule is asked by a slope of x that is not 1.
const std::vector<Function>& functions() {
  using D = Dual;
  using L = long double;
  static const std::vector<Function> all{
      {"exp", [](D x) { return exp(x); }, [](L x) { return std::exp(x); }, [](L x) { return std::exp(x); }, -20, 20},
      {"expm1", [](D x) { return expm1(x); }, [](L x) { return std::expm1(x); }, [](L x) { return std::exp(x); }, -5,
       5},
      {"log", [](D x) { return log(x); }, [](L x) { return std::log(x); }, [](L x) { return 1 / x; }, 1e-3, 50},
      {"log1p", [](D x) { return log1p(x); }, [](L x) { return std::log1p(x); }, [](L x) { return 1 / (1 + x); }, -0.9,
       50},
      {"sqrt", [](D x) { return sqrt(x); }, [](L x) { return std::sqrt(x); }, [](L x) { return 0.5L / std::sqrt(x); },
       1e-3, 50},
      {"sin", [](D x) { return sin(x); }, [](L x) { return std::sin(x); }, [](L x) { return std::cos(x); }, -7, 7},
      {"cos", [](D x) { return cos(x); }, [](L x) { return std::cos(x); }, [](L x) { return -std::sin(x); }, -7, 7},
      {"tan", [](D x) { return tan(x); }, [](L x) { return std::tan(x); },
       [](L x) { return 1 / (std::cos(x) * std::cos(x)); }, -1.5, 1.5},
      {"atan", [](D x) { return atan(x); }, [](L x) { return std::atan(x); }, [](L x) { return 1 / (1 + x * x); }, -9,
       9},
      {"sinh", [](D x) { return sinh(x); }, [](L x) { return std::sinh(x); }, [](L x) { return std::cosh(x); }, -9, 9},
      {"cosh", [](D x) { return cosh(x); }, [](L x) { return std::cosh(x); }, [](L x) { return std::sinh(x); }, -9, 9},
      {"tanh", [](D x) { return tanh(x); }, [](L x) { return std::tanh(x); },
       [](L x) { return 1 / (std::cosh(x) * std::cosh(x)); }, -4, 4},
      {"erf", [](D x) { return erf(x); }, [](L x) { return std::erf(x); },
       [](L x) { return 2 / std::sqrt(std::numbers::pi_v<L>) * std::exp(-x * x); }, -3, 3},
      {"erfc", [](D x) { return erfc(x); }, [](L x) { return std::erfc(x); },
       [](L x) { return -2 / std::sqrt(std::numbers::pi_v<L>) * std::exp(-x * x); }, -3, 3},
      {"abs", [](D x) { return abs(x); }, [](L x) { return std::abs(x); },
       [](L x) { return x > 0   ? 1.0L
                        : x < 0 ? -1.0L
                                : 0.0L; }, -3, 3},
      {"fabs", [](D x) { return fabs(x); }, [](L x) { return std::abs(x); },
       [](L x) { return x > 0   ? 1.0L
                        : x < 0 ? -1.0L
                                : 0.0L; }, -3, 3},
      {"pow(x, 2.5)", [](D x) { return pow(x, 2.5); }, [](L x) { return std::pow(x, 2.5L); },
       [](L x) { return 2.5L * std::pow(x, 1.5L); }, 0.1, 9},
      {"pow(x, -3)", [](D x) { return pow(x, -3); }, [](L x) { return std::pow(x, -3.0L); },
       [](L x) { return -3 * std::pow(x, -4.0L); }, -9, -0.1},
      {"pow(2, x)", [](D x) { return pow(Dual(2), x); }, [](L x) { return std::pow(2.0L, x); },
       [](L x) { return std::pow(2.0L, x) * std::numbers::ln2_v<L>; }, -9, 9},
      {"pow(x, x)", [](D x) { return pow(x, x); }, [](L x) { return std::pow(x, x); },
       [](L x) { return std::pow(x, x) * (std::log(x) + 1); }, 0.5, 4},
      {"(3x - 1)/(x x + 2)", [](D x) { return (3 * x - 1) / (x * x + 2); },
       [](L x) { return (3 * x - 1) / (x * x + 2); },
       [](L x) { return (3 * (x * x + 2) - (3 * x - 1) * 2 * x) / ((x * x + 2) * (x * x + 2)); }, -5, 5},
      {"1/x", [](D x) { return 1 / x; }, [](L x) { return 1 / x; }, [](L x) { return -1 / (x * x); }, 0.01, 9},
      {"-x + +x x", [](D x) { return -x + +x * x; }, [](L x) { return -x + x * x; }, [](L x) { return -1 + 2 * x; }, -5,
       5},
  };
  return all;
}

}  // namespace

TEST_CASE("the derivative of every function is that of its closed formula") {
  constexpr double slope_of_x = -1.75;
  for (const Function& f : functions()) {
    double worst_value = 0, worst_derivative = 0, largest = 0;
    constexpr int points = 997;
    for (int i = 0; i <= points; ++i) {
      const double x = f.from + (f.to - f.from) * i / points;
      const Dual y = f.dual(Dual(x, slope_of_x));
      const long double value = f.value(x), derivative = f.derivative(x) * slope_of_x;
      // Near a zero of f or f', the scale of the terms that cancel counts, not the tiny result.
      worst_value = std::max(worst_value, double(std::abs(y.value - value) / (1 + std::abs(value))));
      worst_derivative =
          std::max(worst_derivative, double(std::abs(y.derivative - derivative) / (1 + std::abs(derivative))));
      largest = std::max(largest, std::abs(y.derivative));
    }
    INFO(f.name);
    CHECK(worst_value < 1e-14);
    CHECK(worst_derivative < 1e-14);
    CHECK(largest > 0);
  }
}

TEST_CASE("trunc is flat") {
  const Dual y = trunc(Dual(-2.75, 1));
  CHECK(y.value == -2);
  CHECK(y.derivative == 0);
}

TEST_CASE("a constant has no derivative, whatever the function") {
  for (const Function& f : functions()) {
    INFO(f.name);
    const Dual y = f.dual(Dual((f.from + f.to) / 2 + 0.125));
    CHECK(y.derivative == 0);
  }
  // Also where f' is infinite: 0 * infinity would be NaN.
  CHECK(sqrt(Dual(0)).derivative == 0);
  CHECK(log(Dual(0)).derivative == 0);
  CHECK(log(Dual(0)).value == -infinity);
  CHECK(exp(Dual(1000)).derivative == 0);
  CHECK(pow(Dual(0), Dual(0.5)).derivative == 0);
  CHECK(std::isinf(sqrt(Dual(0, 1)).derivative));
}

TEST_CASE("dual numbers mix with int, float and double") {
  const Dual x(3, 1);
  CHECK((x + 1).value == 4);
  CHECK((1 + x).derivative == 1);
  CHECK((x - 1).value == 2);
  CHECK((1 - x).derivative == -1);
  CHECK((x * 2).derivative == 2);
  CHECK((2.5 * x).derivative == 2.5);
  CHECK((0.5F * x).derivative == 0.5);
  CHECK((x / 2).derivative == 0.5);
  CHECK((9 / x).value == 3);
  CHECK((9 / x).derivative == -1);
  static_assert(std::is_same_v<decltype(1 - x * 2.0F), Dual>);
  Dual y = x;
  y += 1;
  y *= x;  // (x + 1) x = x^2 + x: 12, 7
  CHECK(y.value == 12);
  CHECK(y.derivative == 7);
  y -= x;  // x^2: 9, 6
  CHECK(y.value == 9);
  CHECK(y.derivative == 6);
  y /= x;  // x: 3, 1
  CHECK(y.value == 3);
  CHECK(y.derivative == 1);
  const Dual& itself = y;
  y *= itself;
  CHECK(y.derivative == 6);
  y /= itself;
  CHECK(y.value == 1);
  CHECK(y.derivative == 0);
  static_assert((Dual(2, 1) * Dual(2, 1)).derivative == 4);
}

TEST_CASE("comparisons look at the value alone") {
  const Dual x(2, 7), same(2, -1), larger(3, 0);
  CHECK(x == same);
  CHECK_FALSE(x != same);
  CHECK(x < larger);
  CHECK(x <= same);
  CHECK(larger > x);
  CHECK(x >= same);
  CHECK(x == 2);
  CHECK(2 == x);
  CHECK(x > 1);
  CHECK(1.5 < x);
  CHECK(x != 3.0F);
  const Dual none(not_a_number, 1);
  CHECK_FALSE(none == none);
  CHECK_FALSE(none < x);
  CHECK_FALSE(none > x);
  CHECK_FALSE(none >= x);
}

TEST_CASE("pow has its corner cases") {
  // x^2 at a negative base: no logarithm is asked for.
  CHECK(pow(Dual(-3, 1), 2).value == 9);
  CHECK(pow(Dual(-3, 1), 2).derivative == -6);
  CHECK(pow(Dual(-2, 1), 3).derivative == 12);
  // x^0 is 1, its slope 0, also at 0.
  CHECK(pow(Dual(5, 1), 0).value == 1);
  CHECK(pow(Dual(5, 1), 0).derivative == 0);
  // x^1 at 0 has slope 1, x^2 slope 0, sqrt slope infinity.
  CHECK(pow(Dual(0, 1), 1).derivative == 1);
  CHECK(pow(Dual(0, 1), 2).derivative == 0);
  CHECK(pow(Dual(0, 1), 0.5).derivative == infinity);
  CHECK(pow(Dual(4, 1), 0.5).value == 2);
  CHECK(pow(Dual(4, 1), 0.5).derivative == 0.25);
  // A negative base to a broken power has no value.
  CHECK(std::isnan(pow(Dual(-1, 1), 0.5).value));
  CHECK(std::isnan(pow(Dual(-1, 1), Dual(2, 1)).derivative));  // nor a moving exponent a slope
}

TEST_CASE("pow(x, 0) has slope 0 at 0, and 0^x with a moving exponent slope 0") {
  CHECK(pow(Dual(0, 1), 0).value == 1);
  CHECK(pow(Dual(0, 1), 0).derivative == 0);
  CHECK(pow(Dual(0), Dual(2, 1)).value == 0);
  CHECK(pow(Dual(0), Dual(2, 1)).derivative == 0);
}

TEST_CASE("abs, max and min take the flatter side at a tie") {
  CHECK(abs(Dual(0, 1)).derivative == 0);
  CHECK(abs(Dual(-0.0, 1)).derivative == 0);
  CHECK(abs(Dual(-2, 1)).value == 2);
  CHECK(abs(Dual(-2, 1)).derivative == -1);
  CHECK(std::isnan(abs(Dual(not_a_number, 1)).value));

  CHECK(max(Dual(1, 5), Dual(2, 7)).derivative == 7);
  CHECK(max(Dual(2, 7), Dual(1, 5)).derivative == 7);
  CHECK(min(Dual(1, 5), Dual(2, 7)).derivative == 5);
  CHECK(min(Dual(2, 7), Dual(1, 5)).derivative == 5);
  CHECK(max(Dual(0), Dual(0, 1)).derivative == 0);
  CHECK(max(Dual(0, 1), Dual(0)).derivative == 0);
  CHECK(min(Dual(0), Dual(0, -1)).derivative == 0);
  CHECK(min(Dual(0, -1), Dual(0)).derivative == 0);
  CHECK(max(Dual(3, -2), Dual(3, 5)).derivative == -2);
  CHECK(min(Dual(3, 5), Dual(3, -2)).derivative == -2);
  CHECK(max(Dual(3, 1), 0).derivative == 1);
  CHECK(max(0, Dual(-3, 1)).derivative == 0);
}

TEST_CASE("max and min do not lose NaN") {
  CHECK(std::isnan(max(Dual(not_a_number, 1), Dual(2)).value));
  CHECK(std::isnan(max(Dual(2), Dual(not_a_number, 1)).value));
  CHECK(std::isnan(min(Dual(not_a_number, 1), Dual(2)).value));
  CHECK(std::isnan(min(Dual(2), Dual(not_a_number, 1)).value));
}

TEST_CASE("dual numbers of float are as right as float is") {
  using F = nn::Dual<float>;
  const F x(0.75F, 1);
  CHECK(exp(x).derivative == Approx(std::exp(0.75)).epsilon(1e-6));
  CHECK(tanh(x).derivative == Approx(1 / std::pow(std::cosh(0.75), 2)).epsilon(1e-6));
  CHECK((1 / (1 + exp(-x))).value == Approx(1 / (1 + std::exp(-0.75))).epsilon(1e-6));
  static_assert(std::is_same_v<decltype(x.value), float>);
}

TEST_CASE("Eigen keeps dual numbers in its matrices") {
  nn::Matrix<Dual> a(2, 2);
  a << Dual(1, 1), Dual(2), Dual(3), Dual(4);
  const nn::Matrix<Dual> square = a * a;  // d(a a) = da a + a da; da has a 1 at (0, 0)
  CHECK(square(0, 0).value == 7);
  CHECK(square(0, 0).derivative == 2);
  CHECK(square(0, 1).derivative == 2);
  CHECK(square(1, 0).derivative == 3);
  CHECK(square(1, 1).derivative == 0);
  CHECK(nn::Matrix<Dual>::Zero(2, 2).sum() == 0);
}
