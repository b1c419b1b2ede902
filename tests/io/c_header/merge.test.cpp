// SPDX-License-Identifier: MIT
#include <string>

#include <nn/io/c_header/merge.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_merge_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

CLayer merging(std::string name, std::vector<Shape> inputs, Shape output) {
  CLayer layer = c_layer(std::move(name), {}, inputs[0], output);
  layer.inputs = std::move(inputs);
  return layer;
}

TEST_CASE("in C a dimension of 1 is repeated where layers merge") {
  const CCode code = merge_c(merging("Multiply", {Shape(2, 3, 4), Shape(1, 1, 4), Shape(2, 1, 1)}, Shape(2, 3, 4)), c);
  CHECK(code.body.find("v = x[row * 12 + column * 4 + j];") != std::string::npos);
  CHECK(code.body.find("v *= x1[j];") != std::string::npos);
  CHECK(code.body.find("v *= x2[row];") != std::string::npos);
  CHECK(code.is_in_place);
  CHECK_FALSE(merge_c(merging("Add", {Shape(1), Shape(4)}, Shape(4)), c).is_in_place);
}

TEST_CASE("outputs stand one after the other in C") {
  CHECK(merge_c(merging("Outputs", {Shape(2), Shape(3)}, Shape(5)), c).body ==
        "  for (long i = 0; i < 2; ++i) *y++ = x[i];\n  for (long i = 0; i < 3; ++i) *y++ = x1[i];\n");
}

TEST_CASE("a merge layer that is not the library's is refused in C") {
  CHECK_THROWS_AS(merge_c(merging("Mine", {Shape(2), Shape(2)}, Shape(2)), c), nn::load_error);
}
}  // namespace c_merge_test
