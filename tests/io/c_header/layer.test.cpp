// SPDX-License-Identifier: MIT
#include <string>

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
}  // namespace c_layer_test
