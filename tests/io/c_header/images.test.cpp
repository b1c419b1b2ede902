// SPDX-License-Identifier: MIT
#include <string>

#include <nn/io/c_header/images.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_images_test {
using namespace nn::detail;
using nn::Shape;
using test::c_layer;
const CText c("net", false);

TEST_CASE("borders in C are zeros around rows that are copied") {
  const CLayer padded =
      c_layer("ZeroPad2D", {{"top", 1}, {"bottom", 0}, {"left", 2}, {"right", 0}}, Shape(2, 3, 1), Shape(3, 5, 1));
  CHECK(zero_pad_c(padded, c).body == R"(  for (long i = 0; i < 15; ++i) y[i] = 0;
  for (long row = 0; row < 2; ++row)
    for (long j = 0; j < 3; ++j) y[7 + row * 5 + j] = x[row * 3 + j];
)");
}
}  // namespace c_images_test
