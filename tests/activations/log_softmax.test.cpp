// SPDX-License-Identifier: MIT
#include <nn/activations/log_softmax.hpp>

#include <cmath>

#include <nn/activations/softmax.hpp>

#include "../layers/image_cases.hpp"

TEST_CASE("LogSoftmax is a layer") {
  static_assert(nn::Layer<nn::LogSoftmax>);
  static_assert(std::is_empty_v<nn::LogSoftmax>);
  CHECK(nn::describe(nn::LogSoftmax{}) == nn::Description{.type = "LogSoftmax", .options = {}});
}

TEST_CASE("LogSoftmax keeps the shape") {
  CHECK(nn::LogSoftmax{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEMPLATE_TEST_CASE("LogSoftmax gives the known values", "", float, double) {
  // softmax(0, ln 2, ln 5) = (1, 2, 5) / 8. For dy = (8, 0, 0): dx = dy - softmax * 8 = (7, -2, -5).
  const TestType log2 = std::log(TestType(2)), log5 = std::log(TestType(5));
  const nn::Matrix<TestType> x{{0}, {log2}, {log5}};
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  CHECK(test::forward<TestType>(nn::LogSoftmax{}, x)
            .isApprox(nn::Matrix<TestType>{{-3 * log2}, {-2 * log2}, {log5 - 3 * log2}}, tolerance));
  CHECK(test::backward<TestType>(nn::LogSoftmax{}, x, nn::Matrix<TestType>{{8}, {0}, {0}})
            .isApprox(nn::Matrix<TestType>{{7}, {-2}, {-5}}, tolerance));
}

TEST_CASE("LogSoftmax is that of PyTorch") { test::check_against_pytorch(nn::LogSoftmax{}, "LogSoftmax"); }

TEST_CASE("LogSoftmax's gradients are right") { test::check_gradients_of(nn::LogSoftmax{}); }

TEST_CASE("LogSoftmax gives the same bits in every network") { test::check_same_bits_of(nn::LogSoftmax{}); }

TEMPLATE_TEST_CASE("LogSoftmax is finite where Softmax is 0", "", float, double) {
  const nn::Matrix<TestType> x{{1e4, -1e4, 0}, {-1e4, 1e4, -1e4}};
  const nn::Matrix<TestType> y = test::forward<TestType>(nn::LogSoftmax{}, x);
  CHECK(y == nn::Matrix<TestType>{{0, -2e4, 0}, {-2e4, 0, -1e4}});
  // dx = 1 - 2 softmax
  CHECK(test::backward<TestType>(nn::LogSoftmax{}, x, nn::Matrix<TestType>::Ones(2, 3)) ==
        nn::Matrix<TestType>{{-1, 1, -1}, {1, -1, 1}});
  // An impossible class stays impossible, and NaN stays in its sample.
  const TestType infinity = test::infinity<TestType>, nan = test::not_a_number<TestType>;
  const nn::Matrix<TestType> z =
      test::forward<TestType>(nn::LogSoftmax{}, nn::Matrix<TestType>{{0, nan}, {-infinity, 0}});
  CHECK(z.col(0) == nn::Vector<TestType>{{0, -infinity}});
  CHECK(z.col(1).array().isNaN().all());
}

TEST_CASE("LogSoftmax of several positions is one over the channels of each") {
  const nn::Matrix<double> x = test::drawn<double>(6, 2, 1), dy = test::drawn<double>(6, 2, 2);
  const nn::Matrix<double> y = test::forward_image<double>(nn::LogSoftmax{}, {1, 2, 3}, x);
  const nn::Matrix<double> dx = test::backward_image<double>(nn::LogSoftmax{}, {1, 2, 3}, x, dy);
  // The same numbers as four samples of three.
  const nn::Matrix<double> apart = x.reshaped(3, 4), apart_dy = dy.reshaped(3, 4);
  CHECK(y.reshaped(3, 4) == test::forward<double>(nn::LogSoftmax{}, apart));
  CHECK(dx.reshaped(3, 4) == test::backward<double>(nn::LogSoftmax{}, apart, apart_dy));
}

TEST_CASE("LogSoftmax's gradients are right over images") {
  test::check_gradients_of_image_layer(nn::LogSoftmax{}, {2, 1, 3});
}
