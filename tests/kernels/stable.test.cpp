// SPDX-License-Identifier: MIT
#include <nn/kernels/stable.hpp>

#include <cmath>
#include <limits>
#include <type_traits>

#include <nn/core/dual.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

TEMPLATE_TEST_CASE("sigmoid and softplus are right to a few last places, small ones too", "", float, double) {
  const long double epsilon = std::numeric_limits<TestType>::epsilon();
  long double worst = 0;
  for (int i = -2000; i <= 2000; ++i) {
    const TestType x = TestType(i) / 25;
    const long double e = std::exp(-static_cast<long double>(x)), sigmoid = 1 / (1 + e),
                      softplus = std::log1p(std::exp(static_cast<long double>(x)));
    worst = std::max(worst, std::abs(nn::stable::sigmoid(x) - sigmoid) / sigmoid / epsilon);
    worst = std::max(worst, std::abs(nn::stable::softplus(x) - softplus) / softplus / epsilon);
  }
  CHECK(worst < 4);
}

TEST_CASE("sigmoid and softplus have right slopes, at 0 too") {
  using D = nn::Dual<double>;
  for (const double x : {-800.0, -3.0, -1e-9, 0.0, 1e-9, 3.0, 800.0}) {
    CAPTURE(x);
    const double share = nn::stable::sigmoid(x);
    CHECK(nn::stable::softplus(D(x, 1)).derivative == Approx(share).epsilon(1e-14));
    CHECK(nn::stable::sigmoid(D(x, 1)).derivative == Approx(share * (1 - share)).epsilon(1e-13));
  }
}

TEMPLATE_TEST_CASE("softplus, sigmoid and damped have their limits", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max(), infinity = test::infinity<TestType>;
  CHECK(nn::stable::softplus(most) == most);
  CHECK(nn::stable::softplus(infinity) == infinity);
  CHECK(nn::stable::softplus(-infinity) == 0);
  CHECK(nn::stable::sigmoid(infinity) == 1);
  CHECK(nn::stable::sigmoid(-infinity) == 0);
  CHECK(nn::stable::damped(-infinity, TestType(0)) == 0);
  CHECK(nn::stable::damped(TestType(3), TestType(2)) == 6);
  CHECK(std::isnan(nn::stable::damped(TestType(3), test::not_a_number<TestType>)));
}

TEMPLATE_TEST_CASE("log_sum_exp does not overflow", "", float, double) {
  // log(e^1000 + e^1000) = 1000 + ln 2
  const nn::Vector<TestType> x{{1000, -5000, 1000}};
  CHECK(nn::stable::maximum(x) == 1000);
  CHECK(nn::stable::log_sum_exp(x, TestType(1000)) == Approx(std::log(2.0)));
  CHECK(nn::stable::maximum(nn::Vector<TestType>{{-3, -2}}) == -2);
}

TEMPLATE_TEST_CASE("numbers far apart in memory, and dual numbers, have the same maximum and sums", "", float, double) {
  using V = nn::Vector<TestType>;
  using D = nn::Dual<TestType>;
  STATIC_REQUIRE(nn::stable::is_contiguous<V>);
  STATIC_REQUIRE(nn::stable::is_contiguous<nn::ConstVectorView<TestType>>);
  for (const nn::Index count : {1, 3, 64, 100}) {
    CAPTURE(count);
    const nn::Matrix<TestType> numbers = test::drawn<TestType>(3, count, 1);
    const auto row = numbers.row(1);
    STATIC_REQUIRE_FALSE(nn::stable::is_contiguous<std::remove_cvref_t<decltype(row)>>);
    STATIC_REQUIRE_FALSE(nn::stable::is_contiguous<std::remove_cvref_t<decltype(numbers.topRows(2))>>);
    const V x = row.transpose();
    nn::Vector<D> dual(count);
    for (nn::Index i = 0; i < count; ++i) dual[i] = D(x[i], 1);
    STATIC_REQUIRE_FALSE(nn::stable::is_contiguous<nn::Vector<D>>);
    const TestType largest = nn::stable::maximum(x);
    CHECK(largest == x.maxCoeff());
    CHECK(nn::stable::maximum(row) == largest);
    CHECK(nn::stable::maximum(dual).value == largest);
    const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
    const TestType sum = nn::stable::log_sum_exp(x, largest);
    CHECK(std::abs(nn::stable::log_sum_exp(row, largest) - sum) <= tolerance * (1 + sum));
    CHECK(std::abs(nn::stable::log_sum_exp(dual, D(largest)).value - sum) <= tolerance * (1 + sum));
    V y(count), of_row(count);
    CHECK(std::log(nn::stable::exponentials(x, largest, y)) == sum);
    nn::stable::exponentials(row, largest, of_row);
    CHECK((y - of_row).cwiseAbs().maxCoeff() <= tolerance);
  }
}
