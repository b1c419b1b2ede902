// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/array.hpp>

#include "../../catch.hpp"

TEST_CASE("Shapes go together where sizes are equal or 1") {
  using nn::detail::onnx::broadcast;
  using nn::detail::onnx::Sizes;
  CHECK(broadcast({2, 1}, {3}) == Sizes{2, 3});
  CHECK(broadcast({}, {4}) == Sizes{4});
  CHECK(broadcast({1}, {0}) == Sizes{0});
  CHECK_THROWS_AS(broadcast({2}, {3}), nn::detail::onnx::unsupported);
  CHECK(nn::detail::onnx::source_of(5, {2, 3}, {2, 1}) == 1);  // row 1, column 2
  CHECK(nn::detail::onnx::source_of(5, {2, 3}, {3}) == 2);
}
