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
  constexpr void tensors(nn::Shape input, auto tensor) const {
    tensor({"weight", 3, input.size(), nn::Role::weight});
    tensor({"bias", 3, 1, nn::Role::bias});
  }
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

// Its gradients come in two halves.
struct Halves {
  static constexpr std::string_view name() { return "Halves"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto&, auto&&) const {}
  void input_gradient(nn::Shape, const auto&, auto& gradients) const { gradients.input.setConstant(2); }
  void add_parameter_gradient(nn::Shape, const auto&, const auto&, auto* target, auto scale, nn::Shard) const {
    target[0] += scale * 3;
  }
  bool operator==(const Halves&) const = default;
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
  static_assert(nn::Layer<Halves>);
  static_assert(!nn::HasTensors<Least> && nn::HasTensors<Most>);
  static_assert(nn::HasShards<Halves> && !nn::HasShards<Most>);
  static_assert(!nn::HasDescend<Least> && nn::HasDescend<Most>);
  static_assert(nn::shape_is_in_type<Least>);
  static_assert(nn::shape_is_in_type<Most>);  // it holds a number, but says that it keeps the shape
  CHECK_FALSE(nn::Layer<WithoutBackward>);
}

TEST_CASE("what a layer does not have is nothing") {
  CHECK(nn::parameter_count(Least{}, nn::Shape(4)) == 0);
  CHECK_FALSE(nn::is_flat_where_zero(Least{}));
  CHECK(nn::describe(Least{}) == nn::Description{.type = "Least", .options = {}});
}

TEST_CASE("what a layer has is asked of it") {
  CHECK(nn::parameter_count(Most{}, nn::Shape(4)) == 15);
  CHECK(nn::is_flat_where_zero(Most{}));
  CHECK(nn::describe(Most{}) == nn::Description{.type = "Most", .options = {{"option", 0.25}, {"count", 3.0}}});
}

TEST_CASE("the whole way back and plain SGD follow from the two halves") {
  const nn::Vector<float> x{{1, 1}};
  nn::Vector<float> parameters{{10}}, gradient{{1}}, dx{{0, 0}};
  const nn::Values values{nn::VectorView<float>(parameters.data(), 1), nn::ConstMatrixView<float>(x.data(), 2, 1),
                          nn::ConstMatrixView<float>(x.data(), 2, 1)};
  nn::Gradients gradients{nn::VectorView<float>(gradient.data(), 1), nn::MatrixView<float>(dx.data(), 2, 1),
                          nn::ConstMatrixView<float>(x.data(), 2, 1), nn::InputGradient::all};
  nn::backward(Halves{}, nn::Shape(2), values, gradients, nn::Training<float>{});
  CHECK(gradient[0] == 4);
  CHECK(dx == nn::Vector<float>{{2, 2}});
  dx.setZero();
  nn::descend(Halves{}, nn::Shape(2), values, gradients, 0.5F, nn::Training<float>{});
  CHECK(parameters[0] == 10 - 0.5F * 3);
  CHECK(gradient[0] == 4);
  CHECK(dx == nn::Vector<float>{{2, 2}});
}

TEST_CASE("the shards of a layer are its columns, each once") {
  for (const nn::Index columns : {1, 2, 7, 16})
    for (const nn::Index count : {1, 2, 3, 8}) {
      nn::Index next = 0;
      for (nn::Index index = 0; index < count; ++index) {
        const nn::Shard shard{index, count};
        CHECK(shard.first(columns) == next);
        CHECK(shard.is_last() == (index == count - 1));
        next = shard.last(columns);
      }
      CHECK(next == columns);
    }
}
