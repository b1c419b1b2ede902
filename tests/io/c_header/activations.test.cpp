// SPDX-License-Identifier: MIT
#include <string>

#include <nn/io/c_header/activations.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_activations_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("an option of an activation stands in its C as a literal") {
  const CCode code = elementwise_c({"LeakyReLU", "v > 0 ? v : %negative_slope% * v", {}, "", {"negative_slope"}},
                                   c_layer("LeakyReLU", {{"negative_slope", 0.5}}, Shape(3), Shape(3)), c);
  CHECK(code.body.find("y[i] = v > 0 ? v : (0.5f) * v;\n") != std::string::npos);
  CHECK(code.is_in_place);
}
}  // namespace c_activations_test
