// SPDX-License-Identifier: MIT
#include <nn/activations/softmax.hpp>

#include <cmath>

#include "../layers/image_cases.hpp"

TEST_CASE("Softmax is a layer") {
  static_assert(nn::Layer<nn::Softmax>);
  static_assert(std::is_empty_v<nn::Softmax>);
  CHECK(nn::describe(nn::Softmax{}) == nn::Description{.type = "Softmax", .options = {}});
}

TEST_CASE("Softmax keeps the shape") { CHECK(nn::Softmax{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2)); }

TEMPLATE_TEST_CASE("Softmax gives the known values", "", float, double) {
  // e^(0, ln 2, ln 5) = (1, 2, 5), so y = (1, 2, 5) / 8; the second sample is shifted by 3, which changes nothing.
  const TestType log2 = std::log(TestType(2)), log5 = std::log(TestType(5));
  const nn::Matrix<TestType> x{{0, 3}, {log2, log2 + 3}, {log5, log5 + 3}};
  const nn::Matrix<TestType> y{{0.125, 0.125}, {0.25, 0.25}, {0.625, 0.625}};
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  CHECK(test::forward<TestType>(nn::Softmax{}, x).isApprox(y, tolerance));
  // y'dy = 0.25 for dy = (2, 0, 0), so dx = y (dy - 0.25) = (0.21875, -0.0625, -0.15625). For dy = (1, 1, 1): 0.
  const nn::Matrix<TestType> dx =
      test::backward<TestType>(nn::Softmax{}, x, nn::Matrix<TestType>{{2, 1}, {0, 1}, {0, 1}});
  CHECK(dx.col(0).isApprox(nn::Vector<TestType>{{0.21875, -0.0625, -0.15625}}, tolerance));
  CHECK(dx.col(1).cwiseAbs().maxCoeff() < tolerance);
}

TEST_CASE("Softmax's gradients are right") { test::check_gradients_of(nn::Softmax{}); }

TEST_CASE("Softmax gives the same bits in every network") { test::check_same_bits_of(nn::Softmax{}); }

TEMPLATE_TEST_CASE("Softmax sums to 1 and is finite at any finite logits", "", float, double) {
  const TestType most = std::numeric_limits<TestType>::max();
  for (const TestType logit : {TestType(0), TestType(88), TestType(710), TestType(1e4), TestType(1e30), most}) {
    CAPTURE(logit);
    const nn::Matrix<TestType> x{
        {logit, -logit, logit, logit}, {-logit, -logit, logit, 0}, {-logit, -logit, logit, -logit}};
    const nn::Matrix<TestType> y = test::forward<TestType>(nn::Softmax{}, x);
    CHECK(y.array().isFinite().all());
    CHECK((y.array() >= 0).all());
    const TestType tolerance = 4 * std::numeric_limits<TestType>::epsilon();
    CHECK((y.colwise().sum().array() - 1).abs().maxCoeff() < tolerance);
    CHECK(((y.middleCols(1, 2).array() - TestType(1) / 3).abs() < tolerance).all());  // equal logits, equal shares
    CHECK(test::backward<TestType>(nn::Softmax{}, x, nn::Matrix<TestType>::Constant(3, 4, 2)).array().isFinite().all());
    if (logit > 0) {
      CHECK(y(0, 0) == 1);
    }
  }
}

TEMPLATE_TEST_CASE("Softmax of one class is 1, and NaN stays in its sample", "", float, double) {
  CHECK(test::forward<TestType>(nn::Softmax{}, nn::Matrix<TestType>{{-5, 1000}}) == nn::Matrix<TestType>{{1, 1}});
  for (nn::Index place = 0; place < 3; ++place) {
    nn::Matrix<TestType> x = nn::Matrix<TestType>::Zero(3, 2);
    x(place, 0) = test::not_a_number<TestType>;
    const nn::Matrix<TestType> y = test::forward<TestType>(nn::Softmax{}, x);
    CHECK(y.col(0).array().isNaN().all());
    CHECK(y.col(1).array().isFinite().all());
  }
}

// A logit that is d below the largest is off by d / 2 units already, where the difference is rounded.
TEMPLATE_TEST_CASE("Softmax is within 6 units in the last place, and one more for every 1 below the largest logit", "",
                   float, double) {
  for (const nn::Index classes : {1, 2, 3, 10, 16, 37, 100, 1000})
    for (const TestType width : {TestType(0.5), TestType(4), TestType(40)}) {
      CAPTURE(classes, width);
      const nn::Matrix<TestType> x = test::drawn<TestType>(classes, 20, 7) * width;
      const nn::Matrix<TestType> y = test::forward<TestType>(nn::Softmax{}, x);
      long double worst = 0;
      for (nn::Index sample = 0; sample < x.cols(); ++sample) {
        const auto largest = static_cast<long double>(x.col(sample).maxCoeff());
        long double sum = 0;
        for (nn::Index i = 0; i < classes; ++i) sum += std::exp(static_cast<long double>(x(i, sample)) - largest);
        for (nn::Index i = 0; i < classes; ++i) {
          const long double below = largest - static_cast<long double>(x(i, sample)), truth = std::exp(-below) / sum;
          const auto nearest = static_cast<TestType>(truth);
          const auto unit = static_cast<long double>(std::nextafter(nearest, TestType(2)) - nearest);
          const long double error = std::abs(static_cast<long double>(y(i, sample)) - truth) / unit - below;
          if (!(error <= worst)) worst = error;  // NaN, too
        }
      }
      CHECK(worst <= 6);
    }
}

TEST_CASE("Softmax of several positions is one over the channels of each") {
  const nn::Matrix<double> x = test::drawn<double>(6, 2, 1), dy = test::drawn<double>(6, 2, 2);
  const nn::Matrix<double> y = test::forward_image<double>(nn::Softmax{}, {1, 2, 3}, x);
  const nn::Matrix<double> dx = test::backward_image<double>(nn::Softmax{}, {1, 2, 3}, x, dy);
  // The same numbers as four samples of three.
  const nn::Matrix<double> apart = x.reshaped(3, 4), apart_dy = dy.reshaped(3, 4);
  CHECK(y.reshaped(3, 4) == test::forward<double>(nn::Softmax{}, apart));
  CHECK(dx.reshaped(3, 4) == test::backward<double>(nn::Softmax{}, apart, apart_dy));
}

TEST_CASE("Softmax's gradients are right over images") {
  test::check_gradients_of_image_layer(nn::Softmax{}, {2, 1, 3});
}
