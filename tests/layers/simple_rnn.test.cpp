// SPDX-License-Identifier: MIT
#include <nn/layers/simple_rnn.hpp>

#include "sequence_cases.hpp"

TEST_CASE("SimpleRNN is a layer, with its units in the type or at run time") {
  static_assert(nn::Layer<nn::SimpleRNN<8>> && nn::Layer<nn::SimpleRNN<>> && nn::HasShards<nn::SimpleRNN<8>>);
  static_assert(nn::SimpleRNN<8>{}.output_shape(nn::Shape(1, 28, 3)) == nn::Shape(1, 28, 8));
  CHECK(nn::describe(nn::SimpleRNN<8>{}) == nn::describe(nn::SimpleRNN{8}));
  CHECK_FALSE(nn::describe(nn::SimpleRNN{8}) == nn::describe(nn::SimpleRNN{8, {.relu = true}}));
}

TEMPLATE_TEST_CASE("SimpleRNN gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // h = max(0, 2 x - h(t - 1) + 1): 3, 2 - 3 + 1 = 0, 4 - 0 + 1 = 5.
  const test::ImagePass<TestType> pass(nn::SimpleRNN{1, {.relu = true}}, {1, 3, 1}, M{{1}, {1}, {2}},
                                       nn::Vector<TestType>{{2, -1, 0.5, 0.5}}, M{{1}, {1}, {1}});
  CHECK(pass.y == M{{3}, {0}, {5}});
  CHECK(pass.dx == M{{2}, {0}, {2}});  // the second step is flat, and lets nothing of the third through
  CHECK(pass.parameter_gradients == nn::Vector<TestType>{{3, 0, 2, 2}});
}

TEST_CASE("SimpleRNN does what PyTorch's RNN does") {
  test::check_recurrent_fixture("rnn", nn::SimpleRNN{4});
  test::check_recurrent_fixture("rnn_relu", nn::SimpleRNN{4, {.relu = true}});
}

TEST_CASE("SimpleRNN's gradients are right, and its bits the same in every network") {
  test::check_recurrent_layer(nn::SimpleRNN<5>{}, nn::SimpleRNN{5});
}
