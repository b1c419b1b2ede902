// SPDX-License-Identifier: MIT
#include <nn/kernels/small_product.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

using nn::Index;

// Close in terms of the sum of the absolute terms; nothing beside y is written.
template <Index Rows, Index Columns, class T>
void check_small_product() {
  const nn::Matrix<T> W = test::drawn<T>(Rows, Columns, 1), x = test::drawn<T>(Columns, 1, 2),
                      b = test::drawn<T>(Rows, 1, 3);
  for (const T* bias : {b.data(), static_cast<const T*>(nullptr)}) {
    CAPTURE(Rows, Columns, sizeof(T), bias == nullptr);
    std::vector<T> y(static_cast<std::size_t>(Rows + 2), T(77));
    nn::kernels::small_product<Rows, Columns>(W.data(), bias, x.data(), y.data() + 1);
    bool is_close = true;
    for (Index i = 0; i < Rows; ++i) {
      long double sum = bias == nullptr ? 0 : bias[i], terms = std::abs(sum);
      for (Index j = 0; j < Columns; ++j) {
        const long double term = static_cast<long double>(W(i, j)) * x(j, 0);
        sum += term;
        terms += std::abs(term);
      }
      const long double error = std::abs(y[static_cast<std::size_t>(i + 1)] - sum);
      is_close = is_close && error <= 4 * std::numeric_limits<T>::epsilon() * terms;
    }
    CHECK(is_close);
    CHECK(y.front() == T(77));
    CHECK(y.back() == T(77));
  }
}

}  // namespace

TEMPLATE_TEST_CASE("a small product gives what plain loops give", "", float, double) {
  check_small_product<1, 1, TestType>();
  check_small_product<1, 64, TestType>();
  check_small_product<3, 5, TestType>();
  check_small_product<4, 16, TestType>();  // with AVX-512 this and the next three have ways of their own,
  check_small_product<4, 64, TestType>();
  check_small_product<16, 16, TestType>();
  check_small_product<16, 48, TestType>();
  check_small_product<20, 16, TestType>();  // which are not for the last rows of more
  check_small_product<32, 16, TestType>();
  check_small_product<10, 17, TestType>();
  check_small_product<31, 7, TestType>();
  check_small_product<64, 16, TestType>();
  check_small_product<1024, 1, TestType>();
}
