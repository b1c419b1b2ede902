// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/pool_reader.hpp>

#include <algorithm>

#include "../../catch.hpp"
#include "one_node.hpp"

using test::OneNode;
using Row = nn::Vector<float>;

TEST_CASE("Windows side by side give the largest of each, and the mean") {
  const std::vector<test::WrittenAttribute> of_two{{"kernel_shape", std::vector<std::int64_t>{2}},
                                                   {"strides", std::vector<std::int64_t>{2}}};
  CHECK(OneNode({1, 4}).read("MaxPool", of_two).predict({1, 3, 9, 5}) == Row{{3, 9}});
  CHECK(OneNode({1, 4}).read("AveragePool", of_two).predict({1, 3, 9, 5}) == Row{{2, 7}});
  const auto has_layer = [&](const char* node, const char* type) {
    const auto layers = OneNode({1, 4}).read(node, of_two).descriptions();
    return std::any_of(layers.begin(), layers.end(), [&](const nn::Description& layer) { return layer.type == type; });
  };
  CHECK(has_layer("MaxPool", "MaxPool1D"));
  CHECK(has_layer("AveragePool", "AveragePool1D"));
}

TEST_CASE("Padding counts for a mean where the model says so") {
  const auto mean = [](std::int64_t counts) {
    return OneNode({1, 2}).read("AveragePool", {{"kernel_shape", std::vector<std::int64_t>{2}},
                                                {"pads", std::vector<std::int64_t>{1, 0}},
                                                {"count_include_pad", counts}});
  };
  CHECK(mean(1).predict({2, 4}) == Row{{1, 3}});
  CHECK(mean(0).predict({2, 4}) == Row{{2, 3}});
  // As much before as behind, and in two channels.
  const auto around = [](std::int64_t counts) {
    return OneNode({2, 3}).read("AveragePool", {{"kernel_shape", std::vector<std::int64_t>{3}},
                                                {"pads", std::vector<std::int64_t>{1, 1}},
                                                {"count_include_pad", counts}});
  };
  CHECK(around(1).predict({3, 6, 9, 0, 12, 6}) == Row{{3, 6, 5, 4, 6, 6}});
  CHECK(around(0).predict({3, 6, 9, 0, 12, 6}) == Row{{4.5, 6, 7.5, 6, 6, 9}});
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
