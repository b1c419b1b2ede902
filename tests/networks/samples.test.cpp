// SPDX-License-Identifier: MIT
#include <nn/networks/samples.hpp>

#include <array>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../numbers.hpp"

TEST_CASE("samples are an expression of Eigen's or a list of numbers") {
  STATIC_REQUIRE(nn::MatrixExpression<nn::Matrix<float>>);
  STATIC_REQUIRE(nn::MatrixExpression<Eigen::ArrayXXd>);
  STATIC_REQUIRE(nn::MatrixExpression<decltype(nn::Matrix<float>() * 2)>);
  STATIC_REQUIRE_FALSE(nn::MatrixExpression<std::vector<float>>);
  STATIC_REQUIRE(nn::NumberList<std::vector<float>>);
  STATIC_REQUIRE(nn::NumberList<std::array<int, 2>>);
  STATIC_REQUIRE(nn::NumberList<std::span<const double>>);
  STATIC_REQUIRE(nn::NumberList<std::initializer_list<double>>);
  STATIC_REQUIRE(nn::NumberList<double[3]>);
  STATIC_REQUIRE_FALSE(nn::NumberList<nn::Vector<float>>);
  STATIC_REQUIRE_FALSE(nn::NumberList<std::vector<std::vector<float>>>);
  STATIC_REQUIRE_FALSE(nn::NumberList<std::vector<bool>>);
  STATIC_REQUIRE_FALSE(nn::NumberList<float>);
}

TEST_CASE("a matrix is taken as it is, a list as one column, and neither is copied") {
  const nn::Matrix<float> x = test::drawn<float>(4, 6, 1);
  const nn::Matrix<float>& same = nn::as_matrix<float, 4>(x);
  CHECK(&same == &x);
  const std::vector<double> list{1, 2, 3};
  const auto column = nn::as_matrix<double, nn::dynamic>(list);
  STATIC_REQUIRE(decltype(column)::ColsAtCompileTime == 1);
  CHECK(column.data() == list.data());
  CHECK(column.rows() == 3);
}

TEST_CASE("with_contiguous copies only where it must") {
  const nn::Matrix<float> x = test::drawn<float>(4, 6, 1);
  const auto begins_at = [](const auto& expression, const float* place) {
    return nn::with_contiguous(expression, [&](const auto& view) { return view.data() == place; });
  };
  CHECK(begins_at(x, x.data()));
  CHECK(begins_at(x.col(2), x.data() + 8));
  CHECK(begins_at(x.middleCols(1, 3), x.data() + 4));
  CHECK_FALSE(begins_at(x.topRows(2), x.data()));
  CHECK_FALSE(begins_at(x.row(0), x.data()));
  const bool is_equal = nn::with_contiguous(x.topRows(2), [&](const auto& view) { return view == x.topRows(2); });
  CHECK(is_equal);
}

TEST_CASE("A block of numbers is used as it lies, anything else is copied to the memory that is given") {
  const nn::Matrix<float> x{{1, 2, 3}, {4, 5, 6}};
  nn::Buffer<float> memory;
  CHECK(nn::contiguous(x, memory).data() == x.data());
  CHECK(nn::contiguous(x.rightCols(2), memory).data() == x.data() + 2);
  CHECK(memory.size() == 0);
  const auto check_copied = [&](const auto& expression) {
    const nn::ConstMatrixView<float> block = nn::contiguous(expression, memory);
    CHECK(block.data() == memory.data());
    CHECK(block == expression.matrix());
  };
  check_copied(x.transpose());
  check_copied(x.topRows(1));
  check_copied(x.array() + 1);
  check_copied(2 * x);
}
