// SPDX-License-Identifier: MIT
#include <nn/layers/sequence.hpp>

#include <cstdint>
#include <type_traits>
#include <vector>

#include <nn/activations/softmax.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/gru.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/mean_over_time.hpp>
#include <nn/networks/network.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

TEST_CASE("Sequence says the shape of one sample, in its type or at run time") {
  static_assert(nn::InputLayer<nn::Sequence<13, 28>> && nn::InputLayer<nn::Sequence<>>);
  static_assert(std::is_empty_v<nn::Sequence<13, 28>> && !nn::Layer<nn::Sequence<13, 28>>);
  static_assert(nn::Sequence<13, 28>{}.shape() == nn::Shape(1, 28, 13));
  CHECK(nn::Sequence{13, 28}.shape() == nn::Shape(1, 28, 13));
  CHECK(nn::Sequence{13, 28} == nn::Sequence{13, 28});
  CHECK(nn::Sequence<>::name() == "Sequence");
}

TEST_CASE("Sequence of any length says the shape once it knows the steps") {
  static_assert(nn::InputLayer<nn::Sequence<13>> && std::is_empty_v<nn::Sequence<13>>);
  static_assert(nn::Sequence<13>{}.shape_of(28) == nn::Shape(1, 28, 13));
  static_assert(nn::Sequence<13>{}.shape() == nn::Shape(1, 1, 13));
  CHECK(nn::Sequence{13}.shape_of(28) == nn::Shape(1, 28, 13));
  CHECK(nn::Sequence{13} == nn::Sequence{13});
  CHECK_FALSE(nn::Sequence{13} == nn::Sequence{12});
  CHECK_THROWS_AS(nn::Sequence{0}.shape(), nn::shape_error);
  CHECK_THROWS_AS(nn::Sequence<13>{}.shape_of(0), nn::shape_error);
}

TEST_CASE("Sequence refuses no feature and no step") {
  CHECK_THROWS_MATCHES((nn::Sequence{0, 28}.shape()), nn::shape_error,
                       Message("Sequence: needs at least 1 feature and 1 step, got 0 features and 28 steps; give "
                               "Sequence{features, steps}"));
  CHECK_THROWS_AS((nn::Sequence{13, 0}.shape()), nn::shape_error);
}

TEST_CASE("A network of sequences is written down with sizes in the types") {
  const nn::Network<nn::Sequence<13, 28>, nn::LSTM<32>, nn::LastStep, nn::Dense<5>, nn::Softmax> speech;
  CHECK(speech.parameter_count() == 128 * (13 + 32 + 2) + 5 * 33);
  const nn::Matrix<float> scores = speech.predict(nn::Matrix<float>::Constant(13 * 28, 2, 0.1F));
  CHECK(scores.rows() == 5);
  CHECK(scores.col(0) == scores.col(1));
}

namespace {

nn::Matrix<float> drawn_sequence(nn::Index features, nn::Index steps, std::uint64_t seed) {
  nn::Random random(seed);
  nn::Matrix<float> x(features, steps);
  for (nn::Index k = 0; k < x.size(); ++k) x.data()[k] = static_cast<float>(random.normal());
  return x;
}

}  // namespace

TEST_CASE("A network for sequences of any length reads one as a network of that length does") {
  const nn::Network<nn::Sequence<3>, nn::LSTM<4>, nn::LastStep, nn::Dense<5>, nn::Softmax> any;
  const nn::Network<nn::Sequence<3, 7>, nn::LSTM<4>, nn::LastStep, nn::Dense<5>, nn::Softmax> of_7;
  CHECK(any.parameters() == of_7.parameters());
  const nn::Matrix<float> x = drawn_sequence(3, 7, 1);
  const nn::Matrix<float> y = any.predict(x);
  CHECK(y.rows() == 5);
  CHECK(y.cols() == 1);
  CHECK(y == of_7.predict(nn::Matrix<float>(x.reshaped())));
  CHECK(any.predict(std::vector<float>(x.data(), x.data() + x.size())) == y);
  CHECK(any.predict(drawn_sequence(3, 1, 2)).cols() == 1);

  const std::vector<nn::Matrix<float>> both{drawn_sequence(3, 2, 5), x};
  const nn::Matrix<float> together = any.predict(both);
  CHECK(together.rows() == 5);
  CHECK(together.cols() == 2);
  CHECK(together.col(1) == y);
}

TEST_CASE("A network with outputs for each step gives channels x steps") {
  const nn::Network every{nn::Sequence{3}, nn::GRU{4}, nn::Softmax{}};
  const nn::Matrix<float> x = drawn_sequence(3, 6, 1), y = every.predict(x);
  CHECK(y.rows() == 4);
  CHECK(y.cols() == 6);
  // What comes later changes nothing of what comes first.
  CHECK(every.predict(x.leftCols(2)) == y.leftCols(2));
  const std::vector<nn::Matrix<float>> different{x, drawn_sequence(3, 2, 5)};
  CHECK_THROWS_MATCHES(every.predict(different), nn::shape_error,
                       Message("predict: sequence 1 has 8 outputs and sequence 0 has 24, since there are some for "
                               "every step; predict sequences of different lengths one by one"));
}

TEST_CASE("A network for any length begins with as few steps as its layers need") {
  const nn::Network wide{nn::Sequence{2}, nn::Conv1D{3, 5}, nn::MeanOverTime{}, nn::Dense{2}};
  CHECK(wide.input_shape() == nn::Shape(1, 8, 2));
  CHECK(wide.predict(drawn_sequence(2, 5, 1)).rows() == 2);
  CHECK_THROWS_AS(wide.predict(drawn_sequence(2, 4, 1)), nn::shape_error);
}

TEST_CASE("A sequence that does not fit a network for any length is refused") {
  const nn::Network<nn::Sequence<3>, nn::LSTM<4>, nn::LastStep> any;
  CHECK_THROWS_MATCHES(
      any.predict(drawn_sequence(4, 3, 1)), nn::shape_error,
      Message("predict: 4 numbers are no sequence of 3 features for each step; give features x steps"));
  CHECK_THROWS_MATCHES(any.predict(drawn_sequence(6, 3, 1)), nn::shape_error,
                       Message("predict: a sequence of 6 x 3 does not fit the network's 3 features; give features x "
                               "steps"));
  CHECK_THROWS_AS(any.predict(nn::Matrix<float>(3, 0)), nn::shape_error);
  CHECK_THROWS_AS((nn::Network{nn::Sequence{3}, nn::GRU{4}, nn::Dense{2}}), nn::shape_error);
}
