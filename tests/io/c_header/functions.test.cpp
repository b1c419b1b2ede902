// SPDX-License-Identifier: MIT
#include <set>
#include <string>
#include <vector>

#include <nn/io/c_header/functions.hpp>

#include "../../catch.hpp"

namespace c_functions_test {
using namespace nn::detail;
const CText c("net", false);

TEST_CASE("of the elementary functions in C those come that are called, each after what it calls") {
  const std::string text = elementary_text(c, {"sigmoid"});
  const std::size_t rest = text.find("float net_exp_rest("), e = text.find("float net_exp(float x) {\n"),
                    sigmoid = text.find("float net_sigmoid(");
  CHECK(rest < e);
  CHECK(e < sigmoid);
  CHECK(sigmoid != std::string::npos);
  CHECK(text.find("tanh") == std::string::npos);
  CHECK(text.find("return expf(x);") != std::string::npos);
  CHECK(elementary_text(c, {}).empty());
}
}  // namespace c_functions_test
