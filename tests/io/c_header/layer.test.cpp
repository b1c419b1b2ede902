// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <nn/io/c_header/layer.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_layer_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;

TEST_CASE("a layer without an option or tensor that the library's has is refused") {
  CLayer dense = c_layer("Dense", {{"units", 2}}, Shape(3), Shape(2));
  dense.tensors.push_back({"weight", 2, 3, {1, 2, 3, 4, 5, 6}});
  CHECK(dense.whole("units") == 2);
  CHECK(dense.tensor("weight", 2, 3)(1, 2) == 6);
  CHECK_THROWS_AS(dense.real("bias"), nn::load_error);
  CHECK_THROWS_AS(dense.tensor("weight", 3, 2), nn::load_error);
  CHECK_NOTHROW(require_finite(dense, false));
  dense.tensors[0].numbers[3] = 1e300;
  CHECK_NOTHROW(require_finite(dense, true));
  CHECK_THROWS_AS(require_finite(dense, false), nn::load_error);
}

TEST_CASE("some rows of a tensor are a tensor, column by column") {
  const CTensor some = CTensor{"weight", 4, 2, {1, 2, 3, 4, 5, 6, 7, 8}}.some_rows(1, 2);
  CHECK(some.name == "weight");
  CHECK(some.rows == 2);
  CHECK(some.columns == 2);
  CHECK(some.numbers == std::vector<double>{2, 3, 6, 7});
}

TEST_CASE("C code that says nothing else takes two arrays and no scratch") {
  CHECK_FALSE(CCode{}.is_in_place);
  CHECK(CCode{}.scratch == 0);
}
}  // namespace c_layer_test
