// SPDX-License-Identifier: MIT
#include <nn/layers/bidirectional.hpp>

#include <string>
#include <vector>

#include <nn/layers/chain.hpp>
#include <nn/layers/gru.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/simple_rnn.hpp>

#include "sequence_cases.hpp"

TEST_CASE("Bidirectional is a layer of twice the units, named after what is inside") {
  static_assert(nn::Layer<nn::Bidirectional<nn::LSTM<8>>> && nn::HasShards<nn::Bidirectional<nn::GRU<>>>);
  static_assert(nn::Bidirectional<nn::LSTM<8>>{}.output_shape(nn::Shape(1, 28, 3)) == nn::Shape(1, 28, 16));
  static_assert(nn::Bidirectional<nn::LSTM<8>>::name() == "BidirectionalLSTM");
  std::vector<std::string> names;
  nn::for_each_tensor(nn::Bidirectional{nn::GRU{4}}, nn::Shape(1, 5, 3),
                      [&](const nn::TensorShape& tensor) { names.emplace_back(tensor.name); });
  CHECK(names == std::vector<std::string>{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
                                          "weight_ih_l0_reverse", "weight_hh_l0_reverse", "bias_ih_l0_reverse",
                                          "bias_hh_l0_reverse"});
}

TEMPLATE_TEST_CASE("Bidirectional reads forward and backward", "", float, double) {
  using M = nn::Matrix<TestType>;
  // Forward h = max(0, x + h(t - 1)), backward h = max(0, x + 2 h(t + 1)), without biases.
  const test::ImagePass<TestType> pass(nn::Bidirectional{nn::SimpleRNN{1, {.relu = true, .bias = false}}}, {1, 3, 1},
                                       M{{1}, {2}, {4}}, nn::Vector<TestType>{{1, 1, 1, 2}}, M::Ones(6, 1));
  CHECK(pass.y == M{{1}, {21}, {3}, {10}, {7}, {4}});
  CHECK(pass.dx == M{{3 + 1}, {2 + 3}, {1 + 7}});
}

TEST_CASE("Bidirectional does what PyTorch's layers do") {
  test::check_recurrent_fixture("lstm_both_ways", nn::Bidirectional{nn::LSTM{4}});
  test::check_recurrent_fixture("gru_both_ways", nn::Bidirectional{nn::GRU<4>{}});
  const nn::Bidirectional layer{nn::LSTM{4}};
  test::check_recurrent_fixture("lstm_both_ways_of_three_layers", nn::Chain{layer, layer, layer});
}

TEST_CASE("Bidirectional's gradients are right, and its bits the same in every network") {
  test::check_recurrent_layer(nn::Bidirectional<nn::GRU<3>>{}, nn::Bidirectional{nn::GRU{3}});
}
