// SPDX-License-Identifier: MIT
#include <nn/layers/concat.hpp>

#include <nn/activations/identity.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/residual.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;
using nn::Chain;
using nn::Concat;
using nn::Conv2D;
using nn::Dense;
using nn::Residual;

TEST_CASE("Concat is a layer, with sizes in the type or at run time") {
  using Fixed = Concat<Dense<4>, Chain<Dense<4>, nn::Tanh>>;
  static_assert(nn::Layer<Fixed> && nn::Layer<Concat<Dense<>>>);
  static_assert(std::is_empty_v<Fixed> && nn::shape_is_in_type<Fixed>);
  static_assert(std::is_same_v<decltype(Concat{Dense{4}, nn::Tanh{}}), Concat<Dense<>, nn::Tanh>>);
  CHECK(nn::describe(Fixed{}) == nn::Description{.type = "Concat", .options = {{"branches", 2.0}}});
  CHECK(Concat{Dense{4}} == Concat{Dense{4}});
  CHECK_FALSE(Concat{Dense{4}} == Concat{Dense{5}});
}

TEST_CASE("Concat puts channels together and counts the parameters of its branches") {
  static_assert(Concat<Dense<3>, nn::Identity, Dense<2>>{}.output_shape(nn::Shape(4)) == nn::Shape(9));
  static_assert(Concat<Dense<3>, nn::Identity, Dense<2>>{}.place(nn::Shape(4)).parameter_count == 15 + 10);
  CHECK(Concat{Conv2D{6, 3, {.padding = 1}}, Conv2D{2, 1}}.output_shape(nn::Shape(4, 5, 3)) == nn::Shape(4, 5, 8));
}

TEST_CASE("Concat refuses branches of different heights or widths") {
  const auto output = [](const auto& layer, nn::Shape input) { static_cast<void>(layer.output_shape(input)); };
  CHECK_THROWS_MATCHES(output(Concat{nn::Identity{}, Conv2D{2, 1}, Conv2D{4, {1, 3}}}, nn::Shape(4, 5, 3)),
                       nn::shape_error,
                       Message("Concat: branch 1 puts out 4x5x3 and branch 3 4x3x4, but only channels of pictures of "
                               "one height and width can be put together; use the same strides in all, and give "
                               "convolutions nn::same_padding"));
  CHECK_THROWS_AS(output(Concat{nn::Identity{}, Conv2D{4, {3, 1}}}, nn::Shape(4, 5, 3)), nn::shape_error);
  CHECK_THROWS_AS(output(Concat{nn::Identity{}, Dense{60}}, nn::Shape(4, 5, 3)), nn::shape_error);
}

TEMPLATE_TEST_CASE("Concat gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // Two pixels of one channel, 3 and 5, times (10; 100), and as they are.
  const nn::Vector<TestType> parameters{{10, 100}};
  const M x{{3}, {5}}, dy{{1}, {2}, {3}, {4}, {5}, {6}};
  const test::ImagePass<TestType> pass(Concat{Conv2D{2, 1, {.bias = false}}, nn::Identity{}}, nn::Shape(1, 2, 1), x,
                                       parameters, dy);
  CHECK(pass.y == M{{30}, {300}, {3}, {50}, {500}, {5}});
  // dW = (1 * 3 + 4 * 5; 2 * 3 + 5 * 5), dx = (10 * 1 + 100 * 2 + 3; 10 * 4 + 100 * 5 + 6).
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{23, 31}});
  CHECK(pass.dx == M{{213}, {546}});
}

TEST_CASE("Concat does what PyTorch's cat does") {
  test::check_fixture("concat", Concat{Conv2D{2, 1}, Chain{Conv2D{3, 3, {.padding = 1}}, nn::Tanh{}}, nn::Identity{}},
                      nn::Shape(4, 3, 2));
  test::check_fixture(
      "nested", Concat{Chain{Residual{Conv2D{2, 3, {.padding = 1}}, nn::Tanh{}}, Conv2D{3, 1}}, Residual{Conv2D{2, 1}}},
      nn::Shape(3, 4, 2));
}

TEST_CASE("Concat's gradients are right") {
  test::check_gradients_of(Concat{Dense{4}, nn::Tanh{}, Chain{Dense{3}, nn::Tanh{}, Dense{2}}});
  test::check_gradients_of_image_layer(
      Concat{Chain{Residual{Conv2D{2, 1}, nn::Tanh{}}, Conv2D{2, 3, {.padding = 1}}}, nn::Tanh{}}, nn::Shape(3, 2, 2));
}

TEST_CASE("Concat gives the same bits in every network") {
  test::check_same_bits_of(Concat<Dense<4>, Chain<Dense<3>, nn::Tanh>>{},
                           Concat{Dense{4}, Chain{Dense{3}, nn::Tanh{}}});
  test::check_same_bits_after_image<6, 5, 2>(
      Concat<Conv2D<3, 3, nn::ConvOptions{.padding = 1}>, Residual<Conv2D<2, 1>, nn::Tanh>>{},
      Concat{Conv2D{3, 3, {.padding = 1}}, Residual{Conv2D{2, 1}, nn::Tanh{}}});
}
