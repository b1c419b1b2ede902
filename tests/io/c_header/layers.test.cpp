// SPDX-License-Identifier: MIT
#include <set>
#include <string>
#include <vector>

#include <nn/io/c_header/layers.hpp>

#include "../../catch.hpp"

namespace c_layers_test {
using namespace nn::detail;
using nn::Index;
using nn::Shape;
const CText c("net", false);
CLayer layer(std::string name, std::vector<std::pair<std::string, double>> options, Shape input, Shape output) {
  return {.number = "0", .description = {std::move(name), std::move(options)}, .input = input, .output = output};
}

TEST_CASE("layers that do nothing in use have no C, and unknown ones are refused") {
  CHECK(code_of(layer("Dropout", {{"rate", 0.5}}, Shape(3), Shape(3)), c).body.empty());
  CHECK(code_of(layer("Tanh", {}, Shape(3), Shape(3)), c).body.find("net_tanh(v)") != std::string::npos);
  CHECK_THROWS_AS(code_of(layer("Mine", {}, Shape(3), Shape(3)), c), nn::load_error);
}
}  // namespace c_layers_test
