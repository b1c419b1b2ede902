// SPDX-License-Identifier: MIT
#include <nn/networks/any_layer.hpp>

#include <concepts>
#include <utility>

#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/dense.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using AnyLayer = nn::AnyLayer<float>;

namespace {

// Has no initialize of its own, only parameters.
struct Shifted {
  static constexpr std::string_view name() { return "Shifted"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  constexpr void tensors(nn::Shape input, auto tensor) const { tensor({"shift", input.size(), 1, nn::Role::bias}); }
  void forward(nn::Shape, const auto& parameters, const auto& x, auto&& y) const {
    for (nn::Index sample = 0; sample < x.cols(); ++sample)
      for (nn::Index i = 0; i < x.rows(); ++i) y(i, sample) = x(i, sample) + parameters[i];
  }
  void backward(nn::Shape, const auto&, auto&) const {}
  bool operator==(const Shifted&) const = default;
};

}  // namespace

TEST_CASE("AnyLayer is itself a layer, in float and in double") {
  CHECK(nn::Layer<nn::AnyLayer<float>>);
  CHECK(nn::Layer<nn::AnyLayer<double>>);
  static_assert(std::copyable<AnyLayer>);
  static_assert(std::is_nothrow_move_constructible_v<AnyLayer>);
}

TEST_CASE("AnyLayer says what the layer inside says") {
  const AnyLayer dense(nn::Dense{4}), relu(nn::ReLU{}), leaky(nn::LeakyReLU{0.5});
  CHECK(dense.name() == "Dense");
  CHECK(dense.output_shape(nn::Shape(3)) == nn::Shape(4));
  CHECK(nn::parameter_count(dense, nn::Shape(3)) == 16);
  CHECK(dense.place(nn::Shape(3)).rows == 4);
  CHECK(dense.place(nn::Shape(3)).columns == 3);
  CHECK(dense.place(nn::Shape(3)).can_descend);
  CHECK(dense.place(nn::Shape(3)).has_shards);
  CHECK_FALSE(dense.place(nn::Shape(3)).is_flat_where_zero);
  CHECK(nn::parameter_count(relu, nn::Shape(3)) == 0);
  CHECK(relu.place(nn::Shape(3)).is_flat_where_zero);
  CHECK_FALSE(relu.place(nn::Shape(3)).can_descend);
  CHECK(leaky.description() == nn::describe(nn::LeakyReLU{0.5}));
  CHECK(nn::describe(leaky) == nn::describe(nn::LeakyReLU{0.5}));
}

TEST_CASE("AnyLayer knows which layer is inside") {
  const AnyLayer relu(nn::ReLU{});
  CHECK(relu.is<nn::ReLU>());
  CHECK_FALSE(relu.is<nn::Tanh>());
  CHECK_FALSE(AnyLayer(nn::Dense<4>{}).is<nn::Dense<>>());
}

TEST_CASE("AnyLayer is a regular value") {
  AnyLayer a(nn::LeakyReLU{0.5});
  const AnyLayer b = a;
  CHECK(a == b);
  CHECK_FALSE(a == AnyLayer(nn::LeakyReLU{0.25}));
  CHECK_FALSE(a == AnyLayer(nn::ReLU{}));
  a = AnyLayer(nn::Tanh{});
  CHECK(a.is<nn::Tanh>());
  CHECK(b.is<nn::LeakyReLU>());
  a = b;
  CHECK(a == b);
  AnyLayer moved = std::move(a);
  CHECK(moved == b);
  const AnyLayer& same = moved;
  moved = same;  // to itself
  CHECK(moved == b);
}

TEST_CASE("AnyLayer passes errors on") {
  CHECK_THROWS_AS(AnyLayer(nn::Dense{0}).output_shape(nn::Shape(3)), nn::shape_error);
}

TEST_CASE("AnyLayer computes what the layer inside computes, in dual numbers too") {
  const nn::Vector<float> parameters = test::drawn<float>(8, 1, 1);
  const nn::Matrix<float> x = test::drawn<float>(3, 2, 2);
  const nn::ConstVectorView<float> parameter_view(parameters.data(), 8);
  const nn::ConstMatrixView<float> x_view(x.data(), 3, 2);
  nn::Matrix<float> direct(2, 2), any(2, 2);
  nn::Dense{2}.forward(nn::Shape(3), parameter_view, x_view, direct);
  AnyLayer(nn::Dense{2}).forward(nn::Shape(3), parameter_view, x_view, any, nn::Training<float>{});
  CHECK(test::have_same_bits(direct, any));

  using Dual = nn::Dual<double>;
  nn::Vector<Dual> dual_parameters = parameters.cast<double>().cast<Dual>();
  const nn::Matrix<Dual> dual_x = x.cast<double>().cast<Dual>();
  dual_parameters[0].derivative = 1;  // of W(0, 0)
  nn::Matrix<Dual> dual_y(2, 2);
  AnyLayer(nn::Dense{2})
      .forward(nn::Shape(3), nn::ConstVectorView<Dual>(dual_parameters.data(), 8),
               nn::ConstMatrixView<Dual>(dual_x.data(), 3, 2), dual_y, nn::Training<Dual>{});
  CHECK(dual_y(0, 1).derivative == static_cast<double>(x(0, 1)));
  CHECK(dual_y(1, 1).derivative == 0);
}

TEST_CASE("AnyLayer initialises as the layer inside, with zeros where that has no rule") {
  nn::Vector<float> direct(8), any(8), shift = nn::Vector<float>::Constant(3, 9);
  nn::Random a(1), b(1);
  nn::Dense{2}.initialize(nn::Shape(3), direct, nn::glorot_uniform, a);
  AnyLayer(nn::Dense{2}).initialize(nn::Shape(3), nn::VectorView<float>(any.data(), 8), nn::glorot_uniform, b);
  CHECK(test::have_same_bits(direct, any));
  CHECK(a == b);
  AnyLayer(Shifted{}).initialize(nn::Shape(3), nn::VectorView<float>(shift.data(), 3), nn::he_normal, b);
  CHECK((shift.array() == 0).all());
}

TEST_CASE("A type is told by its name and size where its tag stands elsewhere, but for types of one source") {
  using nn::detail::are_same, nn::detail::TypeTag, nn::detail::type_tag;
  const TypeTag hidden = type_tag<nn::Dense<>>, local = type_tag<Shifted>;
  CHECK(are_same(type_tag<nn::Dense<>>, hidden));
  CHECK_FALSE(are_same(type_tag<nn::Dense<3>>, hidden));
  CHECK_FALSE(are_same(TypeTag{hidden.name, hidden.size + 1}, hidden));
  CHECK(are_same(type_tag<Shifted>, type_tag<Shifted>));
  CHECK_FALSE(are_same(type_tag<Shifted>, local));
}
