// SPDX-License-Identifier: MIT
#include <nn/training/fit/fit_full_batch.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include <nn/activations/softmax.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/concat.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/normalize.hpp>
#include <nn/layers/residual.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"
#include "../../fixture.hpp"
#include "../../numbers.hpp"

namespace {

template <class T>
using Small = nn::Network<T, nn::Input<2>, nn::Dense<3>, nn::Tanh, nn::Dense<1>>;

// The 8 samples and the first parameters of tests/fixtures/lbfgs.py.
nn::Dataset samples() {
  nn::Matrix<double> x(2, 8), t(1, 8);
  for (int i = 0; i < 8; ++i) {
    x.col(i) << i * 0.25 - 1, i * 3 % 8 * 0.25 - 1;
    t(0, i) = x(0, i) * x(1, i) + 0.5 * x(0, i);
  }
  return {x, t};
}
template <class T>
Small<T> first_network() {
  Small<T> network;
  for (int i = 0; i < 13; ++i) network.parameters()[i] = static_cast<T>((7 * i % 13 - 6) / 8.0);
  return network;
}

}  // namespace

TEST_CASE("fit_full_batch has PyTorch's loss after every iteration") {
  const std::vector<double> expected = test::fixture("lbfgs.txt")["network"];
  REQUIRE(expected.size() == 40);
  auto network = first_network<double>();
  const nn::Dataset data = samples();
  const nn::History history = nn::fit_full_batch(network, nn::MeanSquaredError{}, {.iterations = 40}, data);
  REQUIRE(history.epochs.size() == 40);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CAPTURE(i, history.epochs[i].loss, expected[i]);
    CHECK(std::abs(history.epochs[i].loss - expected[i]) < 1e-10);
    CHECK(history.epochs[i].samples == 8);
    CHECK(history.epochs[i].seconds >= 0);
  }
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, data).loss == Approx(expected.back()).epsilon(1e-9));
}

TEST_CASE("fit_full_batch fits in float, too") {
  auto network = first_network<float>();
  const nn::History history = nn::fit_full_batch(network, nn::MeanSquaredError{}, {.iterations = 200}, samples());
  CHECK(history.epochs.back().loss < 2e-3);
}

TEST_CASE("fit_full_batch takes more samples than a batch, their labels, and Softmax with its loss as one") {
  nn::Network<double, nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<2>, nn::Softmax> network;
  const nn::Matrix<double> x = test::drawn<double>(2, 600, 1);
  std::vector<int> labels;
  for (nn::Index i = 0; i < 600; ++i) labels.push_back(x.col(i).squaredNorm() < 0.6);
  const nn::Dataset data(x, labels);
  const double before = nn::evaluate(network, nn::CrossEntropy{}, data).loss;
  const nn::History history = nn::fit_full_batch(network, nn::CrossEntropy{}, {.iterations = 100}, data);
  const nn::Evaluation after = nn::evaluate(network, nn::CrossEntropy{}, data);
  CHECK(after.loss == Approx(history.epochs.back().loss).epsilon(1e-12));
  CHECK(after.loss < 0.2 * before);
  CHECK(after.accuracy > 0.97);
}

TEST_CASE("fit_full_batch refuses what does not fit, and leaves the network as it was") {
  auto network = first_network<double>();
  const nn::Vector<double> before = network.parameters();
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::MeanSquaredError{}, {.memory = 0}, samples()), nn::data_error);
  const nn::Dataset wide(nn::Matrix<double>::Zero(3, 4).eval(), nn::Matrix<double>::Zero(1, 4).eval());
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::MeanSquaredError{}, {}, wide), nn::shape_error);
  CHECK(network.parameters() == before);
  network.parameters()[0] = test::infinity<double>;
  CHECK_THROWS_AS(nn::fit_full_batch(network, nn::MeanSquaredError{}, {}, samples()), nn::data_error);
}

TEST_CASE("fit_full_batch takes the weights of the samples") {
  // A weight of 2 for every sample doubles the loss and its gradient; one of 0 takes the sample away.
  const nn::Dataset data = samples();
  auto plain = first_network<double>(), doubled = first_network<double>(), part = first_network<double>();
  const auto once = nn::fit_full_batch(plain, nn::MeanSquaredError{}, {.iterations = 1}, data);
  const auto twice = nn::fit_full_batch(doubled, nn::MeanSquaredError{}, {.iterations = 20},
                                        data.with_weights(std::vector<double>(8, 2)));
  CHECK(nn::evaluate(doubled, nn::MeanSquaredError{}, data).loss ==
        Approx(twice.epochs.back().loss / 2).epsilon(1e-13));
  CHECK(once.epochs[0].loss != twice.epochs[0].loss);
  std::vector<double> weights(8);  // of a list of four 2 and four 0, GCC 12 makes eight 2 with AVX-512
  std::fill_n(weights.begin(), 4, 2.0);
  auto alone = first_network<double>(), all = first_network<double>();
  nn::fit_full_batch(part, nn::MeanSquaredError{}, {.iterations = 10}, data.with_weights(weights));
  nn::fit_full_batch(alone, nn::MeanSquaredError{}, {.iterations = 10}, data.subset(0, 4));
  nn::fit_full_batch(all, nn::MeanSquaredError{}, {.iterations = 10}, data);
  CHECK((part.parameters() - alone.parameters()).cwiseAbs().maxCoeff() < 1e-9);
  CHECK((all.parameters() - alone.parameters()).cwiseAbs().maxCoeff() > 1e-2);
}

namespace {

// The cosine between the first step and the gradient of the loss that `evaluate` reports, by central differences.
template <class Net>
double cosine_of_first_step(Net network) {
  nn::Matrix<double> x = test::drawn<double>(2, 24, 3), t = test::drawn<double>(1, 24, 4);
  x.row(0).array() = 2 + 3 * x.row(0).array();
  const nn::Dataset data(x, t);
  network.initialize(nn::Random(1));
  const nn::Vector<double> start = network.parameters(), state = network.state();
  nn::Vector<double> gradient(start.size());
  for (nn::Index k = 0; k < start.size(); ++k) {
    const auto loss_at = [&](double parameter) {
      Net probe = network;
      probe.parameters()[k] = parameter;
      return nn::evaluate(probe, nn::MeanSquaredError{}, data).loss;
    };
    gradient[k] = (loss_at(start[k] + 1e-6) - loss_at(start[k] - 1e-6)) / 2e-6;
  }
  nn::fit_full_batch(network, nn::MeanSquaredError{}, nn::LBFGS{.iterations = 1}, data);
  CHECK(network.state() == state);
  const nn::Vector<double> step = network.parameters() - start;
  return step.dot(gradient) / (step.norm() * gradient.norm());
}

}  // namespace

TEST_CASE("the first step goes down the gradient of the loss that is reported, whatever the layers do in training") {
  using namespace nn;
  CHECK(cosine_of_first_step(Network<double, Input<2>, Dense<6>, Tanh, Dropout, Dense<1>>{}) < -1 + 1e-6);
  CHECK(cosine_of_first_step(Network<double, Input<2>, Dense<6>, BatchNorm, Tanh, Dense<1>>{}) < -1 + 1e-6);
  CHECK(cosine_of_first_step(Network<double, Input<2>, Dense<6>, Residual<Dense<6>, Dropout>, Dense<1>>{}) < -1 + 1e-6);
  CHECK(cosine_of_first_step(Network<double, Input<2>, Concat<Chain<Dense<3>, BatchNorm>, Dense<3>>, Dense<1>>{}) <
        -1 + 1e-6);
  CHECK(cosine_of_first_step(Network<double, Input<2>, Normalize, Dense<6>, Tanh, Dense<1>>{}) < -1 + 1e-6);
  CHECK(cosine_of_first_step(Sequential<double>(Input{2}, Dense{6}, BatchNorm{}, Dropout{}, Dense{1})) < -1 + 1e-6);
}
