// SPDX-License-Identifier: MIT
#include <nn/networks/at_shape.hpp>

#include <nn/inference.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

template <class T>
auto fully_convolutional(nn::Index height, nn::Index width) {
  nn::Sequential<T> network(nn::Input{height, width, 1}, nn::Conv2D{3, 3, {.padding = 1}}, nn::BatchNorm{}, nn::ReLU{},
                            nn::MaxPool2D{2}, nn::Residual{nn::Conv2D{3, 3, {.padding = 1}}, nn::Tanh{}},
                            nn::GlobalAveragePool2D{}, nn::Dense{4}, nn::Softmax{});
  network.initialize(nn::Random{5});
  return network;
}

}  // namespace

TEMPLATE_TEST_CASE("a fully convolutional network has the same bits at another size as one that was built for it", "",
                   float, double) {
  const auto small = fully_convolutional<TestType>(8, 8);
  const auto large = fully_convolutional<TestType>(12, 10);
  const nn::Matrix<TestType> x = test::drawn<TestType>(120, 3, 1);
  const auto seen = small.at({12, 10, 1});
  CHECK(seen.output_shape() == nn::Shape(4));
  CHECK(test::have_same_bits(nn::Matrix<TestType>(seen.predict(x)), nn::Matrix<TestType>(large.predict(x))));
  const nn::Matrix<TestType> usual = test::drawn<TestType>(64, 3, 2);
  CHECK(test::have_same_bits(nn::Matrix<TestType>(small.at({8, 8, 1}).predict(usual)),
                             nn::Matrix<TestType>(small.predict(usual))));
}

TEST_CASE("a network with sizes in its types is used at another shape, too") {
  const nn::Network<nn::Input<6, 6>, nn::Conv2D<2, 3>, nn::Tanh, nn::GlobalAveragePool2D, nn::Dense<3>> network;
  const nn::Matrix<float> y = network.at({9, 7, 1}).predict(test::drawn<float>(63, 2, 1));
  CHECK(y.rows() == 3);
  CHECK(y.cols() == 2);
  CHECK(y.col(0) != y.col(1));
}

TEST_CASE("what depends on the size is refused at another, with the layer") {
  const nn::Sequential<float> network(nn::Input{4, 4, 1}, nn::Conv2D{2, 3}, nn::Flatten{}, nn::Dense{3});
  CHECK_THROWS_MATCHES(
      network.at({6, 4, 1}), nn::shape_error,
      Message("at: let a GlobalAveragePool2D or LastStep come before layer 3 (Dense), which has 27 parameters for an "
              "input of 8 and would have 51 for 16; only layers whose parameters do not depend on the size can be used "
              "at another"));
  CHECK_THROWS_WITH(
      network.at({2, 4, 1}),
      Catch::Matchers::StartsWith("layer 1 of the network, after an output of 2x4x1: Conv2D: a 3x3 kernel"));
  CHECK_THROWS_AS(network.at({0, 4, 1}), nn::shape_error);
  CHECK_THROWS_MATCHES(fully_convolutional<float>(8, 8).at({6, 4, 1}).predict(test::drawn<float>(23, 1, 1)),
                       nn::shape_error,
                       Message("predict: a sample of 23 features does not fit an input of 6x4x1 = 24; give features x "
                               "samples, one column each"));
}

TEST_CASE("Samples come in one block: columns, or the numbers of one sequence of any length") {
  const nn::Network<nn::Input<2>, nn::Dense<1>> network;
  const nn::Network<nn::Sequence<2>, nn::LastStep> sequences;
  const nn::Matrix<float> x{{1, 2, 3}, {4, 5, 6}};
  nn::Buffer<float> memory;
  CHECK(nn::block_of_samples(network, x, "test", memory) == x);
  CHECK(nn::block_of_samples(sequences, x, "test", memory) == nn::Vector<float>{{1, 4, 2, 5, 3, 6}});
  CHECK(nn::block_of_samples(sequences, nn::Vector<float>{{1, 4}}, "test", memory) == nn::Vector<float>{{1, 4}});
  CHECK_THROWS_AS(nn::block_of_samples(network, nn::Matrix<float>(3, 2), "test", memory), nn::shape_error);
  CHECK_THROWS_AS(nn::block_of_samples(sequences, nn::Matrix<float>(4, 2), "test", memory), nn::shape_error);
  CHECK_THROWS_AS(nn::block_of_samples(sequences, nn::Matrix<float>(2, 0), "test", memory), nn::shape_error);
}
