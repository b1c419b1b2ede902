// SPDX-License-Identifier: MIT
#include <nn/layers/sequence.hpp>

#include <type_traits>

#include <nn/activations/softmax.hpp>
#include <nn/core/network.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/lstm.hpp>

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
