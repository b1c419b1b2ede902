// SPDX-License-Identifier: MIT
#include <nn/layers/chain.hpp>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;
using nn::Chain;
using nn::Dense;

TEST_CASE("Chain is a layer, with sizes in the type or at run time") {
  using Fixed = Chain<Dense<4>, nn::ReLU, Dense<4>, nn::ReLU>;
  static_assert(nn::Layer<Fixed> && nn::Layer<Chain<Dense<>, Chain<nn::ReLU>>>);
  static_assert(std::is_empty_v<Fixed> && nn::shape_is_in_type<Fixed>);
  static_assert(!nn::shape_is_in_type<Chain<Dense<>, nn::ReLU>>);
  static_assert(std::is_same_v<decltype(Chain{Dense{4}, nn::ReLU{}}), Chain<Dense<>, nn::ReLU>>);
  CHECK(nn::describe(Fixed{}) == nn::Description{.type = "Chain", .options = {{"layers", 4.0}}});
  CHECK(Chain{Dense{4}, nn::ReLU{}} == Chain{Dense{4}, nn::ReLU{}});
  CHECK_FALSE(Chain{Dense{4}, nn::ReLU{}} == Chain{Dense{5}, nn::ReLU{}});
}

TEST_CASE("Chain knows its output and counts its parameters") {
  static_assert(Chain<Dense<3>, nn::ReLU, Dense<2>>{}.output_shape(nn::Shape(4)) == nn::Shape(2));
  static_assert(Chain<Dense<3>, nn::ReLU, Dense<2>>{}.place(nn::Shape(4)).parameter_count == 15 + 8);
  CHECK(Chain{nn::Conv2D{6, 3}, nn::Conv2D{2, 3}}.output_shape(nn::Shape(6, 5, 1)) == nn::Shape(2, 1, 2));
  CHECK(Chain{nn::ReLU{}}.place(nn::Shape(4)).is_flat_where_zero);
  CHECK_FALSE(Chain{nn::ReLU{}, nn::Tanh{}}.place(nn::Shape(4)).is_flat_where_zero);
}

TEST_CASE("Chain says which of its layers does not fit") {
  CHECK_THROWS_MATCHES(
      (nn::Sequential<float>(nn::Input{6, 6, 1}, Chain{nn::ReLU{}, nn::Conv2D{4, 7}})), nn::shape_error,
      Message("layer 1 of the network, after an output of 6x6x1: layer 2 of the Chain, after an output of 6x6x1: "
              "Conv2D: a 7x7 kernel does not fit an input of 6x6x1 without padding; use a smaller kernel, more "
              "padding, or less pooling before it"));
}

TEMPLATE_TEST_CASE("Chain gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // h = (1 0; 2 -1) (1; 2) + (0; 1) = (1; 1), y = (3 -2) h + 5 = 6.
  const nn::Vector<TestType> parameters{{1, 2, 0, -1, 0, 1, 3, -2, 5}};
  // dy = 2: dV = 2 h', dc = 2, dh = V' 2 = (6; -4), dW = dh x', db = dh, dx = W' dh = (6 - 8; 4).
  const test::ImagePass<TestType> pass(Chain{Dense{2}, Dense{1}}, nn::Shape(2), M{{1}, {2}}, parameters, M{{2}});
  CHECK(pass.y == M{{6}});
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{6, -4, 12, -8, 6, -4, 2, 2, 2}});
  CHECK(pass.dx == M{{-2}, {4}});
}

TEST_CASE("Chain does what PyTorch's Sequential does") {
  test::check_fixture("chain", Chain{nn::Conv2D{4, 3, {.padding = 1}}, nn::Tanh{}, nn::Conv2D{2, 1}},
                      nn::Shape(4, 3, 2));
}

TEST_CASE("Chain's gradients are right") {
  test::check_gradients_of(Chain{Dense{4}, nn::Tanh{}, Chain{Dense{5}, nn::Tanh{}}});
  test::check_gradients_of_image_layer(Chain{nn::Conv2D{3, 2}, nn::Tanh{}, nn::Conv2D{2, 1}}, nn::Shape(3, 2, 2));
}

TEST_CASE("Chain gives the same bits in every network") {
  test::check_same_bits_of(Chain<Dense<4>, nn::ReLU, Dense<5>>{}, Chain{Dense{4}, nn::ReLU{}, Dense{5}});
}

TEMPLATE_TEST_CASE("layers learn the same bits in a Chain as in the network itself", "", float, double) {
  const auto trained = [](auto network, nn::Index samples) {
    const nn::Matrix<TestType> x = test::drawn<TestType>(6, samples, 1), t = test::drawn<TestType>(2, samples, 2);
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
    for (int step = 0; step < 50; ++step) trainer.step(x, t);
    return nn::Vector<TestType>(network.parameters());
  };
  const nn::Sequential<TestType> flat(nn::Input{6}, Dense{5}, nn::ReLU{}, Dense{4}, nn::Tanh{}, Dense{2}),
      chained(nn::Input{6}, Chain{Dense{5}, nn::ReLU{}, Dense{4}}, Chain{nn::Tanh{}, Dense{2}});
  for (const nn::Index samples : {1, 7}) {
    CAPTURE(samples);
    CHECK(test::have_same_bits(flat.parameters(), chained.parameters()));
    CHECK(test::have_same_bits(trained(flat, samples), trained(chained, samples)));
    CHECK_FALSE(test::have_same_bits(flat.parameters(), trained(chained, samples)));
  }
}

TEST_CASE("layers that draw do so for themselves, inside a Chain and after it") {
  const nn::Matrix<float> x = nn::Matrix<float>::Ones(1000, 50);
  const auto share_kept = [&](const nn::Sequential<float>& network) {
    nn::Workspace<float> workspace;
    workspace.reserve_activations(network, 50);
    const float* y = nn::forward_pass(network, network.parameters().data(), x, workspace, network.depth(), {0, 50},
                                      nn::Training<float>{.seed = 3});
    return static_cast<double>((nn::ConstMatrixView<float>(y, 1000, 50).array() != 0).count()) / 50'000.0;
  };
  using nn::Dropout;
  // 50,000 draws: the standard deviation of the share is 0.0019.
  CHECK(share_kept(nn::Sequential<float>{nn::Input{1000}, Chain{Dropout{}, Dropout{}}}) == Approx(0.25).margin(0.01));
  CHECK(share_kept(nn::Sequential<float>{nn::Input{1000}, Chain{Dropout{}}, Dropout{}}) == Approx(0.25).margin(0.01));
  CHECK(share_kept(nn::Sequential<float>{nn::Input{1000}, Chain{Chain{Dropout{}, nn::ReLU{}}, Dropout{}}}) ==
        Approx(0.25).margin(0.01));
}
