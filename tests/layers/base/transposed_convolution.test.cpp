// SPDX-License-Identifier: MIT
#include <nn/layers/base/transposed_convolution.hpp>

#include <nn/layers/conv2d.hpp>
#include <nn/layers/conv_transpose2d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"
#include "../../layers/image_cases.hpp"
#include "../../numbers.hpp"

namespace {

template <class T>
nn::Vector<T> parameters_after_steps(nn::Index threads) {
  nn::Network<T, nn::Input<4, 3, 2>, nn::ConvTranspose2D<5, 3, nn::ConvTransposeOptions{.stride = 2, .padding = 1}>,
              nn::Dense<3>>
      network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}, {.threads = threads}};
  const nn::Matrix<T> x = test::drawn<T>(24, 7, 1), t = test::drawn<T>(3, 7, 2);
  for (int step = 0; step < 3; ++step) trainer.step(x, t);
  return network.parameters();
}

}  // namespace

TEST_CASE("a transposed convolution is the input gradient of the convolution the other way") {
  const nn::Vector<double> W = test::drawn<double>(3 * 2 * 2 * 4, 1, 1);
  const nn::Matrix<double> image = test::drawn<double>(5 * 6 * 4, 2, 2), outputs = test::drawn<double>(2 * 5 * 3, 2, 3);
  const nn::Conv2D there{3, 2, {.stride = {2, 1}, .bias = false}};
  const nn::ConvTranspose2D back{4, 2, {.stride = {2, 1}, .output_padding = {0, 0}, .bias = false}};
  const auto of_there = test::ImagePass<double>(there, {4, 6, 4}, image.topRows(4 * 6 * 4), W, outputs);
  const auto of_back = test::ImagePass<double>(back, {2, 5, 3}, outputs, W, image.topRows(4 * 6 * 4));
  CHECK(test::have_same_bits(of_back.y, of_there.dx));
  CHECK(test::have_same_bits(of_back.dx, of_there.y));
  CHECK((of_back.parameter_gradients - of_there.parameter_gradients).cwiseAbs().maxCoeff() < 1e-13);
}

TEMPLATE_TEST_CASE("a transposed convolution learns the same bits in any number of threads", "", float, double) {
  for (const nn::Index threads : {2, 3})
    CHECK(test::have_same_bits(parameters_after_steps<TestType>(1), parameters_after_steps<TestType>(threads)));
}

TEST_CASE("a transposed convolution says all its options") {
  const nn::ConvTranspose2D layer{
      6,
      {3, 5},
      {.stride = {1, 2}, .padding = {7, 8}, .output_padding = {0, 1}, .dilation = {9, 10}, .groups = 2, .bias = false}};
  const nn::Description expected{.type = "ConvTranspose2D",
                                 .options = {{"filters", 6},
                                             {"kernel_height", 3},
                                             {"kernel_width", 5},
                                             {"stride_height", 1},
                                             {"stride_width", 2},
                                             {"padding_height", 7},
                                             {"padding_width", 8},
                                             {"output_padding_height", 0},
                                             {"output_padding_width", 1},
                                             {"dilation_height", 9},
                                             {"dilation_width", 10},
                                             {"groups", 2},
                                             {"bias", 0}}};
  CHECK(nn::describe(layer) == expected);
}

TEST_CASE("a transposed convolution refuses an output padding below 0") {
  const nn::ConvTranspose2D layer{4, 2, {.stride = 2, .output_padding = {0, -1}}};
  CHECK_THROWS_MATCHES(layer.output_shape({3, 3, 1}), nn::shape_error,
                       Catch::Matchers::Message(
                           "ConvTranspose2D: the output padding must be at least 0, got 0x-1; give a larger number"));
}
