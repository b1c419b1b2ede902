// SPDX-License-Identifier: MIT
#include <nn/layers/input.hpp>

#include <limits>
#include <type_traits>

#include <nn/core/layer.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("Input says the shape of one sample, in its type or at run time") {
  static_assert(nn::InputLayer<nn::Input<784>>);
  static_assert(nn::InputLayer<nn::Input<>>);
  static_assert(std::is_empty_v<nn::Input<28, 28>>);
  static_assert(nn::Input<784>{}.shape() == nn::Shape(784));
  static_assert(nn::Input<28, 20>{}.shape() == nn::Shape(28, 20, 1));
  static_assert(nn::Input<28, 20, 3>{}.shape() == nn::Shape(28, 20, 3));
  static_assert(std::is_same_v<decltype(nn::Input{784}), nn::Input<>>);
  CHECK(nn::Input{784}.shape() == nn::Shape(784));
  CHECK(nn::Input{28, 20}.shape() == nn::Shape(28, 20, 1));
  CHECK(nn::Input{28, 20, 3L}.shape() == nn::Shape(28, 20, 3));
  static_assert(std::is_same_v<decltype(nn::Input{nn::Shape(2)}), nn::Input<>>);
  CHECK(nn::Input{nn::Shape(28, 20, 3)}.shape() == nn::Shape(28, 20, 3));
}

TEST_CASE("Input is no layer that could stand later in a network") {
  static_assert(!nn::Layer<nn::Input<784>>);
  static_assert(!nn::Layer<nn::Input<>>);
  CHECK(nn::Input<>::name() == "Input");
}

TEST_CASE("Input refuses sizes below 1") {
  CHECK_THROWS_MATCHES(nn::Input{0}.shape(), nn::shape_error,
                       Message("Input: every size must be at least 1, got 0; give the size of one sample"));
  CHECK_THROWS_MATCHES((nn::Input{28, -1, 3}.shape()), nn::shape_error,
                       Message("Input: every size must be at least 1, got 28x-1x3; give the size of one sample"));
  CHECK_THROWS_AS((nn::Input{0, 5}.shape()), nn::shape_error);
  CHECK_THROWS_AS(nn::Input{nn::Shape(0)}.shape(), nn::shape_error);
  CHECK_THROWS_AS((nn::Input{5, 5, 0}.shape()), nn::shape_error);
}

TEST_CASE("Input refuses a size that cannot be counted") {
  constexpr nn::Index most = std::numeric_limits<nn::Index>::max();
  CHECK(nn::Input{most}.shape().size() == most);
  CHECK_THROWS_AS((nn::Input{most, 2}.shape()), nn::shape_error);
  CHECK_THROWS_AS((nn::Input{most / 2, 1, 3}.shape()), nn::shape_error);
}

TEST_CASE("Inputs of equal sizes are equal") {
  CHECK(nn::Input{3, 4} == nn::Input{3, 4, 1});
  CHECK_FALSE(nn::Input{3, 4} == nn::Input{4, 3});
  CHECK(nn::Input<3>{} == nn::Input<3>{});
}
