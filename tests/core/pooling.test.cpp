// SPDX-License-Identifier: MIT
#include <nn/core/pooling.hpp>

#include <string>

#include "../catch.hpp"

namespace {

struct Pool : nn::PoolingLayer<Pool> {
  nn::Pooling told;
  constexpr explicit Pool(nn::Pooling settings) : told(settings) {}
  static constexpr std::string_view name() { return "Pool"; }
  constexpr nn::Pooling settings() const { return told; }

  // "0: 0 1 4 5; ": the outputs' places, and those of the pixels under the window.
  std::string visited(nn::Shape input) const {
    std::string text;
    const nn::Window window = window_over(input);
    for_each_position(window, [&](nn::Index row, nn::Index column, nn::Index place) {
      text += std::to_string(place) + ":";
      for_each_pixel(window, row, column, [&](nn::Index pixel) { text += " " + std::to_string(pixel); });
      text += "; ";
    });
    return text;
  }
};

}  // namespace

TEST_CASE("a pool visits the pixels under its window, those of the image only") {
  CHECK(Pool({2, {}}).visited({2, 4, 1}) == "0: 0 1 4 5; 1: 2 3 6 7; ");
  CHECK(Pool({{1, 2}, {}}).visited({1, 4, 3}) == "0: 0 3; 3: 6 9; ");
  CHECK(Pool({{1, 3}, {.stride = 2, .padding = {0, 1}}}).visited({1, 4, 1}) == "0: 0 1; 1: 1 2 3; ");
  CHECK(Pool({{1, 2}, {.padding = nn::same_padding}}).visited({1, 3, 1}) == "0: 0 1; 1: 2; ");
}

TEST_CASE("a pool's stride is its size unless given, one side or both") {
  CHECK(Pool({2, {}}).output_shape({6, 6, 3}) == nn::Shape(3, 3, 3));
  CHECK(Pool({2, {.stride = {1, 0}}}).output_shape({6, 6, 3}) == nn::Shape(5, 3, 3));
}
