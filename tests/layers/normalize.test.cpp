// SPDX-License-Identifier: MIT
#include <nn/layers/normalize.hpp>

#include <sstream>

#include <nn/network.hpp>

#include "../layer_cases.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using V = nn::Vector<double>;

TEST_CASE("Normalize subtracts the offset and divides by the scale of every feature") {
  static_assert(nn::Layer<nn::Normalize>);
  nn::Network<double, nn::Input<2>, nn::Normalize> network;
  CHECK(network.parameter_count() == 0);
  CHECK(network.predict(M{{5, 9}, {1, 2}}) == M{{5, 9}, {1, 2}});  // until it is told
  nn::set_normalization(network, nn::Standardize{{V{{5, -1}}, V{{2, 4}}}});
  CHECK(network.predict(M{{5, 9}, {1, 2}}) == M{{0, 2}, {0.5, 0.75}});
  nn::Sequential<float> sequential(nn::Input{2}, nn::Normalize{});
  nn::set_normalization(sequential, nn::MinMax::fit(M{{1, 5}, {0, 2}}));
  CHECK(sequential.predict(nn::Matrix<float>{{3}, {4}}) == nn::Matrix<float>{{0.5}, {2}});
}

TEST_CASE("all gradients through Normalize are right with offsets and scales set") {
  const auto check = [](auto network) {
    network.initialize(nn::Random(3));
    nn::set_normalization(network, nn::Standardize::fit(test::drawn<double>(network.place(1).input.size(), 9, 7)));
    const nn::GradientCheck result =
        nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(network.input_shape().size(), 5, 2),
                            test::drawn<double>(network.output_shape().size(), 5, 4));
    INFO(result.worst);
    CHECK(result.worst_relative_error < 1e-10);
    CHECK(result.worst_central_difference_error < 1e-7);
  };
  check(nn::Network<double, nn::Input<4>, nn::Dense<7>, nn::Normalize, nn::Tanh, nn::Dense<2>>{});
  check(nn::Network<double, nn::Input<3, 2, 4>, nn::Tanh, nn::Normalize, nn::Flatten, nn::Dense<2>>{});
  check(nn::Sequential<double>(nn::Input{4}, nn::Dense{5}, nn::Normalize{}, nn::Dense{2}));
}

TEST_CASE("Training through Normalize is training on normalised data, and leaves it as it is") {
  const M x = test::drawn<double>(3, 8, 1, 100, 200), t = test::drawn<double>(2, 8, 2);
  const nn::Standardize scaling = nn::Standardize::fit(x);
  nn::Network<double, nn::Input<3>, nn::Normalize, nn::Dense<4>, nn::Tanh, nn::Dense<2>> network;
  nn::Network<double, nn::Input<3>, nn::Dense<4>, nn::Tanh, nn::Dense<2>> plain;
  nn::set_normalization(network, scaling);
  const V state = network.state();
  {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
    nn::Trainer plain_trainer{plain, nn::MeanSquaredError{}, nn::Adam{}};
    for (int step = 0; step < 5; ++step) CHECK(trainer.step(x, t) == plain_trainer.step(scaling.apply(x), t));
  }
  CHECK(network.predict(x) == plain.predict(scaling.apply(x)));
  CHECK(V(network.state()) == state);
}

TEST_CASE("Normalize is saved and loaded with the network") {
  nn::Network<nn::Input<3>, nn::Dense<2>, nn::Normalize, nn::Dense<1>> network, other;
  nn::set_normalization(network, nn::Standardize{{V{{1.5, 2, 0.1}}.head(2), V{{0.25, 3}}}});
  std::stringstream file;
  nn::save(network, file);
  CHECK_FALSE(network == other);
  nn::load(other, file);
  CHECK(network == other);
  network.initialize(nn::Random(0));
  CHECK(nn::Vector<float>(network.state()) == nn::Vector<float>{{0, 0, 1, 1}});
}

TEST_CASE("A normalization that does not fit is refused, and the network stays as it was") {
  nn::Network<nn::Input<2>, nn::Normalize, nn::Dense<1>> network;
  nn::set_normalization(network, nn::Standardize{{V{{1, 2}}, V{{3, 4}}}});
  const auto before = network;
  const auto refuses = [&](const V& offset, const V& scale, const std::string& sentence) {
    CHECK_THROWS_MATCHES(nn::set_normalization(network, nn::Scaling{offset, scale}), nn::data_error,
                         Message("set_normalization: feature " + sentence +
                                 "; both must be finite in the network's number type, the scale not 0"));
    CHECK(network == before);
  };
  refuses(V{{1, 2}}, V{{3, 0}}, "1 has the offset 2 and the scale 0");
  refuses(V{{1, 2}}, V{{1e-60, 1}}, "0 has the offset 1 and the scale 1e-60");
  refuses(V{{1e39, 2}}, V{{1, 1}}, "0 has the offset 1e+39 and the scale 1");
  refuses(V{{1, 2}}, V{{1, test::infinity<double>}}, "1 has the offset 2 and the scale inf");
  for (const auto& [offset, scale] : {std::pair{1, 1}, {3, 3}, {2, 3}, {3, 2}})
    CHECK_THROWS_MATCHES(
        nn::set_normalization(network, nn::Scaling{V::Ones(offset), V::Ones(scale)}), nn::shape_error,
        Message("set_normalization: " + std::to_string(offset) + " offsets and " + std::to_string(scale) +
                " scales do not fit the 2 features of Normalize; fit them to the same inputs"));
  CHECK(network == before);
  nn::Network<nn::Input<2>, nn::Dense<1>> without;
  CHECK_THROWS_MATCHES(nn::set_normalization(without, nn::Scaling{V::Ones(2), V::Ones(2)}), nn::shape_error,
                       Message("set_normalization: none of the network's 1 layers is a Normalize; make it the first "
                               "after the input"));
}

TEST_CASE("set_normalization of a network that was moved from is an error in words") {
  nn::Network<nn::Input<2>, nn::Normalize> network;
  const auto taken = std::move(network);
  const nn::Standardize scaling{{V{{5, -1}}, V{{2, 4}}}};
  CHECK_THROWS_MATCHES(nn::set_normalization(network, scaling), nn::data_error,  // NOLINT(bugprone-use-after-move)
                       Message("set_normalization: this network was moved from; assign a network to it first"));
  CHECK_THROWS_AS(nn::summary(network), nn::data_error);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  CHECK_THROWS_AS(trainer.save_checkpoint("never-written"), nn::data_error);
}

TEST_CASE("set_normalization finds a Normalize inside of containers") {
  nn::Sequential<double> network(nn::Input{2}, nn::BatchNorm{}, nn::Chain(nn::Identity{}, nn::Chain(nn::Normalize{})));
  const nn::Matrix<double> x{{0, 4}, {10, 30}};
  const nn::Standardize scaling = nn::Standardize::fit(x);
  nn::set_normalization(network, scaling);
  CHECK(network.tensor("1.1.0.offset") == scaling.offset);
  CHECK(network.tensor("1.1.0.scale") == scaling.scale);
  CHECK(network.tensor("0.running_mean") == nn::Vector<double>::Zero(2));
}
