// SPDX-License-Identifier: MIT
#include <nn/layers/feed_forward.hpp>

#include <nn/activations/gelu.hpp>

#include "image_cases.hpp"

TEST_CASE("FeedForward is a layer, with its size in the type or at run time") {
  static_assert(nn::Layer<nn::FeedForward<8>> && nn::Layer<nn::FeedForward<>> && nn::HasShards<nn::FeedForward<>>);
  static_assert(std::is_same_v<decltype(nn::FeedForward{8, nn::GELU{}}), nn::FeedForward<nn::dynamic, nn::GELU>>);
  CHECK(nn::describe(nn::FeedForward<8>{}) == nn::Description{.type = "TimeDistributed", .options = {{"layers", 3}}});
  CHECK_FALSE(nn::FeedForward{8} == nn::FeedForward{9});
}

TEST_CASE("FeedForward keeps the shape, and has as many channels out as in") {
  static_assert(nn::FeedForward<8>{}.output_shape({1, 7, 3}) == nn::Shape(1, 7, 3));
  CHECK(nn::FeedForward{8}.place({1, 7, 3}).parameter_count == 8 * 3 + 8 + 3 * 8 + 3);
  CHECK_THROWS_AS(nn::FeedForward{0}.output_shape({1, 7, 3}), nn::shape_error);
}

TEMPLATE_TEST_CASE("FeedForward gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // h = relu(2 x - 1), y = 3 h + 5, for the steps 1 and 0.
  const test::ImagePass<TestType> pass(nn::FeedForward{1}, {1, 2, 1}, M{{1}, {0}}, nn::Vector<TestType>{{2, -1, 3, 5}},
                                       M{{1}, {1}});
  CHECK(pass.y == M{{8}, {5}});
  CHECK(pass.dx == M{{6}, {0}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{3, 3, 1, 2}});
}

TEST_CASE("FeedForward does what PyTorch's linear layers do") {
  test::check_fixture("feed forward", nn::FeedForward{5, nn::GELU{}}, {1, 3, 4}, "sequences");
}

TEST_CASE("FeedForward's gradients are right") {
  test::check_gradients_of_image_layer(nn::FeedForward{4, nn::GELU{}}, {1, 3, 2});
}

TEST_CASE("FeedForward gives the same bits in every network") {
  test::check_same_bits_after_image<1, 3, 4>(nn::FeedForward<5>{}, nn::FeedForward{5});
}
