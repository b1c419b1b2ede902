// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/predict.hpp>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

TEST_CASE("predict by several threads has the bits of one, of every kind of network") {
  const auto check = [](const auto& network) {
    const auto x = test::drawn<float>(network.input_shape().size(), 133, 2);
    const nn::Matrix<float> y = network.predict(x);
    for (const nn::Index threads : {1, 2, 5})
      CHECK(test::have_same_bits(nn::predict(network, x, {.threads = threads}), y));
    CHECK(test::have_same_bits(nn::predict(network, x.leftCols(3), {.threads = 2}), y.leftCols(3).eval()));
    CHECK(nn::predict(network, x.leftCols(0), {.threads = 2}).cols() == 0);
  };
  nn::Network<nn::Input<6, 6, 1>, nn::Conv2D<3, 3>, nn::ReLU, nn::Flatten, nn::Dense<4>, nn::Softmax> sized;
  sized.initialize(nn::Random(1));
  check(sized);
  nn::Sequential<float> row{nn::Input{5}, nn::Dense{20}, nn::BatchNorm{}, nn::Tanh{}, nn::Dense{2}};
  row.initialize(nn::Random(2));
  check(row);
  nn::Graph<float> graph;
  const auto input = graph.input({5});
  graph.output(graph.add(nn::Dense{3}, input));
  graph.initialize(nn::Random(3));
  check(graph);
}

TEST_CASE("What predict refuses, it refuses with threads, too") {
  const nn::Sequential<float> network{nn::Input{3}, nn::Dense{1}};
  CHECK_THROWS_AS(nn::predict(network, nn::Matrix<float>(2, 100), {.threads = 2}), nn::shape_error);
  CHECK_THROWS_AS(nn::predict(network, nn::Matrix<float>(3, 100), {.threads = 0}), nn::data_error);
}
