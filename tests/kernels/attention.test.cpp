// SPDX-License-Identifier: MIT
#include <nn/kernels/attention.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

namespace {

struct AttentionPass {
  nn::Vector<double> weights, y, dx;
  AttentionPass(const nn::kernels::Attention& attention, const nn::Vector<double>& x, const nn::Vector<double>& dy) {
    weights.setConstant(attention.weight_count(), test::not_a_number<double>);
    y.setConstant(attention.steps * attention.width(), test::not_a_number<double>);
    dx.setConstant(x.size(), test::not_a_number<double>);
    nn::Vector<double> scratch =
        nn::Vector<double>::Constant(attention.steps * attention.key_steps, test::not_a_number<double>);
    attention.forward(x.data(), weights.data(), y.data());
    attention.backward(x.data(), static_cast<const double*>(weights.data()), dy.data(), scratch.data(), dx.data());
  }
};

}  // namespace

TEST_CASE("a query that may look nowhere gives 0, forward and backward") {
  const nn::kernels::Attention attention{.steps = 3, .heads = 2, .key_value_heads = 1, .head_size = 2, .key_steps = 0};
  const AttentionPass pass(attention, test::drawn<double>(3 * 8, 1, 1), test::drawn<double>(3 * 4, 1, 2));
  CHECK((pass.y.array() == 0).all());
  CHECK((pass.dx.array() == 0).all());
}

TEST_CASE("queries look at the keys and values of another sequence as at those of their own") {
  const nn::kernels::Attention whole{.steps = 5, .heads = 2, .key_value_heads = 1, .head_size = 3};
  nn::kernels::Attention cross = whole;
  cross.steps = 2;
  const nn::Vector<double> x = test::drawn<double>(5 * 12, 1, 1);
  nn::Vector<double> dy = test::drawn<double>(5 * 6, 1, 2);
  dy.tail(3 * 6).setZero();
  const AttentionPass expected(whole, x, dy);
  const nn::Matrix<double> queries = x.reshaped(12, 5).topLeftCorner(6, 2), keys = x.reshaped(12, 5).bottomRows(6);
  nn::Matrix<double> y(6, 2), dqueries = nn::Matrix<double>::Zero(6, 2), dkeys = nn::Matrix<double>::Zero(6, 5);
  nn::Vector<double> weights(cross.weight_count()), scratch(2 * 5);
  cross.forward<double>({queries.data(), 6}, {keys.data(), 6}, weights.data(), y.data());
  cross.add_backward<double>({queries.data(), 6}, {keys.data(), 6}, weights.data(), dy.data(), scratch.data(),
                             {dqueries.data(), 6}, {dkeys.data(), 6});
  CHECK(test::have_same_bits(y, nn::Matrix<double>(expected.y.reshaped(6, 5).leftCols(2))));
  CHECK(dqueries == expected.dx.reshaped(12, 5).topLeftCorner(6, 2));
  CHECK(dkeys == expected.dx.reshaped(12, 5).bottomRows(6));
}

TEST_CASE("rotation by steps turns a pair of channels by the angle of its step, and back") {
  // A head of 4 channels: pair (0, 2) turns by 1 each step, pair (1, 3) by 100^(-1/2) = 0.1.
  nn::Vector<double> x{{1, 1, 0, 0, 1, 1, 0, 0}};
  nn::kernels::rotate(x.data(), 2, 4, 1, 4, 1, 100.0, 1);
  CHECK(x.head(4) == nn::Vector<double>{{1, 1, 0, 0}});
  CHECK((x.tail(4) - nn::Vector<double>{{std::cos(1.0), std::cos(0.1), std::sin(1.0), std::sin(0.1)}}).norm() < 1e-15);
  nn::kernels::rotate(x.data(), 2, 4, 1, 4, 1, 100.0, -1);
  CHECK((x - nn::Vector<double>{{1, 1, 0, 0, 1, 1, 0, 0}}).norm() < 1e-15);
}

TEST_CASE("attention that is told nothing is of one step, one head and one channel, and looks at every step") {
  const nn::kernels::Attention attention;
  CHECK(attention.steps == 1);
  CHECK(attention.heads == 1);
  CHECK(attention.key_value_heads == 1);
  CHECK(attention.head_size == 1);
  CHECK_FALSE(attention.is_causal);
  CHECK(attention.key_steps == 1);
}

TEST_CASE("attention step after step gives what causal attention gives to the whole sequence") {
  const nn::kernels::Attention attention{
      .steps = 3, .heads = 2, .key_value_heads = 1, .head_size = 2, .is_causal = true};
  const nn::Matrix<double> x = test::drawn<double>(attention.pitch(), 3, 1);
  nn::Vector<double> weights(attention.weight_count()), cache(3 * attention.cached());
  nn::Matrix<double> expected(attention.width(), 3), y = expected;
  attention.forward(x.data(), weights.data(), expected.data());
  for (nn::Index step = 0; step < 3; ++step)
    attention.forward_next(x.col(step).data(), step, cache.data(), weights.data(), y.col(step).data());
  CHECK((y - expected).cwiseAbs().maxCoeff() < 1e-15);
}
