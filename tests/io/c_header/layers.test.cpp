// SPDX-License-Identifier: MIT
#include <string>

#include <nn/io/c_header/layers.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_layers_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("layers that do nothing in use have no C, and unknown ones are refused") {
  CHECK(code_of(c_layer("Dropout", {{"rate", 0.5}}, Shape(3), Shape(3)), c).body.empty());
  CHECK(code_of(c_layer("Tanh", {}, Shape(3), Shape(3)), c).body.find("net_tanh(v)") != std::string::npos);
  CHECK_THROWS_AS(code_of(c_layer("Mine", {}, Shape(3), Shape(3)), c), nn::load_error);
}
}  // namespace c_layers_test
