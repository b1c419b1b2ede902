// SPDX-License-Identifier: MIT
#include <nn/kernels/packing.hpp>

#include <vector>

#include "../catch.hpp"

using nn::Index;
using nn::kernels::Factor;

namespace {

// Every number tells where it stands; -1 is what nobody has written.
template <class T>
void check_packing(Index rows, Index depth) {
  CAPTURE(rows, depth);
  const Index pitch = rows + depth + 3, width = rows + 5;
  std::vector<T> by_columns(static_cast<std::size_t>(pitch * (depth + 1))),
      by_rows(static_cast<std::size_t>(pitch * (rows + 1)));
  for (Index i = 0; i < rows; ++i)
    for (Index k = 0; k < depth; ++k)
      by_columns[static_cast<std::size_t>(k * pitch + i)] = by_rows[static_cast<std::size_t>(i * pitch + k)] =
          static_cast<T>(100 * i + k + 1);
  for (const Factor<T>& A : {Factor<T>{by_columns.data(), 1, pitch}, Factor<T>{by_rows.data(), pitch, 1}}) {
    CAPTURE(A.row_step);
    std::vector<T> some(static_cast<std::size_t>(width * depth), T(-1)), all = some;
    nn::kernels::pack_rows(A, rows, depth, T(0.5), width, some.data());
    nn::kernels::pack(A, rows, depth, T(0.5), width, all.data());
    Index wrong = 0;
    for (Index k = 0; k < depth; ++k)
      for (Index i = 0; i < width; ++i) {
        const auto at = static_cast<std::size_t>(k * width + i);
        const T number = static_cast<T>(100 * i + k + 1) / 2;
        wrong += some[at] != (i < rows ? number : T(-1));
        wrong += all[at] != (i < rows ? number : T(0));
      }
    CHECK(wrong == 0);
  }
}

}  // namespace

TEMPLATE_TEST_CASE("A packed part holds the scaled numbers of a factor that lies by columns or by rows", "", float,
                   double) {
  for (Index rows = 1; rows <= 37; ++rows)
    for (const Index depth : {1, 2, 3, 4, 5, 7, 8, 13}) check_packing<TestType>(rows, depth);
}
