// SPDX-License-Identifier: MIT
#include <nn/layers/residual.hpp>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/conv2d.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;
using nn::Dense;
using nn::Residual;

TEST_CASE("Residual is a layer, with sizes in the type or at run time") {
  using Fixed = Residual<nn::Conv2D<16, 3, nn::ConvOptions{.padding = 1}>, nn::ReLU,
                         nn::Conv2D<16, 3, nn::ConvOptions{.padding = 1}>>;
  static_assert(nn::Layer<Fixed> && nn::Layer<Residual<Dense<>>>);
  static_assert(std::is_empty_v<Fixed> && nn::shape_is_in_type<Fixed>);
  static_assert(std::is_same_v<decltype(Residual{Dense{4}, nn::ReLU{}}), Residual<Dense<>, nn::ReLU>>);
  CHECK(nn::describe(Fixed{}) == nn::Description{.type = "Residual", .options = {{"layers", 3.0}}});
  CHECK(Residual{Dense{4}} == Residual{Dense{4}});
  CHECK_FALSE(Residual{Dense{4}} == Residual{Dense{5}});
}

TEST_CASE("Residual keeps the shape and counts the parameters of its layers") {
  static_assert(Residual<Dense<3>, nn::ReLU, Dense<4>>{}.output_shape(nn::Shape(4)) == nn::Shape(4));
  static_assert(Residual<Dense<3>, nn::ReLU, Dense<4>>{}.place(nn::Shape(4)).parameter_count == 15 + 16);
  CHECK(Residual{nn::Conv2D{6, 3, {.padding = 1}}}.output_shape(nn::Shape(4, 5, 6)) == nn::Shape(4, 5, 6));
  CHECK_FALSE(Residual{nn::ReLU{}}.place(nn::Shape(4)).is_flat_where_zero);
}

TEST_CASE("Residual refuses layers that make another shape") {
  const auto output = [](const auto& layer, nn::Shape input) { static_cast<void>(layer.output_shape(input)); };
  CHECK_THROWS_MATCHES(output(Residual{nn::Conv2D{32, 3, {.padding = 1}}, nn::ReLU{}}, nn::Shape(8, 8, 16)),
                       nn::shape_error,
                       Message("Residual: its layers make 8x8x32 of 8x8x16, and only equal shapes can be added; let "
                               "the last have as many units or filters as come in, and give convolutions "
                               "nn::same_padding"));
  CHECK_THROWS_AS(output(Residual{nn::Conv2D{16, 3}}, nn::Shape(8, 8, 16)), nn::shape_error);
  CHECK_THROWS_AS(output(Residual{Dense{8}}, nn::Shape(2, 2, 2)), nn::shape_error);  // as many, but no picture
  CHECK_THROWS_MATCHES(output(Residual{Dense{0}}, nn::Shape(3)), nn::shape_error,
                       Message("layer 1 of the Residual, after an output of 3: Dense: needs at least 1 unit, got 0; "
                               "give it more"));
}

TEMPLATE_TEST_CASE("Residual gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // f = (1 0; 2 -1) (1; 2) + (0; 1) = (1; 1), y = x + f = (2; 3).
  const nn::Vector<TestType> parameters{{1, 2, 0, -1, 0, 1}};
  // dy = (1; 10): dW = dy x', db = dy, dx = dy + W' dy = (1 + 1 + 20; 10 - 10).
  const test::ImagePass<TestType> pass(Residual{Dense{2}}, nn::Shape(2), M{{1}, {2}}, parameters, M{{1}, {10}});
  CHECK(pass.y == M{{2}, {3}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{1, 10, 2, 20, 1, 10}});
  CHECK(pass.dx == M{{22}, {0}});
}

TEST_CASE("Residual does what PyTorch does") {
  const nn::Conv2D first{4, 3, {.padding = 1}}, second{3, 3, {.padding = nn::same_padding}};
  test::check_fixture("residual", Residual{first, nn::Tanh{}, second}, nn::Shape(4, 3, 3));
  test::check_fixture("residual, batch normalisation",
                      Residual{first, nn::BatchNorm{}, nn::ReLU{}, second, nn::BatchNorm{}}, nn::Shape(4, 3, 3));
}

TEST_CASE("Residual's gradients are right") {
  test::check_gradients_of(Residual{Dense{4}, nn::Tanh{}, Residual{Dense{4}, nn::Tanh{}}, Dense{6}});
  test::check_gradients_of_image_layer(Residual{nn::Conv2D{3, 3, {.padding = 1}}, nn::Tanh{}, nn::Conv2D{2, 1}},
                                       nn::Shape(3, 2, 2));
}

TEST_CASE("Residual gives the same bits in every network") {
  test::check_same_bits_of(Residual<Dense<4>, nn::ReLU, Dense<6>>{}, Residual{Dense{4}, nn::ReLU{}, Dense{6}});
  test::check_same_bits_after_image<6, 5, 2>(Residual<nn::Conv2D<2, 3, nn::ConvOptions{.padding = 1}>, nn::ReLU>{},
                                             Residual{nn::Conv2D{2, 3, {.padding = 1}}, nn::ReLU{}});
}
