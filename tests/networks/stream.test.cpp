// SPDX-License-Identifier: MIT
#include <nn/networks/stream.hpp>

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
void check_bits_of_predict(const Net& network, nn::Index steps, nn::StreamOptions options = {}) {
  using T = typename Net::Scalar;
  const nn::Index features = network.input_shape().channels;
  const nn::Matrix<T> x = test::drawn<T>(features, steps, 1);
  nn::Stream stream{network, options};
  for (nn::Index k = 0; k < steps; ++k) {
    const nn::Vector<T> y = stream.step(x.col(k));
    const nn::Matrix<T> so_far = x.leftCols(k + 1);
    const nn::Matrix<T> whole = network.at({1, k + 1, features}).predict(nn::Matrix<T>(so_far.reshaped()));
    CHECK(y == whole.col(0).tail(y.size()));
  }
  CHECK(stream.step_count() == steps);
  stream.reset();
  const nn::Index some = steps / 2;
  const nn::Matrix<T> first = stream.steps(x.leftCols(some));
  nn::Stream copy = stream, later(network, options);
  later.set_state(stream.state());
  const nn::Matrix<T> rest = stream.steps(x.rightCols(steps - some));
  CHECK(rest == copy.steps(x.rightCols(steps - some)));
  CHECK(rest == later.steps(x.rightCols(steps - some)));
  const nn::Matrix<T> all = nn::Stream(network, options).steps(x);
  CHECK(first == all.leftCols(some));
  CHECK(rest == all.rightCols(steps - some));
}

// What every number that a network learns or keeps is: other than it began.
template <class T>
nn::Sequential<T> with_drawn_parameters(nn::Sequential<T> network) {
  nn::Random random(5);
  for (T& p : network.parameters()) p += static_cast<T>(0.3 * random.normal());
  return network;
}

}  // namespace

TEMPLATE_TEST_CASE("a stream has the bits of predict after each step, for every recurrent layer", "", float, double) {
  check_bits_of_predict(nn::Network<TestType, nn::Sequence<3>, nn::LSTM<5>, nn::LastStep, nn::Dense<2>, nn::Softmax>{},
                        7);
  using Net = nn::Sequential<TestType>;
  const nn::Sequence one{1, 1}, two{2, 28}, three{3, 4};
  check_bits_of_predict(Net{one, nn::GRU{8}, nn::Tanh{}, nn::LSTM{20}, nn::LayerNorm{}}, 9);
  check_bits_of_predict(Net{two, nn::SimpleRNN{4}, nn::LastStep{}}, 5);
  check_bits_of_predict(Net{three, nn::GRU{6, {.reset_after = false}}, nn::Dropout{0.5}, nn::SimpleRNN{3},
                            nn::LastStep{}, nn::Residual{nn::Dense{3}, nn::Tanh{}}},
                        6);
}

TEMPLATE_TEST_CASE("and for causal convolutions, means, positions and containers", "", float, double) {
  using Net = nn::Sequential<TestType>;
  const nn::Sequence one{1, 1}, three{3, 1}, four{4, 1};
  const auto check = [](const Net& network, nn::Index steps) {
    check_bits_of_predict(with_drawn_parameters(network), steps);
  };
  check(Net{one, nn::CausalConv1D{5, 3}, nn::ReLU{}, nn::CausalConv1D{4, 2, {.dilation = 4}}, nn::Conv1D{2, 1}}, 23);
  check(Net{four, nn::CausalConv1D{4, 3, {.dilation = 2, .groups = 4}}, nn::PReLU{nn::per_channel},
            nn::CausalConv1D{40, 7, {.dilation = 3, .groups = 2, .bias = false}}, nn::MeanOverTime{}},
        25);
  check(Net{three, nn::PositionalEncoding{}, nn::RMSNorm{}, nn::BatchNorm{}, nn::MaxOverTime{}, nn::Dense{2}}, 6);
  // A layer of WaveNet: its two parts are put side by side, and one of them is added up.
  check(Net{three,
            nn::Residual{nn::Concat{nn::Chain{nn::CausalConv1D{2, 2, {.dilation = 2}}, nn::Tanh{}},
                                    nn::Chain{nn::LSTM{1}, nn::Sigmoid{}}},
                         nn::Slice{.channels = {0, 3}}},
            nn::TimeDistributed{nn::Dense{4}, nn::ReLU{}, nn::LSTM{2}}, nn::MeanOverTime{}},
        9);
  // What stands behind the one output of all steps begins anew at each, as in predict.
  check(Net{three, nn::Chain{nn::PositionalEncoding{}, nn::GRU{2}, nn::LastStep{}}, nn::LSTM{3},
            nn::PositionalEncoding{}, nn::CausalConv1D{2, 3}, nn::Bidirectional{nn::GRU{2}}, nn::MeanOverTime{}},
        5);
  check(Net{nn::Sequence{2, 4}, nn::Concat{nn::LastStep{}, nn::MeanOverTime{}, nn::Slice{.columns = {-1}}}}, 4);
}

TEMPLATE_TEST_CASE("and for causal attention, which is told how long a sequence may get", "", float, double) {
  using Net = nn::Sequential<TestType>;
  const nn::Sequence four{8, 1};
  const auto check = [](const Net& network) {
    check_bits_of_predict(with_drawn_parameters(network), 14, {.most_steps = 14});
  };
  const nn::AttentionOptions shared{.causal = true, .key_value_heads = 2, .rotary = true, .bias = false};
  check(Net{four, nn::CausalConv1D{8, 2}, nn::MultiHeadAttention{4, shared}, nn::LSTM{3}});
  const nn::TransformerOptions options{.norm_first = true, .attention = {.causal = true}};
  check(Net{four, nn::LearnedPositions{14}, nn::TransformerBlock{2, 6, options}, nn::TransformerBlock{1, 130, options},
            nn::LastStep{}});
  // As long as the sums of all steps take more than one block.
  const Net longer = with_drawn_parameters(Net{nn::Sequence{2, 1}, nn::MultiHeadAttention{1, {.causal = true}}});
  const nn::Matrix<TestType> x = test::drawn<TestType>(2, 250, 1);
  const nn::Matrix<TestType> whole = longer.at({1, 250, 2}).predict(nn::Matrix<TestType>(x.reshaped()));
  CHECK(nn::Stream(longer, {.most_steps = 250}).steps(x) == whole.reshaped(2, 250));
}

TEST_CASE("a step is what holds its features, and allocates nothing") {
  const nn::Network<nn::Sequence<2>, nn::LSTM<8>, nn::GRU<4>, nn::LastStep, nn::Dense<1>> network;
  nn::Stream stream{network}, other{network};
  CHECK(stream.step({1, 2}) == other.step(std::vector<float>{1, 2}));
  const Eigen::Vector2f frame(0.5F, 1);
  CHECK(stream.step(frame) == other.step({0.5F, 1}));
  const nn::TransformerOptions causal{.attention = {.causal = true}};
  const nn::Sequential<float> deep{nn::Sequence{2, 1},       nn::CausalConv1D{4, 3, {.dilation = 2}},
                                   nn::PositionalEncoding{}, nn::TransformerBlock{2, 8, causal},
                                   nn::Residual{nn::GRU{4}}, nn::TimeDistributed{nn::Dense{3}},
                                   nn::MaxOverTime{}};
  nn::Stream deep_stream{deep, {.most_steps = 20}};
  deep_stream.step(frame);
  float y = 0;
  const test::MemoryWatch watch;
  for (int k = 0; k < 10; ++k) y += stream.step(frame)[0] + deep_stream.step(frame)[0];
  stream.reset();
  CHECK(watch.allocations() == 0);
  CHECK(std::isfinite(y));
}

TEST_CASE("what a stream carries can be kept and set again") {
  const nn::Network<nn::Sequence<1>, nn::LSTM<3>, nn::LastStep> network;
  nn::Stream stream{network};
  stream.step({1});
  nn::Vector<float> kept = stream.state();
  const nn::Vector<float> next = stream.step({2});
  nn::Stream later{network};
  later.set_state(kept);
  CHECK(later.step({2}) == next);
  stream.reset();
  CHECK(stream.state().isZero(0));
  CHECK_THROWS_AS(later.set_state(nn::Vector<float>::Zero(kept.size() + 1)), nn::shape_error);
  // The number of steps is exact where float is not.
  kept[0] = static_cast<float>((1 << 20) - 1), kept[1] = 40;
  stream.set_state(kept);
  CHECK(stream.step_count() == 41 * (1 << 20) - 1);
  stream.step({1});
  CHECK(stream.step_count() == 41 * (1 << 20));
  for (const float wrong : {-1.0F, 0.5F, static_cast<float>(1 << 20), std::nanf("")}) {
    kept[0] = wrong;
    CHECK_THROWS_AS(stream.set_state(kept), nn::data_error);
  }
  kept[0] = 3, kept[1] = 0;
  nn::Stream shorter{network, {.most_steps = 2}};
  CHECK_THROWS_WITH(shorter.set_state(kept), ContainsSubstring("after 3 steps does not fit a stream of at most 2"));
  kept[0] = 3, kept[1] = 2;
  CHECK_THROWS_WITH(shorter.set_state(kept),
                    ContainsSubstring("after 2097155 steps does not fit a stream of at most 2"));
}

TEST_CASE("a sequence in a stream is no longer than was said, or than there are positions") {
  const nn::Network network{nn::Sequence{2}, nn::MultiHeadAttention{1, {.causal = true}}};
  nn::Stream stream{network, {.most_steps = 2}};
  stream.step({1, 2});
  stream.step({1, 2});
  CHECK_THROWS_MATCHES(stream.step({1, 2}), nn::shape_error,
                       Message("Stream: the sequence has had the 2 steps of StreamOptions::most_steps; reset the "
                               "stream, or give it more"));
  stream.reset();
  CHECK(stream.step({1, 2}).allFinite());
  CHECK_THROWS_AS(nn::Stream(network, {.most_steps = -1}), nn::shape_error);
  const nn::Sequential<float> learned{nn::Sequence{1, 2}, nn::LearnedPositions{2}};
  CHECK_THROWS_WITH(nn::Stream(learned, {.most_steps = 3}), ContainsSubstring("positions are learned for 2"));
  nn::Stream of_learned{learned};
  of_learned.steps(nn::Matrix<float>::Zero(1, 2));
  CHECK_THROWS_WITH(of_learned.step({1}), ContainsSubstring("there is no position for step 3"));
}

TEST_CASE("a layer that needs other steps is refused by name, whatever it is") {
  const auto stream = [](const auto& network) { return nn::Stream{network}; };
  const std::string remedy =
      " needs other steps than those so far, or does not say how it streams; predict whole sequences, or take a layer "
      "in its place that sees no later step";
  using Net = nn::Sequential<float>;
  const auto refused = [&](const Net& network, const std::string& who) {
    CHECK_THROWS_MATCHES(stream(network), nn::shape_error, Message("Stream: layer " + who + remedy));
  };
  const nn::Sequence two{2, 9};
  refused(Net{two, nn::Bidirectional{nn::LSTM{3}}}, "1 (BidirectionalLSTM)");
  refused(Net{two, nn::ReLU{}, nn::Conv1D{3, 3, {.padding = nn::same_padding}}, nn::LastStep{}}, "2 (Conv1D)");
  refused(Net{two, nn::CausalConv1D{3, 3, {.stride = 2}}}, "1 (CausalConv1D)");
  refused(Net{two, nn::MultiHeadAttention{1}}, "1 (MultiHeadAttention)");
  refused(Net{two, nn::Dense{3}}, "1 (Dense)");
  refused(Net{two, nn::Residual{nn::GRU{2}, nn::Conv1D{2, 3, {.padding = 1}}}}, "1 (Residual, within it Conv1D)");
  refused(Net{two, nn::Chain{nn::Tanh{}, nn::Residual{nn::GroupNorm{1}}, nn::Residual{nn::GroupNorm{1}}}},
          "1 (Chain, within it Residual, within it GroupNorm)");
  const nn::Network wide{nn::Sequence{2}, nn::Conv1D{3, 3}};
  CHECK_THROWS_MATCHES(stream(wide), nn::shape_error, Message("Stream: layer 1 (Conv1D)" + remedy));
  const nn::Network image{nn::Input{2, 2, 1}, nn::ReLU{}};
  CHECK_THROWS_WITH(stream(image), ContainsSubstring("begin it with nn::Sequence"));
  const Net attention{two, nn::TransformerBlock{1, 4, {.attention = {.causal = true}}}};
  CHECK_THROWS_MATCHES(stream(attention), nn::shape_error,
                       Message("Stream: layer 1 (TransformerBlock, within it Residual, within it MultiHeadAttention) "
                               "looks back at the whole sequence; say how long one may get, Stream{network, "
                               "{.most_steps = 1000}}"));
}

TEST_CASE("a step of another size is refused") {
  const nn::Network<nn::Sequence<2>, nn::LSTM<3>, nn::LastStep> network;
  nn::Stream stream{network};
  CHECK_THROWS_MATCHES(stream.step({1, 2, 3}), nn::shape_error,
                       Message("Stream: a step of 3 features does not fit the network's 2; give as many"));
  CHECK_THROWS_AS(stream.step(nn::Matrix<float>::Zero(2, 2)), nn::shape_error);
  CHECK_THROWS_AS(stream.steps(nn::Matrix<float>::Zero(3, 2)), nn::shape_error);
}
