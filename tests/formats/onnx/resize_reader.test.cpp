// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/resize_reader.hpp>

#include "../../catch.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;
using test::OneNode;
using Row = nn::Vector<float>;

TEST_CASE("Images are resized to the nearest number, or between two") {
  CHECK(OneNode({1, 2}).without().with({3}, {1, 1, 2}).read("Resize").predict({1, 5}) == Row{{1, 1, 5, 5}});
  CHECK(OneNode({1, 2}).without().with({3}, {1, 1, 2}).read("Resize", {{"mode", "linear"}}).predict({1, 5}) ==
        Row{{1, 2, 4, 5}});
  CHECK_THROWS_WITH(OneNode({1, 2}).without().with({3}, {2, 1, 1}).read("Resize"),
                    ContainsSubstring("along the samples"));
  CHECK_THROWS_WITH(OneNode({1, 2}).without().with({3}, {1, 1, 2}).read("Resize", {{"mode", "other"}}),
                    ContainsSubstring("the mode"));
}
