// SPDX-License-Identifier: MIT
#include <nn/layers/base/elementwise_merge.hpp>

#include <array>

#include <nn/layers/add.hpp>

#include "../../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("Shapes that are merged are the same in each dimension, or 1 and repeated") {
  const auto merged = [](nn::Shape a, nn::Shape b) {
    const std::array<nn::Shape, 2> shapes{a, b};
    return nn::Add{}.output_shape(shapes);
  };
  static_assert(nn::MergeLayer<nn::Add>);
  CHECK(merged({2, 3, 4}, {2, 3, 4}) == nn::Shape(2, 3, 4));
  CHECK(merged({2, 1, 4}, {1, 3, 1}) == nn::Shape(2, 3, 4));
  CHECK_THROWS_MATCHES(merged({2, 3, 4}, {2, 2, 4}), nn::shape_error,
                       Message("Add: input 0 is 2x3x4 and input 1 is 2x2x4; each dimension must be the same, or 1"));
}
