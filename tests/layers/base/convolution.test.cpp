// SPDX-License-Identifier: MIT
#include <nn/layers/base/convolution.hpp>

#include <nn/core/dual.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

// Three steps with seven samples.
template <class T, class Optimizer>
nn::Vector<T> trained(nn::Index threads, const Optimizer& optimizer) {
  nn::Network<T, nn::Input<7, 6, 2>, nn::Conv2D<5, 3, nn::ConvOptions{.padding = 1}>,
              nn::Conv2D<4, 2, nn::ConvOptions{.stride = 2, .bias = false}>, nn::Dense<3>>
      network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, optimizer, {.threads = threads}};
  const nn::Matrix<T> x = test::drawn<T>(84, 7, 1), t = test::drawn<T>(3, 7, 2);
  for (int step = 0; step < 3; ++step) trainer.step(x, t);
  return network.parameters();
}

}  // namespace

TEMPLATE_TEST_CASE("a convolution learns the same bits in any number of threads", "", float, double) {
  for (const nn::Index threads : {2, 3}) {
    CAPTURE(threads);
    CHECK(test::have_same_bits(trained<TestType>(1, nn::SGD{.learning_rate = 0.01}),
                               trained<TestType>(threads, nn::SGD{.learning_rate = 0.01})));
    CHECK(test::have_same_bits(trained<TestType>(1, nn::Adam{}), trained<TestType>(threads, nn::Adam{})));
  }
}

TEMPLATE_TEST_CASE("a sample comes out in the same bits alone or in a batch", "", float, double) {
  const nn::Network<TestType, nn::Input<7, 6, 2>, nn::Conv2D<5, 3, nn::ConvOptions{.padding = 1}>> network;
  const nn::Matrix<TestType> x = test::drawn<TestType>(84, 5, 1);
  const auto y = network.predict(x);
  for (nn::Index sample = 0; sample < 5; ++sample)
    CHECK(test::have_same_bits(y.col(sample), network.predict(x.col(sample))));
}

TEST_CASE("steps too small for W alone are not lost in it") {
  // 2,500 equal terms of 1e-9 next to a weight of 1: each alone would vanish in a float, their sum does not.
  nn::Sequential<float> network(nn::Input{50, 50, 1}, nn::Conv2D{1, 1, {.bias = false}});
  network.parameters().setOnes();
  const nn::Conv2D layer{1, 1, {.bias = false}};
  const nn::Matrix<float> x = nn::Matrix<float>::Ones(2500, 1);
  const nn::ConstMatrixView<float> view(x.data(), 2500, 1);
  const nn::Values values{nn::ConstVectorView<float>(network.parameters().data(), 1), view, view};
  const nn::Gradients gradients{nn::VectorView<float>(nullptr, 0), nn::MatrixView<float>(nullptr, 0, 0), view,
                                nn::InputGradient::none};
  layer.add_parameter_gradient(nn::Shape(50, 50, 1), values, gradients, network.parameters().data(), -1e-9F, {});
  CHECK(network.parameters()[0] == 1 - 2.5e-6F);
}

TEST_CASE("a convolution that is told nothing takes every pixel, without padding, in one group and with a bias") {
  const auto [stride, padding, dilation, groups, bias] = nn::ConvOptions{};
  CHECK(stride == nn::Sides(1));
  CHECK(padding == nn::Padding(0));
  CHECK(dilation == nn::Sides(1));
  CHECK(groups == 1);
  CHECK(bias);
}

TEST_CASE("a convolution says all its options") {
  const nn::Conv2D layer{
      6, {3, 5}, {.stride = {1, 2}, .padding = {7, 8}, .dilation = {9, 10}, .groups = 2, .bias = false}};
  const nn::Description expected{.type = "Conv2D",
                                 .options = {{"filters", 6},
                                             {"kernel_height", 3},
                                             {"kernel_width", 5},
                                             {"stride_height", 1},
                                             {"stride_width", 2},
                                             {"padding_height", 7},
                                             {"padding_width", 8},
                                             {"same_padding", 0},
                                             {"dilation_height", 9},
                                             {"dilation_width", 10},
                                             {"groups", 2},
                                             {"bias", 0}}};
  CHECK(nn::describe(layer) == expected);
}

TEST_CASE("weights of groups are drawn for the inputs and outputs of a group") {
  // Two groups of 2 channels and 2 filters, 6 pixels: 12 inputs, 12 outputs, and so uniform up to sqrt(6 / 24).
  const nn::Conv2D layer{4, {3, 2}, {.groups = 2}};
  nn::Vector<double> parameters(4 * 12 + 4);
  nn::Random random(1);
  layer.initialize(nn::Shape(5, 5, 4), parameters, nn::glorot_uniform, random);
  CHECK(parameters.head(48).cwiseAbs().maxCoeff() <= 0.5);
  CHECK(parameters.head(48).cwiseAbs().maxCoeff() > 0.45);
  CHECK((parameters.tail(4).array() == 0).all());
}

TEST_CASE("a convolution of dual numbers adds the bias") {
  using Dual = nn::Dual<double>;
  // Two filters over one pixel each of (1, 2): (3, 4) x + (10, 20), by the first bias.
  nn::Vector<Dual> parameters{{3, 4, Dual(10, 1), 20}}, x{{1, 2}};
  nn::Vector<Dual> y = nn::Vector<Dual>::Constant(4, Dual(77));
  nn::Conv2D{2, 1}.forward(nn::Shape(1, 2, 1), parameters, x, y);
  const double values[] = {13, 24, 16, 28}, derivatives[] = {1, 0, 1, 0};
  for (nn::Index i = 0; i < 4; ++i) {
    CHECK(y[i].value == values[i]);
    CHECK(y[i].derivative == derivatives[i]);
  }
}

TEST_CASE("a convolution of every channel alone adds the bias") {
  // Two channels of two pixels, one weight and one bias for each: (3, 4) x + (10, 20).
  const nn::Vector<double> parameters{{3, 4, 10, 20}}, x{{1, 2, 5, 6}};
  nn::Vector<double> y = nn::Vector<double>::Constant(4, 77);
  nn::Conv2D{2, 1, {.groups = 2}}.forward(nn::Shape(1, 2, 2), parameters, x, y);
  CHECK(y == nn::Vector<double>{{13, 28, 25, 44}});
}
