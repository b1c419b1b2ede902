// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <nn/io/c_header/normalization.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_normalization_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("a batch normalization in C is a factor and an offset for each channel") {
  CLayer norm = c_layer("BatchNorm", {{"epsilon", 1}, {"momentum", 0.1}}, Shape(2), Shape(2));
  norm.tensors = {
      {"weight", 2, 1, {4, 1}}, {"bias", 2, 1, {1, 0}}, {"running_mean", 2, 1, {3, 5}}, {"running_var", 2, 1, {3, 0}}};
  const CCode code = batch_norm_c(norm, c);
  CHECK(code.arrays[0].numbers == std::vector<double>{2, 1});    // 4 / sqrt(3 + 1)
  CHECK(code.arrays[1].numbers == std::vector<double>{-5, -5});  // 1 - 3 * 2
}
}  // namespace c_normalization_test
