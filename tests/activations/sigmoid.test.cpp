// SPDX-License-Identifier: MIT
#include <nn/activations/sigmoid.hpp>

#include <cmath>

#include "../layer_cases.hpp"

TEST_CASE("Sigmoid is a layer") {
  static_assert(nn::Layer<nn::Sigmoid>);
  static_assert(std::is_empty_v<nn::Sigmoid>);
  CHECK(nn::describe(nn::Sigmoid{}) == nn::Description{.type = "Sigmoid", .options = {}});
}

TEST_CASE("Sigmoid keeps the shape") { CHECK(nn::Sigmoid{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Sigmoid gives the known values", "", float, double) {
  // e^(ln 3) = 3: sigmoid(ln 3) = 1 / (1 + 1/3) = 3/4, sigmoid(-ln 3) = 1/4, both with slope 3/16. At 0: 1/2, 1/4.
  const TestType log3 = std::log(TestType(3));
  const nn::Matrix<TestType> x{{log3, -log3, 0}}, dy{{1, 2, 4}};
  const double tolerance = 4 * static_cast<double>(std::numeric_limits<TestType>::epsilon());
  CHECK(
      test::forward<TestType>(nn::Sigmoid{}, x).isApprox(nn::Matrix<TestType>{{0.75, 0.25, 0.5}}, TestType(tolerance)));
  CHECK(test::backward<TestType>(nn::Sigmoid{}, x, dy)
            .isApprox(nn::Matrix<TestType>{{0.1875, 0.375, 1}}, TestType(tolerance)));
}

TEST_CASE("Sigmoid's gradients are right") { test::check_gradients_of(nn::Sigmoid{}); }

TEST_CASE("Sigmoid gives the same bits in every network") { test::check_same_bits_of(nn::Sigmoid{}); }

TEMPLATE_TEST_CASE("Sigmoid is right to a few last places, and never falls", "", float, double) {
  const long double epsilon = std::numeric_limits<TestType>::epsilon();
  long double worst = 0;
  TestType before = 0;
  bool rises = true;
  for (int i = -2000; i <= 2000; ++i) {
    const TestType x = TestType(i) / 25;
    const TestType y = nn::Sigmoid{}.value(x);
    const long double exact = 1 / (1 + std::exp(-static_cast<long double>(x)));
    worst = std::max(worst, std::abs(y - exact) / exact / epsilon);
    rises = rises && y >= before;
    before = y;
  }
  CHECK(worst < 4);
  CHECK(rises);
}

TEMPLATE_TEST_CASE("Sigmoid is finite at any finite logit", "", float, double) {
  using std::exp;
  const TestType most = std::numeric_limits<TestType>::max(), infinity = test::infinity<TestType>;
  const nn::Matrix<TestType> x{{88, 710, 1e4, most, infinity, -88, -710, -1e4, -most, -infinity}};
  const nn::Matrix<TestType> y = test::forward<TestType>(nn::Sigmoid{}, x);
  CHECK((y.leftCols(5).array() == 1).all());
  CHECK(y(0, 5) > 0);
  CHECK(y(0, 5) == Approx(exp(TestType(-88))));
  CHECK(y(0, 6) == exp(TestType(-710)));  // 0 in float, a subnormal number in double
  CHECK((y.rightCols(3).array() == 0).all());
  const nn::Matrix<TestType> dx = test::backward<TestType>(nn::Sigmoid{}, x, nn::Matrix<TestType>::Constant(1, 10, 1));
  CHECK(dx.array().isFinite().all());
  CHECK((dx.leftCols(5).array() == 0).all());
  CHECK(std::isnan(test::forward<TestType>(nn::Sigmoid{}, nn::Matrix<TestType>{{test::not_a_number<TestType>}})(0, 0)));
}
