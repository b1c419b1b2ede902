// SPDX-License-Identifier: MIT
#include <nn/kernels/elementary_functions.hpp>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "../catch.hpp"

namespace {

using nn::Index;

enum class Function { exponential, hyperbolic_tangent, sigmoid };

template <class T>
std::vector<T> results(Function function, const std::vector<T>& x) {
  std::vector<T> y(x.size());
  nn::kernels::for_each_pack(x.data(), y.data(), static_cast<Index>(x.size()), [&](const auto& from, auto& to) {
    if (function == Function::exponential) nn::kernels::exponential<T>(from, to);
    if (function == Function::hyperbolic_tangent) nn::kernels::hyperbolic_tangent<T>(from, to);
    if (function == Function::sigmoid) nn::kernels::sigmoid<T>(from, to);
  });
  return y;
}

long double exact(Function function, long double x) {
  if (function == Function::exponential) return std::exp(x);
  if (function == Function::hyperbolic_tangent) return std::tanh(x);
  return 1 / (1 + std::exp(-x));
}

// The distance to the exact value, in steps between neighbouring numbers there.
template <class T>
double steps(T y, long double truth) {
  if (std::isnan(truth)) return std::isnan(y) ? 0 : 1e9;
  const T rounded = static_cast<T>(truth);
  if (std::isinf(rounded) || std::isinf(y)) return rounded == y ? 0 : 1e9;
  const long double step =
      static_cast<long double>(std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity())) -
      static_cast<long double>(std::abs(rounded));
  return static_cast<double>(std::abs(static_cast<long double>(y) - truth) / step);
}

template <class T>
double worst_steps(Function function, const std::vector<T>& x) {
  const std::vector<T> y = results(function, x);
  double worst = 0;
  for (std::size_t i = 0; i < x.size(); ++i) worst = std::max(worst, steps(y[i], exact(function, x[i])));
  return worst;
}

// Floats of every exponent and sign, NaN and infinities among them.
std::vector<float> all_sorts_of_floats() {
  std::vector<float> x;
  for (std::uint64_t bits = 0; bits < (1ULL << 32U); bits += 6007)
    x.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  return x;
}

std::vector<double> doubles_up_to(double limit) {
  std::vector<double> x;
  for (int i = -50'000; i <= 50'000; ++i) x.push_back(limit * i / 50'000.0 * (1 + 1e-9 * (i % 97)));
  return x;
}

}  // namespace

TEST_CASE("exp, tanh and sigmoid of floats are within 2.5 units in the last place everywhere") {
  const std::vector<float> x = all_sorts_of_floats();
  CHECK(worst_steps(Function::exponential, x) <= 2.5);
  CHECK(worst_steps(Function::hyperbolic_tangent, x) <= 2.5);
  CHECK(worst_steps(Function::sigmoid, x) <= 2.5);
}

TEST_CASE("exp, tanh and sigmoid of doubles are within 2.5 units in the last place") {
  for (const double limit : {1e-300, 1e-8, 0.7, 2.0, 40.0, 750.0, 1e300}) {
    CAPTURE(limit);
    const std::vector<double> x = doubles_up_to(limit);
    CHECK(worst_steps(Function::exponential, x) <= 2.5);
    CHECK(worst_steps(Function::hyperbolic_tangent, x) <= 2.5);
    CHECK(worst_steps(Function::sigmoid, x) <= 2.5);
  }
}

TEST_CASE("A function gives the same bits wherever its argument stands") {
  std::vector<float> x;
  for (int i = 0; i < 67; ++i) x.push_back(0.37F * static_cast<float>(i) - 11.3F);
  for (const Function function : {Function::exponential, Function::hyperbolic_tangent, Function::sigmoid}) {
    const std::vector<float> together = results(function, x);
    for (std::size_t i = 0; i < x.size(); ++i)
      CHECK(std::bit_cast<std::uint32_t>(results(function, std::vector<float>{x[i]})[0]) ==
            std::bit_cast<std::uint32_t>(together[i]));
  }
}

TEST_CASE("tanh is odd, zero at zero, and saturates at one") {
  const std::vector<float> y =
      results(Function::hyperbolic_tangent, std::vector<float>{-0.0F, 0.3F, -0.3F, 1e30F, -1e30F});
  CHECK(y[0] == 0.0F);
  CHECK(y[1] == -y[2]);
  CHECK(y[3] == 1.0F);
  CHECK(y[4] == -1.0F);
}

TEMPLATE_TEST_CASE("exponentials and their sum, for any number of them", "", float, double) {
  const std::size_t longest = 100;
  std::vector<TestType> x;
  for (std::size_t i = 0; i < longest; ++i) x.push_back(TestType(0.37) * static_cast<TestType>(i * 29 % 61) - 20);
  for (std::size_t count = 1; count <= longest; ++count) {
    CAPTURE(count);
    std::vector<TestType> y(count + 1, TestType(-1));
    const TestType sum = nn::kernels::exponentials(x.data(), TestType(1.5), static_cast<Index>(count), y.data());
    long double exact_sum = 0;
    double worst = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const long double truth = std::exp(static_cast<long double>(x[i] - TestType(1.5)));
      const double error = steps(y[i], truth);
      if (!(error <= worst)) worst = error;  // NaN, too
      exact_sum += truth;
    }
    CHECK(worst <= 2.5);
    CHECK(steps(sum, exact_sum) <= 5);
    CHECK(y[count] == -1);  // what follows is left alone
    CHECK(nn::kernels::exponentials<TestType>(x.data(), TestType(1.5), static_cast<Index>(count), nullptr) == sum);
  }
}

TEMPLATE_TEST_CASE("the maximum stands anywhere, and NaN does not hide it unless it is the first", "", float, double) {
  for (const std::size_t count : {16U, 17U, 64U, 77U}) {
    for (std::size_t place = 0; place < count; ++place) {
      std::vector<TestType> x(count, TestType(-3));
      x[place] = TestType(-2);
      CHECK(nn::kernels::maximum(x.data(), static_cast<Index>(count)) == -2);
      x[place] = std::numeric_limits<TestType>::quiet_NaN();
      const TestType found = nn::kernels::maximum(x.data(), static_cast<Index>(count));
      CHECK((place == 0 ? std::isnan(found) : found == -3));
    }
  }
}

TEMPLATE_TEST_CASE("a register keeps its NaN, wherever that stands", "", float, double) {
  using Numbers = nn::kernels::Numbers<TestType>;
  for (Index place = 0; place < nn::kernels::lanes<TestType>; ++place) {
    Numbers x = Numbers{} + TestType(2), y = Numbers{} + TestType(7);
    for (const TestType other : {std::numeric_limits<TestType>::infinity(), TestType(-1)}) {
      x[place] = other;
      nn::kernels::keep_nan<TestType>(x, y);
      CHECK(y[place] == 7);
      CHECK(nn::kernels::is_nan<TestType>(x)[place] == 0);
    }
    x[place] = std::numeric_limits<TestType>::quiet_NaN();
    nn::kernels::keep_nan<TestType>(x, y);
    for (Index i = 0; i < nn::kernels::lanes<TestType>; ++i) {
      CHECK(nn::is_finite(TestType(y[i])) == (i != place));
      CHECK((nn::kernels::is_nan<TestType>(x)[i] != 0) == (i == place));
    }
  }
}
