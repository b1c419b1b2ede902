// SPDX-License-Identifier: MIT
#include <nn/training/step/scaled_units.hpp>

#include <cmath>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

// Prices of x: 2 x in scaled units, which are 1000 from 5000 on.
nn::Sequential<double> network_in_thousands() {
  nn::Sequential<double> network(nn::Input{1}, nn::Dense{1, nn::no_bias}, nn::Denormalize{});
  network.parameters() << 2;
  network.state() << 5000, 1000;
  return network;
}

}  // namespace

TEST_CASE("the loss of a network that ends in Denormalize is in scaled units, wherever it is asked for") {
  // Outputs 2 and -2, in units 7000 and 3000. Targets 6000 and 4000 are 1 and -1: each is off by 1, at weight 3 by 3.
  const nn::Matrix<double> x{{1, -1}}, t{{6000, 4000}};
  const nn::Sequential<double> network = network_in_thousands();
  const nn::MeanSquaredError loss;
  CHECK(network.predict(x) == nn::Matrix<double>{{7000, 3000}});
  CHECK(nn::evaluate(network, loss, x, t).loss == 1);
  CHECK(nn::evaluate(network, nn::MeanAbsoluteError{}, nn::Dataset(x, t).with_weights({1, 3})).loss == 2);
  CHECK(nn::evaluate(network, loss, nn::Dataset(x, t), {.keep_losses = true}).losses == std::vector<double>{1, 1});
  const nn::NetworkGradients<double> gradients = nn::gradients(network, loss, x, t);
  CHECK(gradients.loss == 1);
  CHECK(gradients.parameters == nn::Vector<double>{{2}});  // the mean of 2 (2 - 1) 1 and 2 (-2 + 1) -1
  CHECK(gradients.input == nn::Matrix<double>{{2, -2}});   // half of 2 (2 - 1) 2, and of 2 (-2 + 1) 2
  nn::Sequential<double> trained = network;
  nn::Trainer trainer{trained, loss, nn::SGD{.learning_rate = 0.25}};
  CHECK(trainer.step(x, t) == 1);
  CHECK(trained.parameters()[0] == 1.5);
  CHECK(trainer.step(x, t, std::vector<double>{1, 3}) == 0.5);  // (0.25 + 3 0.25) / 2
  CHECK(trained.parameters()[0] == 1);
  trained = network;
  const nn::History history = nn::fit_full_batch(trained, loss, nn::LBFGS{}, nn::Dataset(x, t));
  CHECK(trained.parameters()[0] == Approx(1).margin(1e-6));
  CHECK(history.epochs.back().loss < 1e-10);
}

TEST_CASE("a report of a network that ends in Denormalize is in the targets' units") {
  const nn::Dataset data(nn::Matrix<double>{{1, -1}}, nn::Matrix<double>{{6000, 4000}});
  const nn::RegressionReport report = nn::regression_report(network_in_thousands(), data);
  CHECK(report.mean_absolute_error == 1000);
  CHECK(report.root_mean_squared_error == 1000);
}

TEST_CASE("what fit reports of a network that ends in Denormalize is what evaluate says") {
  nn::Sequential<float> network(nn::Input{3}, nn::Normalize{}, nn::Dense{4}, nn::Tanh{}, nn::Dense{1},
                                nn::Denormalize{});
  const nn::Dataset data(test::drawn<float>(3, 40, 1, 50, 90), test::drawn<float>(1, 40, 2, 1e5, 3e5));
  nn::set_normalization(network, data);
  nn::Trainer trainer{network, nn::Huber{}, nn::Adam{.learning_rate = 0.02}};
  const nn::History history = trainer.fit(data, {.epochs = 3, .batch_size = 8, .validation = &data});
  CHECK(history.epochs.front().loss < 2);
  CHECK(history.epochs.back().validation_loss == nn::evaluate(network, nn::Huber{}, data).loss);
  CHECK(std::isnan(history.epochs.back().validation_accuracy));
}

TEST_CASE("outputs in units of their own are neither right nor wrong, whatever the targets look like") {
  nn::Sequential<double> network(nn::Input{1}, nn::Dense{1, nn::no_bias});
  const nn::Matrix<double> x{{1, -1}};
  const nn::Dataset numbers(x, nn::Matrix<double>{{1, 0}}), labels(x, std::vector<int>{1, 0});
  network.parameters() << 2;
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, numbers).accuracy == 1);
  network.add(nn::Denormalize{});
  network.parameters() << 2;
  CHECK(std::isnan(nn::evaluate(network, nn::MeanSquaredError{}, numbers).accuracy));
  CHECK(std::isnan(nn::evaluate(network, nn::MeanSquaredError{}, labels).accuracy));
}

TEST_CASE("each output of several has units of its own, and a loss of some outputs its own") {
  nn::Sequential<double> network(nn::Input{1}, nn::Dense{3, nn::no_bias}, nn::Denormalize{});
  network.parameters() << 1, 2, 3;
  network.state() << 10, 20, 30, 1, 2, 4;
  // Scaled targets 0, 1 and 5 for outputs 1, 2 and 3: off by 1, 1 and -2.
  const nn::Matrix<double> x{{1}}, t{{10}, {22}, {50}};
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, x, t).loss == 2);
  const nn::OutputLosses losses{nn::OutputLoss{nn::MeanSquaredError{}, 2},
                                nn::OutputLoss{nn::MeanAbsoluteError{}, 1, 0.5}};
  CHECK(nn::evaluate(network, losses, x, t).loss == 2);  // 1 + 0.5 2
  CHECK(nn::gradients(network, losses, x, t).parameters == nn::Vector<double>{{1, 1, -0.5}});
}

TEST_CASE("steps of a sequence of outputs have each their units, and the loss is the mean over them") {
  nn::Sequential<double> network(nn::Input{1, 2, 2}, nn::Denormalize{});
  network.state() << 10, 20, 30, 40, 1, 2, 5, 10;
  const nn::Matrix<double> x{{1}, {1}, {0}, {2}}, t{{10}, {22}, {25}, {40}};  // scaled 0, 1, -1, 0
  const auto counts_channels = [](const auto& loss) {
    return nn::check_gradients(nn::Sequential<double>(nn::Input{1, 2, 2}, nn::Tanh{}, nn::Denormalize{}), loss,
                               test::drawn<double>(4, 3, 1), test::drawn<double>(4, 3, 2))
               .worst_relative_error < 1e-10;
  };
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, x, t).loss == Approx((0.5 + 2.5) / 2));
  CHECK(counts_channels(nn::MeanSquaredError{}));
}

TEST_CASE("a network for any length that ends in Denormalize trains in scaled units") {
  nn::Network<double, nn::Sequence<2>, nn::MeanOverTime, nn::Dense<1, false>, nn::Denormalize> network;
  network.parameters() << 1, 0;
  network.state() << 100, 10;
  const nn::Matrix<double> sequence{{1, 3}, {0, 0}};  // the mean 2, in units 120
  CHECK(network.predict(sequence)(0, 0) == 120);
  CHECK(nn::gradients(network, nn::MeanSquaredError{}, sequence, 110.0).loss == 1);
  const std::vector<nn::Matrix<double>> sequences{sequence, nn::Matrix<double>{{4}, {5}}};
  const nn::SequenceDataset data(sequences, nn::Matrix<double>{{110, 120}});
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, data).loss == 2.5);  // (1 + 4) / 2
}

TEST_CASE("a gradient of the outputs that Trainer is given is one in the targets' units") {
  nn::Sequential<double> network = network_in_thousands();
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1}};
  trainer.step_with_output_gradient(nn::Matrix<double>{{3}}, nn::Matrix<double>{{1e-3}});
  CHECK(network.parameters()[0] == Approx(2 - 1e-3 * 1000 * 3));
}
