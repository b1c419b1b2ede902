// SPDX-License-Identifier: MIT
#include <nn/kernels/sparse_product.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <nn/core/random.hpp>

#include "../catch.hpp"

namespace {

using nn::Index;

template <class T>
std::vector<T> drawn(Index count, nn::Random& random) {
  std::vector<T> numbers(static_cast<std::size_t>(count));
  for (T& number : numbers) number = static_cast<T>(random.uniform(-1, 1));
  return numbers;
}

// Of all the numbers of a case the largest error, relative to the sum of the absolute terms.
struct Worst {
  double error = 0;
  template <class T>
  void look(T got, long double expected, long double terms) {
    const double e = static_cast<double>(std::abs(static_cast<long double>(got) - expected) / (terms + 1e-30L));
    if (!(e <= error)) error = std::isnan(e) ? std::numeric_limits<double>::infinity() : e;
  }
};

template <class T>
struct Case {
  Index rows, columns;
  std::vector<T> W, x, dy;

  Case(Index r, Index c, double share_of_zeros, std::uint64_t seed) : rows(r), columns(c) {
    nn::Random random(seed);
    W = drawn<T>(rows * columns, random);
    x = drawn<T>(columns, random);
    dy = drawn<T>(rows, random);
    for (T& number : x)
      if (random.uniform() < share_of_zeros) number = 0;
  }
  T w(Index i, Index j) const { return W[static_cast<std::size_t>(j * rows + i)]; }
  T in(Index j) const { return x[static_cast<std::size_t>(j)]; }
  T out(Index i) const { return dy[static_cast<std::size_t>(i)]; }
};

// One row beyond those that a kernel may write: it must come back as it was.
template <class T>
constexpr T guard = T(12345);

template <class T>
void check_case(const Case<T>& c, Worst& worst) {
  const auto size = [](Index n) { return static_cast<std::size_t>(n); };

  std::vector<T> y(size(c.rows + 1), T(0.5));
  y[size(c.rows)] = guard<T>;
  nn::kernels::add_product(c.W.data(), c.rows, c.columns, c.x.data(), y.data());
  REQUIRE(y[size(c.rows)] == guard<T>);
  for (Index i = 0; i < c.rows; ++i) {
    long double sum = 0.5L, terms = 0.5L;
    for (Index j = 0; j < c.columns; ++j) {
      sum += static_cast<long double>(c.w(i, j)) * c.in(j);
      terms += std::abs(static_cast<long double>(c.w(i, j)) * c.in(j));
    }
    worst.look(y[size(i)], sum, terms);
  }

  const T factor = T(0.375);
  for (const bool where_nonzero : {false, true}) {
    std::vector<T> dx(size(c.columns + 1), guard<T>), dx_of_descend = dx;
    std::vector<T> W = c.W, W_of_descend = c.W;
    W.push_back(guard<T>);
    W_of_descend.push_back(guard<T>);
    nn::kernels::input_gradient(c.W.data(), c.rows, c.columns, c.x.data(), c.dy.data(), dx.data(), where_nonzero);
    nn::kernels::subtract_outer_product(W.data(), c.rows, c.columns, c.x.data(), c.dy.data(), factor);
    nn::kernels::descend(W_of_descend.data(), c.rows, c.columns, c.x.data(), c.dy.data(), factor, dx_of_descend.data(),
                         where_nonzero);
    REQUIRE(W == W_of_descend);  // one pass or two: the same bits
    REQUIRE(dx == dx_of_descend);
    REQUIRE(W.back() == guard<T>);
    REQUIRE(dx.back() == guard<T>);
    for (Index j = 0; j < c.columns; ++j) {
      if (where_nonzero && c.in(j) == 0) {
        REQUIRE(dx[size(j)] == guard<T>);  // left alone
      } else {
        long double sum = 0, terms = 0;
        for (Index i = 0; i < c.rows; ++i) {
          sum += static_cast<long double>(c.w(i, j)) * c.out(i);
          terms += std::abs(static_cast<long double>(c.w(i, j)) * c.out(i));
        }
        worst.look(dx[size(j)], sum, terms);
      }
      for (Index i = 0; i < c.rows; ++i) {
        const long double change = static_cast<long double>(factor) * c.out(i) * c.in(j);
        worst.look(W[size(j * c.rows + i)], c.w(i, j) - change, std::abs(c.w(i, j)) + std::abs(change));
      }
    }
  }
}

}  // namespace

TEMPLATE_TEST_CASE("the kernels give what plain loops give, for every number of rows", "", float, double) {
  Worst worst;
  std::uint64_t seed = 0;
  for (Index rows = 1; rows <= 70; ++rows)
    for (const Index columns : {1, 2, 7, 64})
      for (const double share_of_zeros : {0.0, 0.6, 1.0}) {
        CAPTURE(rows, columns, share_of_zeros);
        check_case(Case<TestType>(rows, columns, share_of_zeros, ++seed), worst);
      }
  CHECK(worst.error < (std::is_same_v<TestType, float> ? 1e-5 : 1e-12));
}

TEMPLATE_TEST_CASE("the kernels give what plain loops give, for many columns and rows", "", float, double) {
  Worst worst;
  for (const Index rows : {1, 3, 16, 31, 128, 129, 257, 300})
    for (const Index columns : {511, 512, 513, 1025})
      for (const double share_of_zeros : {0.0, 0.8}) {
        CAPTURE(rows, columns, share_of_zeros);
        check_case(Case<TestType>(rows, columns, share_of_zeros, static_cast<std::uint64_t>(rows * columns)), worst);
      }
  CHECK(worst.error < (std::is_same_v<TestType, float> ? 1e-5 : 1e-12));
}

TEMPLATE_TEST_CASE("what stands in a column of zero input is not read", "", float, double) {
  const TestType nan = std::numeric_limits<TestType>::quiet_NaN();
  for (const Index rows : {1, 5, 16, 33, 140}) {
    CAPTURE(rows);
    Case<TestType> c(rows, 600, 0, 3);
    for (const Index column : {0, 17, 511, 512, 599}) {
      c.x[static_cast<std::size_t>(column)] = column == 17 ? TestType(-0.0) : TestType(0);
      for (Index i = 0; i < rows; ++i) c.W[static_cast<std::size_t>(column * rows + i)] = nan;
    }
    std::vector<TestType> y(static_cast<std::size_t>(rows)), dx(600);
    nn::kernels::add_product(c.W.data(), rows, c.columns, c.x.data(), y.data());
    for (const TestType number : y) CHECK(number == number);

    nn::kernels::input_gradient(c.W.data(), rows, c.columns, c.x.data(), c.dy.data(), dx.data(), true);
    for (const TestType number : dx) CHECK(number == number);
    nn::kernels::descend(c.W.data(), rows, c.columns, c.x.data(), c.dy.data(), TestType(0.1), dx.data(), true);
    for (const TestType number : dx) CHECK(number == number);

    // Control: where all is wanted, it is read.
    nn::kernels::input_gradient(c.W.data(), rows, c.columns, c.x.data(), c.dy.data(), dx.data(), false);
    CHECK(dx[17] != dx[17]);
    CHECK(dx[16] == dx[16]);
  }
}

TEMPLATE_TEST_CASE("NaN in the input is no zero: it comes through", "", float, double) {
  Case<TestType> c(20, 9, 0, 3);
  c.x[4] = std::numeric_limits<TestType>::quiet_NaN();
  std::vector<TestType> y(20);
  nn::kernels::add_product(c.W.data(), c.rows, c.columns, c.x.data(), y.data());
  for (const TestType number : y) CHECK(number != number);
}

TEMPLATE_TEST_CASE("the kernels take memory of any alignment and give the same bits", "", float, double) {
  for (const Index rows : {7, 33, 150}) {
    const Case<TestType> c(rows, 40, 0.3, 8);
    const auto run = [&](std::size_t shift) {
      std::vector<TestType> W(c.W.size() + 8), x(c.x.size() + 8), dy(c.dy.size() + 8), y(c.dy.size() + 8), dx(48);
      std::copy(c.W.begin(), c.W.end(), W.begin() + static_cast<std::ptrdiff_t>(shift));
      std::copy(c.x.begin(), c.x.end(), x.begin() + static_cast<std::ptrdiff_t>(shift));
      std::copy(c.dy.begin(), c.dy.end(), dy.begin() + static_cast<std::ptrdiff_t>(shift));
      nn::kernels::add_product(W.data() + shift, rows, c.columns, x.data() + shift, y.data() + shift);
      nn::kernels::descend(W.data() + shift, rows, c.columns, x.data() + shift, dy.data() + shift, TestType(0.1),
                           dx.data() + shift, false);
      std::vector<TestType> all(y.begin() + static_cast<std::ptrdiff_t>(shift),
                                y.begin() + static_cast<std::ptrdiff_t>(shift) + rows);
      all.insert(all.end(), dx.begin() + static_cast<std::ptrdiff_t>(shift),
                 dx.begin() + static_cast<std::ptrdiff_t>(shift) + c.columns);
      all.insert(all.end(), W.begin() + static_cast<std::ptrdiff_t>(shift),
                 W.begin() + static_cast<std::ptrdiff_t>(shift) + rows * c.columns);
      return all;
    };
    const auto aligned = run(0);
    for (std::size_t shift = 1; shift < 8; ++shift) CHECK(run(shift) == aligned);
  }
}

TEST_CASE("find_nonzero lists the columns whose input is not zero") {
  const std::vector<float> x{0, 1, -0.0F, 2, 0, -3, std::numeric_limits<float>::denorm_min()};
  nn::kernels::Columns columns;
  columns.find_nonzero(x.data(), 0, 7);
  REQUIRE(columns.count == 4);
  CHECK(columns.numbers[0] == 1);
  CHECK(columns.numbers[1] == 3);
  CHECK(columns.numbers[2] == 5);
  CHECK(columns.numbers[3] == 6);
  columns.find_nonzero(x.data(), 3, 3);  // numbered from `first`
  REQUIRE(columns.count == 2);
  CHECK(columns.numbers[0] == 0);
  CHECK(columns.numbers[1] == 2);
}

TEST_CASE("a kernel of no rows or no columns does nothing") {
  const float W = 3, x = 2, dy = 1;
  float y = 7, dx = 8;
  nn::kernels::add_product(&W, 1, 0, &x, &y);
  CHECK(y == 7.0F);
  nn::kernels::input_gradient(&W, 1, 0, &x, &dy, &dx, false);
  CHECK(dx == 8.0F);
}
