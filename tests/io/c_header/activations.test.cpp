// SPDX-License-Identifier: MIT
#include <set>
#include <string>
#include <vector>

#include <nn/io/c_header/activations.hpp>

#include "../../catch.hpp"

namespace c_activations_test {
using namespace nn::detail;
using nn::Index;
using nn::Shape;
const CText c("net", false);
CLayer layer(std::string name, std::vector<std::pair<std::string, double>> options, Shape input, Shape output) {
  return {.number = "0", .description = {std::move(name), std::move(options)}, .input = input, .output = output};
}

TEST_CASE("an option of an activation stands in its C as a literal") {
  const CCode code = elementwise_c({"LeakyReLU", "v > 0 ? v : %negative_slope% * v", {}, "", {"negative_slope"}},
                                   layer("LeakyReLU", {{"negative_slope", 0.5}}, Shape(3), Shape(3)), c);
  CHECK(code.body.find("y[i] = v > 0 ? v : (0.5f) * v;\n") != std::string::npos);
  CHECK(code.is_in_place);
}
}  // namespace c_activations_test
