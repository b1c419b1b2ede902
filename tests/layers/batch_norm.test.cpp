// SPDX-License-Identifier: MIT
#include <nn/layers/batch_norm.hpp>

#include <sstream>

#include <nn/network.hpp>

#include "../layer_cases.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using V = nn::Vector<double>;

TEST_CASE("a batch is normalised by its own mean and biased variance, running ones follow with the unbiased") {
  // Channel values 1, 3, 5, 7: mean 4, biased variance 5, unbiased 20 / 3.
  nn::Network<double, nn::Input<1>, nn::BatchNorm> network;
  M x(1, 4);
  x << 1, 3, 5, 7;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1e-300}};
  const double loss = trainer.step(x, M::Zero(1, 4));
  CHECK(loss == Approx(5 / (5 + 1e-5)).epsilon(1e-14));  // the mean square of what has variance 1, but for epsilon
  CHECK(network.state()[0] == Approx(0.1 * 4).epsilon(1e-15));
  CHECK(network.state()[1] == Approx(0.9 * 1 + 0.1 * 20.0 / 3).epsilon(1e-15));

  network.weight<0>()(0, 0) = 3;
  network.bias<0>()(0) = 0.5;
  const M y = network.predict(x);
  CHECK(y(0, 1) == Approx(3 * (3 - 0.4) / std::sqrt(0.9 + 2.0 / 3 + 1e-5) + 0.5).epsilon(1e-14));
}

TEST_CASE("all gradients of batch normalisation are right, for features and for images") {
  const auto check = [](auto network) {
    network.initialize(nn::Random(3));
    for (nn::Index k = 0; k < network.weight_count(); ++k)
      network.bias(k) = test::drawn<double>(network.bias(k).size(), 1, 9);
    const nn::GradientCheck result =
        nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(network.input_shape().size(), 5, 2),
                            test::drawn<double>(network.output_shape().size(), 5, 4));
    INFO(result.worst);
    CHECK(result.worst_relative_error < 1e-10);
    CHECK(result.worst_central_difference_error < 1e-7);
  };
  check(nn::Network<double, nn::Input<4>, nn::Dense<70>, nn::BatchNorm, nn::Tanh, nn::Dense<2>>{});
  check(nn::Network<double, nn::Input<3, 2, 4>, nn::BatchNorm, nn::Flatten, nn::Dense<2>>{});
  check(nn::Sequential<double>(nn::Input{4}, nn::Dense{5}, nn::BatchNorm{}, nn::Dense{2}));
}

TEST_CASE("saved and loaded, the running statistics are there") {
  nn::Network<nn::Input<3>, nn::Dense<4>, nn::BatchNorm, nn::ReLU, nn::Dense<2>> network, other;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  for (int step = 0; step < 5; ++step) trainer.step(test::drawn<float>(3, 8, 2), test::drawn<float>(2, 8, 3));
  std::stringstream file;
  nn::save(network, file);
  CHECK_FALSE(network == other);
  nn::load(other, file);
  CHECK(network == other);

  std::string without = file.str();
  without.replace(without.find(",\n\"state\""), std::string::npos, "\n}\n");
  std::istringstream damaged(without);
  CHECK_THROWS_AS(nn::load(other, damaged), nn::load_error);
  CHECK(network == other);
}

TEST_CASE("a batch with one value per channel is refused, and nothing is changed") {
  nn::Network<nn::Input<3>, nn::BatchNorm> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  CHECK_THROWS_MATCHES(trainer.step(nn::Vector<float>::Ones(3), nn::Vector<float>::Ones(3)), nn::data_error,
                       Message("BatchNorm: training needs more than one value per channel, got a batch of 1 sample of "
                               "3; use larger batches"));
  CHECK(network == before);
}

TEST_CASE("a loss that is not finite leaves the running statistics as they were") {
  nn::Network<nn::Input<2>, nn::BatchNorm, nn::Dense<1>> network;
  network.weight<1>().setConstant(1e38F);
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  CHECK_THROWS_AS(trainer.step(test::drawn<float>(2, 4, 1), nn::Matrix<float>::Zero(1, 4)), nn::data_error);
  CHECK(network == before);
}

TEST_CASE("frozen, BatchNorm is the affine map that it is in use, both ways, and keeps its statistics") {
  // y = 3 (x - 2) / sqrt(4 - 1e-5 + 1e-5) + 1, so dx = 1.5 dy, dgamma = the sum of dy (x - 2) / 2, dbeta that of dy.
  using Net = nn::Network<double, nn::Input<1>, nn::BatchNorm>;
  Net network;
  network.parameters() << 3, 1;
  network.state() << 2, 4 - 1e-5;
  const M x{{1, 4, 6}}, dy{{1, -2, 4}};
  nn::Workspace<double> workspace;
  workspace.reserve_activations(network, 3);
  workspace.reserve_gradients(network, 3);
  const V state = network.state();
  const nn::Training<double> frozen{.state = network.state().data(), .is_frozen = true};
  const double* y = nn::forward_pass(network, network.parameters().data(), x, workspace, 1, {0, 3}, frozen);
  CHECK(M(nn::ConstMatrixView<double>(y, 1, 3)) == network.predict(x));
  CHECK((nn::ConstMatrixView<double>(y, 1, 3) - M{{-0.5, 4, 7}}).norm() < 1e-14);
  nn::MatrixView<double>(workspace.gradient(network, 1, 3), 1, 3) = dy;
  V gradient = V::Zero(2);
  nn::add_gradients(network, network.parameters().data(), x, workspace, 1, gradient.data(), nn::InputGradient::all,
                    frozen);
  CHECK((nn::ConstMatrixView<double>(workspace.gradient(network, 0, 3), 1, 3) - 1.5 * dy).norm() < 1e-14);
  CHECK((gradient - V{{-0.5 - 2 + 8, 3}}).norm() < 1e-14);
  CHECK(network.state() == state);
}

TEST_CASE("BatchNorm needs two values per channel: samples, or pixels of one") {
  CHECK(nn::least_samples(nn::BatchNorm{}, nn::Shape(5)) == 2);
  CHECK(nn::least_samples(nn::BatchNorm{}, nn::Shape(1, 2, 5)) == 1);
  const nn::Network network{nn::Input{4}, nn::Dense{3}, nn::Residual{nn::Dense{3}, nn::BatchNorm{}}};
  CHECK(network.place(0).least_samples == 1);
  CHECK(network.place(1).least_samples == 2);
}

TEST_CASE("an epsilon or a momentum of BatchNorm that makes no sense is refused") {
  const auto shape_with = [](double epsilon, double momentum) {
    return nn::BatchNorm{epsilon, momentum}.output_shape(nn::Shape(3));
  };
  CHECK_THROWS_MATCHES(shape_with(0, 0.1), nn::shape_error,
                       Message("BatchNorm: epsilon must be above 0, got 0; 1e-5 is usual"));
  CHECK_THROWS_AS(shape_with(test::not_a_number<double>, 0.1), nn::shape_error);
  CHECK_THROWS_MATCHES(shape_with(1e-5, 1.5), nn::shape_error,
                       Message("BatchNorm: the momentum must lie in 0..1, got 1.5; 0.1 is usual"));
  CHECK_THROWS_AS(shape_with(1e-5, -0.1), nn::shape_error);
  CHECK_THROWS_AS(shape_with(1e-5, test::not_a_number<double>), nn::shape_error);
  CHECK(shape_with(1e-5, 0) == nn::Shape(3));
  CHECK(shape_with(1e-5, 1) == nn::Shape(3));
}

TEST_CASE("BatchNorm over sizes that cannot be counted is a shape_error") {
  constexpr nn::Index much = nn::Index(1) << 62;
  CHECK_THROWS_AS(nn::parameter_count(nn::BatchNorm{}, nn::Shape(much)), nn::shape_error);
  CHECK_THROWS_AS(nn::state_count(nn::BatchNorm{}, nn::Shape(much)), nn::shape_error);
  CHECK_THROWS_AS(nn::BatchNorm{}.least_samples(nn::Shape(much, 2, 1)), nn::shape_error);
  CHECK_THROWS_AS(nn::place_of(nn::BatchNorm{}, nn::Shape(much)), nn::shape_error);
}

TEST_CASE("BatchNorm that is told nothing has PyTorch's defaults") {
  CHECK(nn::BatchNorm{}.epsilon == 1e-5);
  CHECK(nn::BatchNorm{}.momentum == 0.1);
  CHECK(nn::BatchNorm{1e-3}.momentum == 0.1);
}
