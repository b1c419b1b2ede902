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

TEST_CASE("A transposition names each axis once") {
  using nn::detail::onnx::permuted;
  using nn::detail::onnx::Sizes;
  const nn::detail::onnx::Constant x{.dims = {2, 3}, .is_whole = true, .integers = {1, 2, 3, 4, 5, 6}, .reals = {}};
  CHECK(permuted(x, {1, 0}).dims == Sizes{3, 2});
  CHECK(permuted(x, {1, 0}).integers == Sizes{1, 4, 2, 5, 3, 6});
  CHECK_THROWS_WITH(permuted(x, {0}), "an order of 1 of 2 axes");
  CHECK_THROWS_WITH(permuted(x, {1, -1}), "an order that names axis -1 twice");
}

TEST_CASE("Dimensions of 1 are put in where they will stand, and left out") {
  using nn::detail::onnx::Sizes;
  using nn::detail::onnx::squeezed;
  using nn::detail::onnx::unsqueezed;
  CHECK(unsqueezed({3, 4}, {2, 0}) == Sizes{1, 3, 1, 4});
  CHECK(unsqueezed({3}, {-1}) == Sizes{3, 1});
  CHECK(squeezed({1, 3, 1}, {}) == Sizes{3});
  CHECK(squeezed({1, 3, 1}, {-1}) == Sizes{1, 3});
  CHECK_THROWS_WITH(squeezed({1, 3}, {1}), "axis 1 has the size 3 and cannot be left out");
}

TEST_CASE("Reshape is told a size as 0 where it is copied, and as -1 where it follows from the others") {
  using nn::detail::onnx::reshape_sizes;
  using nn::detail::onnx::Sizes;
  nn::detail::onnx::Document document("the test", "");
  const nn::detail::onnx::Node node;
  const nn::detail::onnx::NodeOptions options(document, node);
  CHECK(reshape_sizes(options, {2, 3}, {-1}) == Sizes{6});
  CHECK(reshape_sizes(options, {2, 3}, {0, -1}) == Sizes{2, 3});
  CHECK(reshape_sizes(options, {2, 3}, {3, 2}) == Sizes{3, 2});
  CHECK_THROWS_WITH(reshape_sizes(options, {2, 3}, {4, -1}), "6 numbers do not fill the shape");
  CHECK_THROWS_WITH(reshape_sizes(options, {0, 3}, {0, -1}), "0 numbers do not fill the shape");
  CHECK_THROWS_WITH(reshape_sizes(options, {2}, {2, 0}), "it copies size 1 of 1");
  CHECK_THROWS_WITH(reshape_sizes(options, {2, 3}, {5}), "6 numbers do not make a shape of 5");
}

TEST_CASE("Numbers are computed with, of which whole ones must not overflow") {
  using nn::detail::onnx::real;
  using nn::detail::onnx::whole;
  CHECK(real("Add", 6, 2) == 8);
  CHECK(real("Sub", 6, 2) == 4);
  CHECK(real("Mul", 6, 2) == 12);
  CHECK(real("Div", 6, 2) == 3);
  CHECK(whole("Add", 7, 2) == 9);
  CHECK(whole("Sub", 7, 2) == 5);
  CHECK(whole("Mul", 7, 2) == 14);
  CHECK(whole("Div", 7, 2) == 3);
  CHECK(whole("Div", 7, -1) == -7);
  CHECK_THROWS_WITH(whole("Mul", std::int64_t{1} << 62, 2), "whole numbers that overflow");
}
