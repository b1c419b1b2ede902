// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/pool_reader.hpp>

#include "../../catch.hpp"
#include "one_node.hpp"

using test::OneNode;
using Row = nn::Vector<float>;

TEST_CASE("Windows side by side give the largest of each, and the mean") {
  const std::vector<test::WrittenAttribute> of_two{{"kernel_shape", std::vector<std::int64_t>{2}},
                                                   {"strides", std::vector<std::int64_t>{2}}};
  CHECK(OneNode({1, 4}).read("MaxPool", of_two).predict({1, 3, 9, 5}) == Row{{3, 9}});
  CHECK(OneNode({1, 4}).read("AveragePool", of_two).predict({1, 3, 9, 5}) == Row{{2, 7}});
}

TEST_CASE("Padding counts for a mean where the model says so") {
  const auto mean = [](std::int64_t counts) {
    return OneNode({1, 2}).read("AveragePool", {{"kernel_shape", std::vector<std::int64_t>{2}},
                                                {"pads", std::vector<std::int64_t>{1, 0}},
                                                {"count_include_pad", counts}});
  };
  CHECK(mean(1).predict({2, 4}) == Row{{1, 3}});
  CHECK(mean(0).predict({2, 4}) == Row{{2, 3}});
}

TEST_CASE("Windows have gaps, and the last may be partly outside") {
  CHECK(OneNode({1, 4})
            .read("MaxPool",
                  {{"kernel_shape", std::vector<std::int64_t>{2}}, {"dilations", std::vector<std::int64_t>{2}}})
            .predict({-4, -3, -2, -1}) == Row{{-2, -1}});
  CHECK(OneNode({1, 3})
            .read("MaxPool", {{"kernel_shape", std::vector<std::int64_t>{2}},
                              {"strides", std::vector<std::int64_t>{2}},
                              {"ceil_mode", std::int64_t{1}}})
            .predict({-4, -3, -2}) == Row{{-3, -2}});
  CHECK(OneNode({2, 1, 2}).read("GlobalMaxPool").predict({1, 2, 9, 8}) == Row{{2, 9}});
}
