// SPDX-License-Identifier: MIT
#include <set>
#include <string>
#include <vector>

#include <nn/io/c_header/window.hpp>

#include "../../catch.hpp"
#include "c_layer.hpp"

namespace c_window_test {
using namespace nn::detail;
using nn::Index;
using nn::Shape;
const CText c("net", false);

TEST_CASE("only a window that leaves the image asks in C which of its pixels are inside") {
  const nn::Axis inside{.input = 6, .kernel = 2, .stride = 2, .output = 3};
  CHECK(c_axis(c, inside, "top", "r", "at_row").text == "      const long top = at_row * 2;\n");
  CHECK(c_axis(c, inside, "top", "r", "at_row").last == "2");
  const nn::Axis padded{.input = 5, .kernel = 3, .before = 1, .output = 5};
  const CAxis axis = c_axis(c, padded, "left", "k", "at_column");
  CHECK(axis.text == R"(      const long left = at_column - 1;
      const long first_k = left >= 0 ? 0 : (0 - left) / 1;
      const long last_k = left + 3 <= 5 ? 3 : (5 - left + 0) / 1;
)");
  CHECK(axis.first == "first_k");
}

TEST_CASE("a causal convolution in C has all its padding first, and puts out as many steps as come in") {
  CLayer layer = test::c_layer("CausalConv1D",
                               {{"kernel_height", 1},
                                {"kernel_width", 3},
                                {"stride_height", 1},
                                {"stride_width", 1},
                                {"padding_height", 0},
                                {"padding_width", 0},
                                {"same_padding", 0},
                                {"dilation_height", 1},
                                {"dilation_width", 2}},
                               Shape(1, 6, 1), Shape(1, 6, 1));
  CHECK(c_convolution_window(layer).columns.before == 4);
  CHECK(c_convolution_window(layer).columns.output == 6);
  layer.description.type = "Conv1D";
  CHECK(c_convolution_window(layer).columns.before == 0);
  CHECK(c_convolution_window(layer).columns.output == 2);
}
}  // namespace c_window_test
