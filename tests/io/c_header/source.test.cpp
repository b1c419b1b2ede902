// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string>
#include <vector>

#include <nn/io/c_header/source.hpp>

#include "../../catch.hpp"

namespace c_source_test {
using namespace nn::detail;
using nn::Shape;
const CText c("net", false);

TEST_CASE("the numbers of an array in C fill lines of at most 120 characters") {
  CHECK(c_array(c, "  ", "bias", {1, -0.5}) == "  static const float bias[2] = {\n    1.0f, -0.5f};\n");
  const std::string many = c_array(c, "  ", "weight", std::vector<double>(100, -0.123456789));
  std::size_t longest = 0, lines = 0;
  for (std::size_t begin = 0, end; (end = many.find('\n', begin)) != std::string::npos; begin = end + 1, ++lines)
    longest = std::max(longest, end - begin);
  CHECK(longest <= 120);
  CHECK(lines == 14);  // the declaration, then 8 numbers of 12 characters in each
}

TEST_CASE("the function of a step that works in place is given one pointer") {
  const CLayer tanh{.number = "0", .description = {"Tanh", {}}, .input = Shape(2), .output = Shape(2)};
  const CProgram two({tanh, tanh}, {2}, c);
  CHECK(c_step(c, two.steps()[0]).find("net_layer_0(const float *x, float *y)") != std::string::npos);
  CHECK(c_step(c, two.steps()[1]).find("net_layer_0(float *y)") != std::string::npos);
}
}  // namespace c_source_test
