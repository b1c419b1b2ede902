// SPDX-License-Identifier: MIT
#include <nn/layers/lstm.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <nn/layers/chain.hpp>

#include "sequence_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("LSTM is a layer, with its units in the type or at run time") {
  static_assert(nn::Layer<nn::LSTM<8>> && nn::Layer<nn::LSTM<>> && nn::HasShards<nn::LSTM<8>>);
  static_assert(std::is_same_v<decltype(nn::LSTM{8}), nn::LSTM<>>);
  static_assert(nn::LSTM<8>{}.output_shape(nn::Shape(1, 28, 3)) == nn::Shape(1, 28, 8));
  CHECK(nn::describe(nn::LSTM<8>{}) == nn::describe(nn::LSTM{8}));
  CHECK(nn::describe(nn::LSTM{8, {.bias = false, .recurrent_dropout = 0.5, .keras_start = true}}) ==
        nn::Description{.type = "LSTM",
                        .options = {{"units", 8}, {"bias", 0}, {"recurrent_dropout", 0.5}, {"keras_start", 1}}});
}

TEST_CASE("LSTM's parameters are PyTorch's, whatever the number of steps") {
  for (const nn::Index steps : {1, 28}) {
    std::vector<std::string> names;
    nn::Index count = 0;
    nn::for_each_tensor(nn::LSTM{4}, nn::Shape(1, steps, 3), [&](const nn::TensorShape& tensor) {
      names.emplace_back(tensor.name);
      CHECK(tensor.rows == 16);
      count += tensor.size();
    });
    CHECK(names == std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"});
    CHECK(count == 16 * (3 + 4 + 2));
  }
  CHECK(nn::parameter_count(nn::LSTM{4, {.bias = false}}, nn::Shape(1, 2, 3)) == 16 * 7);
}

TEST_CASE("LSTM refuses what is no sequence, no unit and no rate") {
  CHECK_THROWS_MATCHES(nn::LSTM{4}.output_shape(nn::Shape(28, 28, 1)), nn::shape_error,
                       Message("LSTM: reads a sequence, 1 x steps x features, got 28x28x1; put a Reshape{1, steps, "
                               "features} before it"));
  CHECK_THROWS_MATCHES(nn::LSTM{0}.output_shape(nn::Shape(1, 5, 3)), nn::shape_error,
                       Message("LSTM: needs at least 1 unit, got 0; give it more"));
  CHECK_THROWS_MATCHES((nn::LSTM<4>{nn::LSTMOptions{.bias = false}}), nn::shape_error,
                       Message("LSTM: with the units in its type it has biases; without, give the units at run time: "
                               "LSTM{units, {.bias = false}}"));
  CHECK_THROWS_MATCHES((nn::LSTM{4, {.recurrent_dropout = 1}}.output_shape(nn::Shape(1, 5, 3))), nn::shape_error,
                       Message("LSTM: recurrent_dropout must be at least 0 and below 1, got 1; 0 drops nothing"));
}

TEMPLATE_TEST_CASE("LSTM gives the values of two steps worked by hand", "", float, double) {
  // One unit whose gates see only biases and h: i = s(0) = 1/2, f = s(0) = 1/2, o = s(0) = 1/2, g = tanh(x + 2 h).
  nn::Vector<TestType> parameters(16);
  parameters << 0, 0, 1, 0, /* h */ 0, 0, 2, 0, /* biases */ 0, 0, 0, 0, 0, 0, 0, 0;
  const test::ImagePass<TestType> pass(nn::LSTM<1>{}, {1, 2, 1}, nn::Matrix<TestType>{{1}, {-1}}, parameters,
                                       nn::Matrix<TestType>::Ones(2, 1));
  const double c = std::tanh(1.0) / 2, h = std::tanh(c) / 2;
  const double next = c / 2 + std::tanh(-1 + 2 * h) / 2;
  CHECK(std::abs(static_cast<double>(pass.y(0)) - h) < 1e-6);
  CHECK(std::abs(static_cast<double>(pass.y(1)) - std::tanh(next) / 2) < 1e-6);
}

TEST_CASE("LSTM does what PyTorch's does") {
  test::check_recurrent_fixture("lstm", nn::LSTM{4});
  test::check_recurrent_fixture("lstm_without_bias", nn::LSTM{4, {.bias = false}});
  test::check_recurrent_fixture("lstm_of_two_layers", nn::Chain{nn::LSTM{4}, nn::LSTM<4>{}});
}

TEST_CASE("LSTM's gradients are right, and its bits the same in every network") {
  test::check_recurrent_layer(nn::LSTM<5>{}, nn::LSTM{5});
  test::check_gradients_of_image_layer(nn::LSTM{3, {.bias = false}}, {1, 3, 2});
}

TEST_CASE("A Keras LSTM starts with a forget gate of 1 and with orthogonal weights for h") {
  nn::Sequential<double> network(nn::Input{1, 2, 3}, nn::LSTM{4, {.keras_start = true}});
  nn::Vector<double> bias = nn::Vector<double>::Zero(16);
  bias.segment(4, 4).setOnes();
  CHECK(network.tensor("0.bias_ih_l0") == bias);
  CHECK(network.tensor("0.bias_hh_l0").cwiseAbs().maxCoeff() == 0);
  const nn::Matrix<double> U = network.tensor("0.weight_hh_l0");
  CHECK((U.transpose() * U - nn::Matrix<double>::Identity(4, 4)).cwiseAbs().maxCoeff() < 1e-14);
  CHECK(network.tensor("0.weight_ih_l0").cwiseAbs().maxCoeff() <= std::sqrt(6.0 / (3 + 16)));
}
