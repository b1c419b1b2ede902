// SPDX-License-Identifier: MIT
#include <nn/layers/base/pooling.hpp>

#include "../../catch.hpp"

namespace {

struct Pool : nn::PoolingLayer<Pool> {
  nn::Pooling told;
  constexpr explicit Pool(nn::Pooling settings) : told(settings) {}
  static constexpr std::string_view name() { return "Pool"; }
  constexpr nn::Pooling settings() const { return told; }
};

}  // namespace

TEST_CASE("a pool's stride is its size unless given, one side or both") {
  CHECK(Pool({2, {}}).output_shape({6, 6, 3}) == nn::Shape(3, 3, 3));
  CHECK(Pool({2, {.stride = {1, 0}}}).output_shape({6, 6, 3}) == nn::Shape(5, 3, 3));
}

TEST_CASE("a pool refuses padding that hides the image from a window") {
  CHECK_THROWS_AS(Pool({2, {.padding = {0, 2}}}).output_shape({6, 6, 3}), nn::shape_error);
  CHECK(Pool({2, {.padding = 1}}).output_shape({6, 6, 3}) == nn::Shape(4, 4, 3));
  CHECK(Pool({2, {.padding = nn::same_padding}}).output_shape({5, 6, 3}) == nn::Shape(3, 3, 3));
}

TEST_CASE("over time, what is said of heights is ignored") {
  CHECK(nn::over_time(3, {.stride = 2, .padding = 1}) == nn::Pooling{{1, 3}, {.stride = {1, 2}, .padding = {0, 1}}});
}

TEST_CASE("pooling that is told nothing goes on by the size of its window, without padding") {
  const auto [stride, padding] = nn::PoolOptions{};
  CHECK(stride == nn::Sides(0));
  CHECK(padding == nn::Padding(0));
}
