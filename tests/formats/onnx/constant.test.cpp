// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/constant.hpp>

#include "../../catch.hpp"

TEST_CASE("Sizes are counted, and axes too, from the end where they are negative") {
  using namespace nn::detail::onnx;
  CHECK(count_of({2, 3, 4}) == 24);
  CHECK(count_of({}) == 1);
  CHECK(count_of({5, 0}) == 0);
  CHECK_THROWS_AS(count_of({-1}), unsupported);
  CHECK_THROWS_AS(count_of({1 << 20, 1 << 20}), unsupported);
  CHECK(axis_in(-1, 3) == 2);
  CHECK(axis_in(2, 3) == 2);
  CHECK_THROWS_AS(axis_in(3, 3), unsupported);
  CHECK_THROWS_AS(axis_in(-4, 3), unsupported);
}

TEST_CASE("A constant is a list of whole numbers, or not") {
  using namespace nn::detail::onnx;
  CHECK(integers_constant({1, 2}).as_integers("the shape").size() == 2);
  const Constant real{.dims = {1}, .is_whole = false, .integers = {}, .reals = {1.5}};
  CHECK(real.number(0) == 1.5);
  CHECK_THROWS_AS(real.as_integers("the shape"), unsupported);
}
