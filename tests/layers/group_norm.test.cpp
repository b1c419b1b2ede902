// SPDX-License-Identifier: MIT
#include <nn/layers/group_norm.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("GroupNorm is a layer, with its groups in the type or at run time") {
  static_assert(nn::Layer<nn::GroupNorm<2>> && nn::Layer<nn::GroupNorm<>>);
  static_assert(nn::shape_is_in_type<nn::GroupNorm<2>> && !nn::shape_is_in_type<nn::GroupNorm<>>);
  static_assert(nn::HasTensors<nn::GroupNorm<2>> && nn::HasShards<nn::GroupNorm<2>>);
  CHECK(nn::describe(nn::GroupNorm{2, 1e-3}) ==
        nn::Description{.type = "GroupNorm", .options = {{"groups", 2.0}, {"epsilon", 1e-3}}});
  CHECK(nn::describe(nn::GroupNorm<2>{}) == nn::describe(nn::GroupNorm{2}));
  CHECK_FALSE(nn::GroupNorm{2} == nn::GroupNorm{4});
}

TEST_CASE("GroupNorm keeps the shape, and refuses groups that do not fit") {
  static_assert(nn::GroupNorm<2>{}.output_shape(nn::Shape(3, 5, 4)) == nn::Shape(3, 5, 4));
  CHECK_THROWS_MATCHES(
      nn::GroupNorm{3}.output_shape(nn::Shape(3, 5, 4)), nn::shape_error,
      Message("GroupNorm: 4 channels do not make 3 equal groups; use a number of groups that divides them"));
  CHECK_THROWS_AS(nn::GroupNorm{0}.output_shape(nn::Shape(3, 5, 4)), nn::shape_error);
  CHECK_THROWS_MATCHES((nn::GroupNorm{2, -1}.output_shape(nn::Shape(3, 5, 4))), nn::shape_error,
                       Message("GroupNorm: epsilon must be above 0, got -1; 1e-5 is usual"));
}

TEMPLATE_TEST_CASE("GroupNorm gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // Two pixels of two channels, each a group: (1 3) as LayerNorm's, and (5 5), which becomes 0.
  const test::ImagePass<TestType> pass(nn::GroupNorm{2, 3}, {1, 2, 2}, M{{1}, {5}, {3}, {5}},
                                       nn::Vector<TestType>{{2, 4, 10, 20}}, M{{1}, {1}, {2}, {1}});
  CHECK(pass.y == M{{9}, {20}, {11}, {20}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{0.5, 0, 3, 2}});
}

TEST_CASE("GroupNorm does what PyTorch's does") { test::check_fixture("group norm", nn::GroupNorm{2}, {2, 3, 4}); }

TEST_CASE("GroupNorm's gradients are right") {
  test::check_gradients_of_image_layer(nn::GroupNorm{2}, {2, 1, 4});
  test::check_gradients_of_image_layer(nn::GroupNorm{1}, {1, 2, 3});
}

TEST_CASE("GroupNorm gives the same bits in every network") {
  test::check_same_bits_after_image<3, 2, 6>(nn::GroupNorm<3>{}, nn::GroupNorm{3});
}

TEST_CASE("GroupNorm over sizes that cannot be counted is a shape_error") {
  constexpr nn::Index much = nn::Index(1) << 62;
  CHECK_THROWS_AS(nn::GroupNorm{1}.output_shape({much, 2, 1}), nn::shape_error);
  CHECK_THROWS_AS(nn::parameter_count(nn::GroupNorm{1}, nn::Shape(much)), nn::shape_error);
}

TEST_CASE("GroupNorm that is told nothing has PyTorch's epsilon") {
  CHECK(nn::GroupNorm<2>{}.epsilon == 1e-5);
  CHECK(nn::GroupNorm{2}.epsilon == 1e-5);
}
