// SPDX-License-Identifier: MIT
#include <nn/kernels/product.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include <nn/core/random.hpp>
#include <nn/kernels/sparse_product.hpp>

#include "../catch.hpp"

namespace {

using nn::Index;
using nn::kernels::Factor;

template <class T>
std::vector<T> numbers(Index count, double share_of_zeros, nn::Random& random) {
  std::vector<T> all(static_cast<std::size_t>(count));
  for (T& number : all) number = random.uniform() < share_of_zeros ? T(0) : static_cast<T>(random.normal());
  return all;
}

// C + scale A B by the definition, and the sum of the magnitudes, to which rounding errors are relative.
template <class T>
double worst_error(T scale, const Factor<T>& A, const Factor<T>& B, Index rows, Index depth, Index columns,
                   const std::vector<T>& before, const std::vector<T>& after) {
  double worst = 0;
  for (Index j = 0; j < columns; ++j)
    for (Index i = 0; i < rows; ++i) {
      const auto at = static_cast<std::size_t>(i + j * rows);
      double sum = static_cast<double>(before[at]), magnitude = std::abs(sum);
      for (Index k = 0; k < depth; ++k) {
        const double term =
            static_cast<double>(scale) * static_cast<double>(*A.at(i, k)) * static_cast<double>(*B.at(k, j));
        sum += term;
        magnitude += std::abs(term);
      }
      worst = std::max(worst, std::abs(static_cast<double>(after[at]) - sum) / (magnitude + 1e-300));
    }
  return worst;
}

template <class T>
void check_all_layouts(Index rows, Index depth, Index columns, double share_of_zeros) {
  CAPTURE(rows, depth, columns, share_of_zeros);
  nn::Random random(static_cast<std::uint64_t>(rows * 1'000'000 + depth * 1000 + columns));
  const std::vector<T> a = numbers<T>(rows * depth, 0, random);
  const std::vector<T> b = numbers<T>(depth * columns, share_of_zeros, random);
  const std::vector<T> before = numbers<T>(rows * columns, 0, random);
  const T scale = T(-0.5);
  for (const bool a_by_columns : {true, false})
    for (const bool b_by_columns : {true, false}) {
      CAPTURE(a_by_columns, b_by_columns);
      const Factor<T> A = a_by_columns ? Factor<T>{a.data(), 1, rows} : Factor<T>{a.data(), depth, 1};
      const Factor<T> B = b_by_columns ? Factor<T>{b.data(), 1, depth} : Factor<T>{b.data(), columns, 1};
      std::vector<T> after = before;
      nn::kernels::add_product(scale, A, B, rows, depth, columns, after.data());
      const double rounding = static_cast<double>(depth + 2) * static_cast<double>(std::numeric_limits<T>::epsilon());
      CHECK(worst_error(scale, A, B, rows, depth, columns, before, after) <= rounding);
    }
}

}  // namespace

TEST_CASE("A product equals its definition for every number of rows and columns") {
  for (Index rows = 1; rows <= 70; ++rows) check_all_layouts<float>(rows, 19, 7, 0.5);
  for (Index rows = 1; rows <= 70; ++rows) check_all_layouts<double>(rows, 19, 7, 0.5);
  for (Index columns = 1; columns <= 33; ++columns) check_all_layouts<float>(21, 13, columns, 0.8);
  for (Index columns = 1; columns <= 33; ++columns) check_all_layouts<double>(21, 13, columns, 0.8);
}

TEST_CASE("A product equals its definition across the blocks it is worked on in") {
  for (const double share_of_zeros : {0.0, 0.5, 0.99, 1.0}) {
    check_all_layouts<float>(131, 230, 140, share_of_zeros);
    check_all_layouts<double>(67, 113, 133, share_of_zeros);
  }
}

TEST_CASE("A column of a product has the same bits alone and among others") {
  nn::Random random(5);
  const Index rows = 45, depth = 250, columns = 31;
  const std::vector<float> a = numbers<float>(rows * depth, 0, random),
                           b = numbers<float>(depth * columns, 0.7, random);
  std::vector<float> together(static_cast<std::size_t>(rows * columns), 0.25F);
  nn::kernels::add_product<float>(1, {a.data(), 1, rows}, {b.data(), 1, depth}, rows, depth, columns, together.data());
  for (Index j = 0; j < columns; ++j) {
    std::vector<float> alone(static_cast<std::size_t>(rows), 0.25F), by_columns = alone;
    nn::kernels::add_product<float>(1, {a.data(), 1, rows}, {b.data() + j * depth, 1, depth}, rows, depth, 1,
                                    alone.data());
    nn::kernels::add_product(a.data(), rows, depth, b.data() + j * depth, by_columns.data());
    for (Index i = 0; i < rows; ++i) {
      CHECK(alone[static_cast<std::size_t>(i)] == together[static_cast<std::size_t>(i + j * rows)]);
      CHECK(by_columns[static_cast<std::size_t>(i)] == together[static_cast<std::size_t>(i + j * rows)]);
    }
  }
}

TEST_CASE("NaN in either factor reaches the product") {
  std::vector<float> a(20, 1.0F), b(20, 1.0F), c(16, 0.0F);
  b[7] = std::numeric_limits<float>::quiet_NaN();
  nn::kernels::add_product<float>(1, {a.data(), 1, 4}, {b.data(), 1, 5}, 4, 5, 4, c.data());
  CHECK(std::isnan(c[4]));
  CHECK_FALSE(std::isnan(c[0]));
}
