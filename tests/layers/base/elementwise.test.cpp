// SPDX-License-Identifier: MIT
#include <nn/layers/base/elementwise.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

// y = x^2; its slope is told from x and y alike, so that either mixed up shows.
struct Square : nn::Elementwise<Square> {
  static constexpr std::string_view name() { return "Square"; }
  auto value(auto x) const { return x * x; }
  auto slope(auto x, auto y) const { return 3 * x - y / x; }  // 2 x
  bool operator==(const Square&) const = default;
};

// y = max(0, x), with the flag and a slope as a user would write it.
struct FlatBelowZero : nn::Elementwise<FlatBelowZero> {
  static constexpr bool is_flat_where_zero = true;
  static constexpr std::string_view name() { return "FlatBelowZero"; }
  auto value(auto x) const { return x > 0 ? x : decltype(x)(0); }
  auto slope(auto, auto y) const { return y > 0 ? decltype(y)(1) : decltype(y)(0); }
  bool operator==(const FlatBelowZero&) const = default;
};

using Values = nn::Values<nn::ConstVectorView<double>, nn::ConstMatrixView<double>, nn::ConstMatrixView<double>>;

}  // namespace

TEST_CASE("an elementwise activation is a layer that keeps the shape") {
  static_assert(nn::Layer<Square>);
  static_assert(nn::shape_is_in_type<Square>);
  CHECK(Square{}.output_shape(nn::Shape(3, 5, 2)) == nn::Shape(3, 5, 2));
}

TEST_CASE("an elementwise activation visits every number of every sample") {
  const nn::Matrix<double> x{{1, -2, 3}, {4, 5, -6}};
  nn::Matrix<double> y(2, 3);
  Square{}.forward(nn::Shape(2), 0, x, y);
  CHECK(y == nn::Matrix<double>{{1, 4, 9}, {16, 25, 36}});

  const nn::Matrix<double> dy{{1, 10, 100}, {0.5, 2, 3}};
  nn::Matrix<double> dx = nn::Matrix<double>::Constant(2, 3, 7);
  const auto backward = [&](nn::InputGradient wanted) {
    nn::Gradients gradients{nn::VectorView<double>(nullptr, 0), nn::MatrixView<double>(dx.data(), 2, 3),
                            nn::ConstMatrixView<double>(dy.data(), 2, 3), wanted};
    Square{}.backward(nn::Shape(2),
                      Values{nn::ConstVectorView<double>(nullptr, 0), nn::ConstMatrixView<double>(x.data(), 2, 3),
                             nn::ConstMatrixView<double>(y.data(), 2, 3)},
                      gradients);
  };
  backward(nn::InputGradient::none);  // not wanted, not written
  CHECK(dx == nn::Matrix<double>::Constant(2, 3, 7));
  backward(nn::InputGradient::all);  // dy 2 x
  CHECK(dx == nn::Matrix<double>{{2, -40, 600}, {4, 20, -36}});
}

TEST_CASE("an activation that is flat where its output is zero reads no gradient there") {
  const double unwritten = test::not_a_number<double>;
  const nn::Matrix<double> x{{1, -2}, {0, 3}}, y{{1, 0}, {0, 3}}, dy{{5, unwritten}, {unwritten, 7}};
  nn::Matrix<double> dx(2, 2);
  nn::Gradients gradients{nn::VectorView<double>(nullptr, 0), nn::MatrixView<double>(dx.data(), 2, 2),
                          nn::ConstMatrixView<double>(dy.data(), 2, 2), nn::InputGradient::all};
  FlatBelowZero{}.backward(nn::Shape(2),
                           Values{nn::ConstVectorView<double>(nullptr, 0), nn::ConstMatrixView<double>(x.data(), 2, 2),
                                  nn::ConstMatrixView<double>(y.data(), 2, 2)},
                           gradients);
  CHECK(dx == nn::Matrix<double>{{5, 0}, {0, 7}});
}
