// SPDX-License-Identifier: MIT
#include <nn/core/layer.hpp>

#include "../catch.hpp"

namespace {

// The least that is a layer.
struct Least {
  static constexpr std::string_view name() { return "Least"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return nn::Shape(input.size() * 2); }
  void forward(nn::Shape, const auto&, const auto&, auto&&) const {}
  void backward(nn::Shape, const auto&, auto&) const {}
  bool operator==(const Least&) const = default;
};

// Everything that a layer may have.
struct Most : Least {
  double option = 0.25;
  static constexpr bool keeps_shape = true;
  static constexpr bool is_flat_where_zero = true;
  static constexpr std::string_view name() { return "Most"; }
  constexpr nn::Index parameter_count(nn::Shape input) const { return input.size() * 3 + 3; }
  constexpr nn::WeightShape weight_shape(nn::Shape input) const { return {3, input.size(), 3}; }
  void descend(nn::Shape, const auto&, auto&, auto) const {}
  void describe(auto describe_option) const {
    describe_option("option", option);
    describe_option("count", 3);
  }
  bool operator==(const Most&) const = default;
};

struct WithoutBackward {
  static constexpr std::string_view name() { return "WithoutBackward"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto&, auto&&) const {}
  bool operator==(const WithoutBackward&) const = default;
};

struct WithoutComparison {
  static constexpr std::string_view name() { return "WithoutComparison"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto&, auto&&) const {}
  void backward(nn::Shape, const auto&, auto&) const {}
};

}  // namespace

TEST_CASE("the concept of a layer asks for the contract and no more") {
  static_assert(nn::Layer<Least>);
  static_assert(nn::Layer<Most>);
  static_assert(!nn::Layer<WithoutBackward>);
  static_assert(!nn::Layer<WithoutComparison>);
  static_assert(!nn::Layer<int>);
  static_assert(!nn::HasParameters<Least> && nn::HasParameters<Most>);
  static_assert(!nn::HasWeights<Least> && nn::HasWeights<Most>);
  static_assert(!nn::HasDescend<Least> && nn::HasDescend<Most>);
  static_assert(nn::shape_is_in_type<Least>);
  static_assert(nn::shape_is_in_type<Most>);  // it holds a number, but says that it keeps the shape
  CHECK_FALSE(nn::Layer<WithoutBackward>);
}

TEST_CASE("what a layer does not have is nothing") {
  CHECK(nn::parameter_count(Least{}, nn::Shape(4)) == 0);
  CHECK(nn::weight_shape(Least{}, nn::Shape(4)) == nn::WeightShape{});
  CHECK_FALSE(nn::is_flat_where_zero(Least{}));
  CHECK(nn::describe(Least{}) == nn::Description{.type = "Least", .options = {}});
}

TEST_CASE("what a layer has is asked of it") {
  CHECK(nn::parameter_count(Most{}, nn::Shape(4)) == 15);
  CHECK(nn::weight_shape(Most{}, nn::Shape(4)) == nn::WeightShape{3, 4, 3});
  CHECK(nn::is_flat_where_zero(Most{}));
  CHECK(nn::describe(Most{}) == nn::Description{.type = "Most", .options = {{"option", 0.25}, {"count", 3.0}}});
}
