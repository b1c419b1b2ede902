// SPDX-License-Identifier: MIT
#include <nn/layers/gru.hpp>

#include <cmath>

#include "sequence_cases.hpp"

TEST_CASE("GRU is a layer, with its units in the type or at run time") {
  static_assert(nn::Layer<nn::GRU<8>> && nn::Layer<nn::GRU<>> && nn::HasShards<nn::GRU<8>>);
  static_assert(nn::GRU<8>{}.output_shape(nn::Shape(1, 28, 3)) == nn::Shape(1, 28, 8));
  CHECK(nn::describe(nn::GRU<8>{}) == nn::describe(nn::GRU{8}));
  CHECK_FALSE(nn::describe(nn::GRU{8}) == nn::describe(nn::GRU{8, {.reset_after = false}}));
  CHECK(nn::parameter_count(nn::GRU{4}, nn::Shape(1, 9, 3)) == 12 * (3 + 4 + 2));
}

TEMPLATE_TEST_CASE("GRU resets after or before its candidate's product", "", float, double) {
  // One unit: r = s(0) = 1/2, z = s(0) = 1/2; n(1) = tanh(1), h(1) = n / 2; the second bias of n is 3.
  nn::Vector<TestType> parameters(12);
  parameters << 0, 0, 1, /* h */ 0, 0, 2, /* b */ 0, 0, 0, /* c */ 0, 0, 3;
  const auto steps = [&](const nn::GRU<>& layer) {
    return test::ImagePass<TestType>(layer, {1, 2, 1}, nn::Matrix<TestType>{{-2}, {-3}}, parameters,
                                     nn::Matrix<TestType>::Ones(2, 1))
        .y;
  };
  const double after_1 = std::tanh(-2 + 0.5 * 3) / 2, before_1 = std::tanh(-2.0 + 3) / 2;
  const double after_2 = std::tanh(-3 + 0.5 * (2 * after_1 + 3)) / 2 + after_1 / 2;
  const double before_2 = std::tanh(-3 + 2 * (0.5 * before_1) + 3) / 2 + before_1 / 2;
  const nn::Matrix<TestType> after = steps(nn::GRU{1}), before = steps(nn::GRU{1, {.reset_after = false}});
  CHECK(std::abs(static_cast<double>(after(0)) - after_1) < 1e-6);
  CHECK(std::abs(static_cast<double>(after(1)) - after_2) < 1e-6);
  CHECK(std::abs(static_cast<double>(before(0)) - before_1) < 1e-6);
  CHECK(std::abs(static_cast<double>(before(1)) - before_2) < 1e-6);
}

TEST_CASE("GRU does what PyTorch's does, and what ONNX's does that resets before") {
  test::check_recurrent_fixture("gru", nn::GRU{4});
  test::check_recurrent_fixture("gru_reset_before", nn::GRU{4, {.reset_after = false}});
}

TEST_CASE("GRU's gradients are right, and its bits the same in every network") {
  test::check_recurrent_layer(nn::GRU<5>{}, nn::GRU{5});
  test::check_recurrent_layer(nn::GRU<3>{nn::GRUOptions{.reset_after = false}}, nn::GRU{3, {.reset_after = false}});
}
