// SPDX-License-Identifier: MIT
// What all recurrent layers have in common: the bits of batches and threads, dropout, first parameters.
#include <nn/layers/base/recurrent_layer.hpp>

#include <cmath>

#include <nn/layers/bidirectional.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/gru.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/sequence.hpp>
#include <nn/layers/simple_rnn.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/training/trainer.hpp>

#include "../../layer_cases.hpp"

namespace {

template <class Visit>
void for_each_recurrent_layer(const Visit& visit) {
  visit(nn::SimpleRNN{9, {.recurrent_dropout = 0.3}});
  visit(nn::LSTM{9, {.recurrent_dropout = 0.3}});
  visit(nn::GRU{9, {.recurrent_dropout = 0.3}});
  visit(nn::GRU{9, {.reset_after = false}});
  visit(nn::Bidirectional{nn::LSTM{5, {.recurrent_dropout = 0.3}}});
}

}  // namespace

TEST_CASE("A recurrent layer learns the same bits with any number of threads") {
  for_each_recurrent_layer([](const auto& layer) {
    CAPTURE(layer.name());
    const auto trained = [&](nn::Index threads) {
      nn::Sequential<float> network(nn::Sequence{3, 6}, layer, layer, nn::LastStep{}, nn::Dense{2});
      nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}, {.threads = threads}};
      for (int step = 0; step < 4; ++step) trainer.step(test::drawn<float>(18, 11, 1), test::drawn<float>(2, 11, 2));
      return nn::Vector<float>(network.parameters());
    };
    const nn::Vector<float> alone = trained(1);
    CHECK(alone.allFinite());
    CHECK(test::have_same_bits(alone, trained(2)));
    CHECK(test::have_same_bits(alone, trained(5)));
  });
}

TEST_CASE("A batch of 100 and two of 50 have the same bits, forward and backward") {
  for_each_recurrent_layer([](const auto& layer) {
    CAPTURE(layer.name());
    const nn::Sequential<float> network(nn::Sequence{3, 4}, layer);
    const nn::Matrix<float> x = test::drawn<float>(12, 100, 1);
    nn::Matrix<float> y = network.predict(x);
    CHECK(test::have_same_bits(nn::Matrix<float>(y.leftCols(50)), network.predict(x.leftCols(50))));
    CHECK(test::have_same_bits(nn::Matrix<float>(y.col(99)), network.predict(x.col(99))));
  });
  const nn::Sequential<float> network(nn::Sequence{3, 4}, nn::GRU{9}, nn::LSTM{9});
  const nn::Matrix<float> x = test::drawn<float>(12, 100, 1);
  const auto all = test::pass_through(network, x);
  const auto half = test::pass_through(network, nn::Matrix<float>(x.rightCols(50)));
  CHECK(test::have_same_bits(nn::Matrix<float>(all.input_gradient.rightCols(50)), half.input_gradient));
}

TEST_CASE("recurrent_dropout drops the same part of h at all steps, and nothing in use") {
  constexpr nn::Index units = 50, steps = 3;
  const nn::SimpleRNN layer{units, {.relu = true, .bias = false, .recurrent_dropout = 0.4}};
  const nn::Shape shape(1, steps, 1);
  nn::Vector<double> parameters = nn::Vector<double>::Zero(units + units * units);
  parameters.head(units).setOnes();
  nn::MatrixView<double>(parameters.data() + units, units, units).setIdentity();  // h = x + what is left of h(t - 1)
  const nn::Matrix<double> x = nn::Matrix<double>::Ones(steps, 1);
  nn::Vector<double> room(nn::memory_size(layer, shape));
  nn::Matrix<double> y(units * steps, 1), used = y;
  const nn::ConstVectorView<double> given(parameters.data(), parameters.size());
  const nn::ConstMatrixView<double> input(x.data(), steps, 1);
  const nn::Memory<double> memory{room.data(), nullptr, 1};
  layer.forward(shape, given, input, nn::MatrixView<double>(y.data(), y.rows(), 1),
                nn::Training<double>{.seed = 7, .memory = memory});
  layer.forward(shape, given, input, nn::MatrixView<double>(used.data(), used.rows(), 1),
                nn::Inference<double>{.memory = memory});
  int dropped = 0;
  const double factor = 1 / 0.6;
  for (nn::Index i = 0; i < units; ++i) {
    CHECK((used(i) == 1 && used(units + i) == 2 && used(2 * units + i) == 3));
    const bool is_dropped = y(units + i) == 1;
    dropped += is_dropped;
    CHECK(std::abs(y(units + i) - (is_dropped ? 1 : 1 + factor)) < 1e-12);
    CHECK(std::abs(y(2 * units + i) - (is_dropped ? 1 : 1 + factor * (1 + factor))) < 1e-12);
  }
  CHECK((dropped > 5 && dropped < 40));
}

TEST_CASE("A recurrent layer starts as PyTorch's, uniform within 1 / sqrt(units)") {
  const nn::Sequential<double> network(nn::Sequence{3, 2}, nn::LSTM{16});
  CHECK(network.parameters().cwiseAbs().maxCoeff() <= 0.25);
  CHECK(network.parameters().cwiseAbs().maxCoeff() > 0.24);
  CHECK(std::abs(network.parameters().mean()) < 0.02);
}
