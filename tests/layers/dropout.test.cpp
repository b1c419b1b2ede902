// SPDX-License-Identifier: MIT
#include <nn/layers/dropout.hpp>

#include <nn/activations/relu.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/diagnosis/check_gradients.hpp>
#include <nn/training/trainer.hpp>

#include "../layer_cases.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;

namespace {

M in_training(const auto& layer, const M& x, nn::Shape shape, nn::Training<double> training) {
  M y(x.rows(), x.cols());
  nn::forward(layer, shape, nn::ConstVectorView<double>(nullptr, 0),
              nn::ConstMatrixView<double>(x.data(), x.rows(), x.cols()),
              nn::MatrixView<double>(y.data(), y.rows(), y.cols()), training);
  return y;
}

}  // namespace

TEST_CASE("a network in use drops nothing") {
  const nn::Network<double, nn::Input<4>, nn::Dropout> network{nn::Input<4>{}, nn::Dropout{0.9}};
  const M x = test::drawn<double>(4, 3, 1);
  CHECK(network.predict(x) == x);
}

TEMPLATE_TEST_CASE("where nothing is random, nothing is dropped, neither forward nor backward", "", nn::Dropout,
                   nn::Dropout2D) {
  const M x = test::drawn<double>(6, 3, 1);
  const nn::Training<double> mode{.seed = 5, .is_random = false};
  CHECK(in_training(TestType{0.5}, x, nn::Shape(6), mode) == x);
  M dx(6, 3);
  const nn::Values values{nn::ConstVectorView<double>(nullptr, 0), nn::ConstMatrixView<double>(x.data(), 6, 3),
                          nn::ConstMatrixView<double>(x.data(), 6, 3)};
  nn::Gradients gradients{nn::VectorView<double>(nullptr, 0), nn::MatrixView<double>(dx.data(), 6, 3),
                          nn::ConstMatrixView<double>(x.data(), 6, 3), nn::InputGradient::all};
  nn::backward(TestType{0.5}, nn::Shape(6), values, gradients, mode);
  CHECK(dx == x);
}

TEST_CASE("in training each number is dropped, or scaled so that the mean stays") {
  const M x = M::Ones(1000, 50);
  const M y = in_training(nn::Dropout{0.25}, x, nn::Shape(1000), {.seed = 5});
  CHECK(((y.array() == 0) || (y.array() == 1 / 0.75)).all());
  // 50,000 draws: the standard deviation of the share is 0.0019.
  CHECK(static_cast<double>((y.array() == 0).count()) / 50'000.0 == Approx(0.25).margin(0.01));
  CHECK_FALSE(y.col(0) == y.col(1));
  CHECK_FALSE(in_training(nn::Dropout{0.25}, x, nn::Shape(1000), {.seed = 6}) == y);
}

TEST_CASE("what a sample drops depends on its number in the batch alone") {
  const M x = M::Ones(40, 10);
  const M all = in_training(nn::Dropout{}, x, nn::Shape(40), {.seed = 7});
  const M last = in_training(nn::Dropout{}, x.rightCols(4), nn::Shape(40), {.seed = 7, .first_sample = 6});
  CHECK(last == all.rightCols(4));
}

TEST_CASE("which numbers are dropped is what the sample's own generator draws, two numbers from each 64 bits") {
  const nn::Index rows = 7, samples = 3;
  const std::uint64_t seed = 11;
  const nn::Index first_sample = 4;
  const M x = test::drawn<double>(rows, samples, 1);
  for (const double rate : {0.25, 0.5}) {
    M expected(rows, samples);
    for (nn::Index sample = 0; sample < samples; ++sample) {
      nn::Random random(seed + static_cast<std::uint64_t>(first_sample + sample));
      std::uint64_t bits = 0;
      for (nn::Index i = 0; i < rows; ++i) {
        if (i % 2 == 0) bits = random.next();
        const auto drawn = static_cast<double>(i % 2 == 0 ? bits & 0xffffffff : bits >> 32);
        expected(i, sample) = drawn / 0x1p32 < rate ? 0 : x(i, sample) * (1 / (1 - rate));
      }
    }
    CHECK(in_training(nn::Dropout{rate}, x, nn::Shape(rows), {.seed = seed, .first_sample = first_sample}) == expected);
  }
}

TEST_CASE("Dropout2D drops whole channels") {
  const M x = M::Ones(5 * 4 * 6, 20);
  const M y = in_training(nn::Dropout2D{0.5}, x, nn::Shape(5, 4, 6), {.seed = 8});
  nn::Index dropped = 0;
  for (nn::Index sample = 0; sample < 20; ++sample)
    for (nn::Index channel = 0; channel < 6; ++channel) {
      const double first = y(channel, sample);
      dropped += first == 0;
      for (nn::Index pixel = 0; pixel < 20; ++pixel) REQUIRE(y(pixel * 6 + channel, sample) == first);
    }
  CHECK(dropped > 35);
  CHECK(dropped < 85);
}

TEST_CASE("the gradient goes where the number went") {
  nn::Network<double, nn::Input<6>, nn::Dense<8>, nn::Dropout, nn::Dense<3>> network;
  const nn::GradientCheck check =
      nn::check_gradients(network, nn::MeanSquaredError{}, test::drawn<double>(6, 5, 2), test::drawn<double>(3, 5, 3));
  INFO(check.worst);
  CHECK(check.worst_relative_error < 1e-12);
}

TEST_CASE("training with dropout gives the same bits for any number of threads") {
  const auto trained = [](nn::Index threads) {
    nn::Network<nn::Input<6>, nn::Dense<16>, nn::ReLU, nn::Dropout, nn::Dense<3>> network;
    nn::Trainer trainer{
        network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.threads = threads, .seed = 3}};
    for (int step = 0; step < 20; ++step) trainer.step(test::drawn<float>(6, 9, 2), test::drawn<float>(3, 9, 3));
    return nn::Vector<float>(network.parameters());
  };
  const nn::Vector<float> one = trained(1);
  CHECK(test::have_same_bits(one, trained(2)));
  CHECK(test::have_same_bits(one, trained(3)));
}

TEST_CASE("a rate that is no probability is refused") {
  CHECK_THROWS_MATCHES((nn::Network{nn::Input{3}, nn::Dropout{1.0}}), nn::shape_error,
                       Message("layer 1 of the network, after an output of 3: Dropout: the rate must be at least 0 and "
                               "below 1, got 1; 0.5 is usual"));
  CHECK_THROWS_AS((nn::Network{nn::Input{3}, nn::Dropout2D{-0.1}}), nn::shape_error);
}

TEST_CASE("Dropout that is told nothing drops a half") {
  CHECK(nn::Dropout{}.rate == 0.5);
  CHECK(nn::Dropout2D{}.rate == 0.5);
}
