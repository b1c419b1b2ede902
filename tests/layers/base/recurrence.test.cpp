// SPDX-License-Identifier: MIT
#include <nn/layers/base/recurrence.hpp>

#include <vector>

#include <nn/layers/gru.hpp>
#include <nn/layers/lstm.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

TEST_CASE("A sequence is read from either end") {
  constexpr nn::detail::Sequences sequences{.features = 1, .units = 1, .steps = 5};
  static_assert(sequences.step_at(0) == 0 && sequences.step_at(4) == 4);
  constexpr nn::detail::Sequences reversed{.features = 1, .units = 1, .steps = 5, .is_reversed = true};
  static_assert(reversed.step_at(0) == 4 && reversed.step_at(4) == 0);
}

TEST_CASE("The parameters of a recurrent layer follow each other") {
  constexpr nn::detail::RecurrentParameters at{.rows = 8, .features = 3, .units = 2};
  static_assert(at.recurrent_weight() == 24 && at.input_bias() == 40 && at.recurrent_bias() == 48);
  static_assert(at.columns() == 7);
}

TEMPLATE_TEST_CASE("add_columns adds a product to columns that stand apart", "", float, double) {
  using M = nn::Matrix<TestType>;
  const M A = test::drawn<TestType>(5, 3, 1), b = test::drawn<TestType>(4, 6, 2);
  for (const nn::Index columns : {1, 6}) {
    M c = M::Ones(7, 6), expected = c;
    expected.topLeftCorner(4, columns) += A.topRows(4) * b.topLeftCorner(3, columns);
    nn::detail::add_columns<TestType>(A.data(), 4, 5, 3, b.data(), 4, columns, c.data(), 7);
    CHECK((c - expected).cwiseAbs().maxCoeff() < 1e-5);
  }
}
