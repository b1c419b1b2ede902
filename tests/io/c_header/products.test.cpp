// SPDX-License-Identifier: MIT
#include <set>
#include <string>
#include <vector>

#include <nn/io/c_header/products.hpp>

#include "../../catch.hpp"

namespace c_products_test {
using namespace nn::detail;
using nn::Index;
using nn::Shape;

TEST_CASE("a weight stands in C in the order in which its tiles are read, group after group") {
  CTensor weight{"weight", 18, 2, std::vector<double>(36)};
  for (int i = 0; i < 36; ++i) weight.numbers[static_cast<std::size_t>(i)] = i % 18 * 10 + i / 18;  // row and column
  const std::vector<double> tiles = in_c_tiles(weight, 18);
  CHECK(tiles[15] == 150);
  CHECK(tiles[16] == 1);
  CHECK(tiles[32] == 160);
  CHECK(tiles[33] == 170);
  CHECK(tiles[34] == 161);
  const std::vector<double> groups = in_c_tiles(weight, 9);
  CHECK(groups[8] == 80);
  CHECK(groups[9] == 1);
  CHECK(groups[18] == 90);
}
}  // namespace c_products_test
