// SPDX-License-Identifier: MIT
#include <nn/layers/denormalize.hpp>

#include <sstream>

#include <nn/network.hpp>

#include "../layer_cases.hpp"

TEST_CASE("Denormalize multiplies by the scale of every feature and adds the offset") {
  using M = nn::Matrix<double>;
  static_assert(nn::Layer<nn::Denormalize>);
  nn::Network<double, nn::Input<2>, nn::Denormalize> network;
  CHECK(network.parameter_count() == 0);
  CHECK(network.predict(M{{5, 9}, {1, 2}}) == M{{5, 9}, {1, 2}});  // until it is told
  network.state() << 5, -1, 2, 4;
  CHECK(network.predict(M{{0, 2}, {0.5, 0.75}}) == M{{5, 9}, {1, 2}});
  nn::Sequential<float> sequential(nn::Input{2}, nn::Denormalize{});
  sequential.state() << 5, -1, 2, 4;
  CHECK(sequential.predict(nn::Matrix<float>{{0}, {0.5}}) == nn::Matrix<float>{{5}, {1}});
}

TEST_CASE("Denormalize undoes a Normalize of the same numbers, of images too") {
  nn::Sequential<double> network(nn::Input{2, 3, 2}, nn::Normalize{}, nn::Denormalize{});
  network.state().head(24) = test::drawn<double>(24, 1, 1, 1, 3);
  network.state().tail(24) = nn::Vector<double>(network.state().head(24));
  const nn::Matrix<double> x = test::drawn<double>(12, 5, 2);
  CHECK((network.predict(x) - x).cwiseAbs().maxCoeff() < 1e-15);
  CHECK(network.tensor("1.offset") == network.tensor("0.offset"));
}

TEST_CASE("all gradients through Denormalize are right with offsets and scales set, at the end and before") {
  const auto check = [](auto network, const auto& loss) {
    network.initialize(nn::Random(3));
    network.state() = test::drawn<double>(network.state().size(), 1, 7, 1, 3);
    const nn::GradientCheck result =
        nn::check_gradients(network, loss, test::drawn<double>(network.input_shape().size(), 5, 2),
                            test::drawn<double>(network.output_shape().size(), 5, 4));
    INFO(result.worst);
    CHECK(result.worst_relative_error < 1e-10);
    CHECK(result.worst_central_difference_error < 1e-7);
  };
  using nn::Network, nn::Input, nn::Dense, nn::Tanh, nn::Denormalize, nn::MeanSquaredError;
  check(Network<double, Input<4>, Dense<7>, Tanh, Dense<2>, Denormalize>{}, MeanSquaredError{});
  check(Network<double, Input<4>, nn::Normalize, Dense<7>, Tanh, Dense<2>, Denormalize>{}, nn::Huber{});
  check(Network<double, Input<4>, Dense<7>, Denormalize, Tanh, Dense<2>>{}, MeanSquaredError{});
  check(nn::Sequential<double>(Input{2, 2, 1}, nn::Conv2D{3, 1}, Denormalize{}), nn::LogCosh{});
  nn::Graph<double> graph;
  const auto x = graph.input({4});
  graph.output(graph.add(Denormalize{}, graph.add(Dense{2}, x)));
  check(graph, MeanSquaredError{});
}

TEST_CASE("Training to a Denormalize is training on scaled targets, bit by bit, and leaves it as it is") {
  const nn::Matrix<double> x = test::drawn<double>(3, 8, 1), t = test::drawn<double>(2, 8, 2, 1e5, 3e5);
  const nn::Standardize scaling = nn::Standardize::fit(t);
  nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Tanh, nn::Dense<2>, nn::Denormalize> network;
  nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Tanh, nn::Dense<2>> plain;
  network.state() << scaling.offset, scaling.scale;
  const nn::Vector<double> state = network.state();
  {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
    nn::Trainer plain_trainer{plain, nn::MeanSquaredError{}, nn::Adam{}};
    for (int step = 0; step < 5; ++step) CHECK(trainer.step(x, t) == plain_trainer.step(x, scaling.apply(t)));
  }
  CHECK(nn::Vector<double>(network.parameters()) == nn::Vector<double>(plain.parameters()));
  CHECK(nn::Vector<double>(network.state()) == state);
  CHECK((network.predict(x) - scaling.inverse(plain.predict(x))).cwiseAbs().maxCoeff() < 1e-9);
}

TEST_CASE("Denormalize is saved and loaded with the network, in every kind of file") {
  nn::Network<nn::Input<3>, nn::Dense<2>, nn::Denormalize> network, other;
  network.state() << 1.5, -2000, 0.25, 300;
  std::stringstream file;
  nn::save(network, file);
  const std::string text = file.str();
  nn::load(other, file);
  CHECK(network == other);
  std::istringstream again(text);
  const nn::Sequential<float> loaded = nn::load_network<float>(again);
  CHECK(loaded.last_is<nn::Denormalize>());
  const nn::Matrix<float> x = test::drawn<float>(3, 4, 1);
  CHECK(loaded.predict(x) == network.predict(x));

  std::stringstream onnx;
  nn::save_onnx(network, onnx);
  const nn::Graph<float> imported = nn::load_onnx<float>(onnx);
  CHECK((imported.predict(x) - network.predict(x)).cwiseAbs().maxCoeff() < 1e-3F);

  const nn::Sequential<float> images = [] {
    nn::Sequential<float> made(nn::Input{2, 3, 2}, nn::Conv2D{2, 1}, nn::Denormalize{});
    made.state() = test::drawn<float>(24, 1, 2, 1, 5);
    return made;
  }();
  std::stringstream of_images;
  nn::save_onnx(images, of_images, {.channels_last = true});
  const nn::Matrix<float> pixels = test::drawn<float>(12, 3, 3);
  CHECK((nn::load_onnx<float>(of_images).predict(pixels) - images.predict(pixels)).cwiseAbs().maxCoeff() < 1e-5F);

  other.initialize(nn::Random(0));
  CHECK(nn::Vector<float>(other.state()) == nn::Vector<float>{{0, 0, 1, 1}});
}
