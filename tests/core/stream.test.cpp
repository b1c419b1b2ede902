// SPDX-License-Identifier: MIT
#include <nn/core/stream.hpp>

#include <sstream>
#include <string>
#include <vector>

#include <nn/inference.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::Message;

namespace {

// After each step of a stream, the bits of predict for all steps so far, at the last one.
template <class Net>
void check_bits_of_predict(const Net& network, nn::Index steps) {
  using T = typename Net::Scalar;
  const nn::Index features = network.input_shape().channels;
  const nn::Matrix<T> x = test::drawn<T>(features, steps, 1);
  nn::Stream stream{network};
  for (nn::Index k = 0; k < steps; ++k) {
    const nn::Vector<T> y = stream.step(x.col(k));
    const nn::Matrix<T> so_far = x.leftCols(k + 1);
    const nn::Matrix<T> whole = network.at({1, k + 1, features}).predict(nn::Matrix<T>(so_far.reshaped()));
    CHECK(y == whole.col(0).tail(y.size()));
  }
  const nn::Matrix<T> last = stream.steps(x);
  stream.reset();
  nn::Stream copy = stream;
  const nn::Matrix<T> again = stream.steps(x);
  CHECK(again == copy.steps(x));
  CHECK_FALSE(again == last);  // which went on where the first pass had ended
  CHECK(again.col(steps - 1) == nn::Stream(network).steps(x).col(steps - 1));
}

}  // namespace

TEMPLATE_TEST_CASE("a stream has the bits of predict after each step, for every recurrent layer", "", float, double) {
  check_bits_of_predict(nn::Network<TestType, nn::Sequence<3>, nn::LSTM<5>, nn::LastStep, nn::Dense<2>, nn::Softmax>{},
                        7);
  check_bits_of_predict(nn::Network<TestType, nn::Sequence<1>, nn::GRU<8>, nn::Tanh, nn::LSTM<20>, nn::LayerNorm>{}, 9);
  check_bits_of_predict(nn::Network<TestType, nn::Sequence<2, 28>, nn::SimpleRNN<4>, nn::LastStep>{}, 5);
  check_bits_of_predict(
      nn::Sequential<TestType>{nn::Sequence{3, 4}, nn::GRU{6, {.reset_after = false}}, nn::Dropout{0.5},
                               nn::SimpleRNN{3}, nn::LastStep{}, nn::Residual{nn::Dense{3}, nn::Tanh{}}},
      6);
}

TEST_CASE("a step is what holds its features, and allocates nothing") {
  const nn::Network<nn::Sequence<2>, nn::LSTM<8>, nn::GRU<4>, nn::LastStep, nn::Dense<1>> network;
  nn::Stream stream{network}, other{network};
  CHECK(stream.step({1, 2}) == other.step(std::vector<float>{1, 2}));
  const Eigen::Vector2f frame(0.5F, 1);
  CHECK(stream.step(frame) == other.step({0.5F, 1}));
  float y = 0;
  const test::MemoryWatch watch;
  for (int k = 0; k < 10; ++k) y += stream.step(frame)[0];
  CHECK(watch.allocations() == 0);
  CHECK(std::isfinite(y));
}

TEST_CASE("what a stream carries can be kept and set again") {
  const nn::Network<nn::Sequence<1>, nn::LSTM<3>, nn::LastStep> network;
  nn::Stream stream{network};
  stream.step({1});
  const nn::Vector<float> kept = stream.state();
  const nn::Vector<float> next = stream.step({2});
  nn::Stream later{network};
  later.set_state(kept);
  CHECK(later.step({2}) == next);
  stream.reset();
  CHECK(stream.state().isZero(0));
  CHECK_THROWS_AS(later.set_state(nn::Vector<float>::Zero(kept.size() + 1)), nn::shape_error);
}

TEST_CASE("a layer that needs other steps is refused by name, whatever it is") {
  const auto stream = [](const auto& network) { return nn::Stream{network}; };
  const std::string remedy =
      " needs other steps than the one at hand; predict whole sequences, or take a LastStep or a recurrent layer that "
      "reads forward in its place";
  const nn::Network mean{nn::Sequence{2}, nn::LSTM{3}, nn::MeanOverTime{}};
  CHECK_THROWS_MATCHES(stream(mean), nn::shape_error, Message("Stream: layer 2 (MeanOverTime)" + remedy));
  const nn::Network both{nn::Sequence{2}, nn::Bidirectional{nn::LSTM{3}}};
  CHECK_THROWS_MATCHES(stream(both), nn::shape_error, Message("Stream: layer 1 (BidirectionalLSTM)" + remedy));
  const nn::Network padded{nn::Sequence{2}, nn::Conv1D{3, 3, {.padding = nn::same_padding}}};
  CHECK_THROWS_MATCHES(stream(padded), nn::shape_error, Message("Stream: layer 1 (Conv1D)" + remedy));
  const nn::Network hidden{nn::Sequence{2}, nn::Residual{nn::GRU{2}}};
  CHECK_THROWS_MATCHES(stream(hidden), nn::shape_error, Message("Stream: layer 1 (Residual)" + remedy));
  const nn::Network placed{nn::Sequence{2}, nn::PositionalEncoding{}};
  CHECK_THROWS_AS(stream(placed), nn::shape_error);
  const nn::Network longest{nn::Sequence{2}, nn::MaxOverTime{}};
  CHECK_THROWS_AS(stream(longest), nn::shape_error);
  const nn::Network wide{nn::Sequence{2}, nn::Conv1D{3, 3}};
  CHECK_THROWS_WITH(stream(wide), ContainsSubstring("Conv1D"));
  // Far taps, and weights that are zeros, are found all the same; and a state that predict does not have is refused.
  nn::Network dilated{nn::Sequence{1}, nn::CausalConv1D{2, 2, {.dilation = 4}}};
  dilated.parameters().setZero();
  CHECK_THROWS_MATCHES(stream(dilated), nn::shape_error, Message("Stream: layer 1 (CausalConv1D)" + remedy));
  const nn::Network behind{nn::Sequence{2}, nn::LSTM{4}, nn::LastStep{}, nn::LSTM{3}};
  CHECK_THROWS_MATCHES(stream(behind), nn::shape_error, Message("Stream: layer 3 (LSTM)" + remedy));
  const nn::Network image{nn::Input{2, 2, 1}, nn::ReLU{}};
  CHECK_THROWS_WITH(stream(image), ContainsSubstring("begin it with nn::Sequence"));
}

TEST_CASE("a step of another size is refused") {
  const nn::Network<nn::Sequence<2>, nn::LSTM<3>, nn::LastStep> network;
  nn::Stream stream{network};
  CHECK_THROWS_MATCHES(stream.step({1, 2, 3}), nn::shape_error,
                       Message("Stream: a step of 3 features does not fit the network's 2; give as many"));
  CHECK_THROWS_AS(stream.step(nn::Matrix<float>::Zero(2, 2)), nn::shape_error);
  CHECK_THROWS_AS(stream.steps(nn::Matrix<float>::Zero(3, 2)), nn::shape_error);
}
