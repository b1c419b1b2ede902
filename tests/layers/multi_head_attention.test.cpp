// SPDX-License-Identifier: MIT
#include <nn/layers/multi_head_attention.hpp>

#include <cmath>

#include <nn/layers/sequence.hpp>
#include <nn/networks/stream.hpp>

#include "../tensors_of.hpp"
#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("MultiHeadAttention is a layer, with its heads in the type or at run time") {
  using Causal = nn::MultiHeadAttention<2, nn::AttentionOptions{.causal = true}>;
  static_assert(nn::Layer<Causal> && nn::HasShards<Causal> && std::is_empty_v<Causal>);
  static_assert(std::is_same_v<decltype(nn::MultiHeadAttention{2}), nn::MultiHeadAttention<>>);
  CHECK(nn::describe(Causal{}) == nn::describe(nn::MultiHeadAttention{2, {.causal = true}}));
  CHECK(nn::describe(Causal{}).options ==
        std::vector<std::pair<std::string, double>>{
            {"heads", 2}, {"causal", 1}, {"key_value_heads", 0}, {"rotary", 0}, {"rotary_base", 10000}, {"bias", 1}});
  CHECK_FALSE(nn::MultiHeadAttention{2} == nn::MultiHeadAttention{2, {.causal = true}});
}

TEST_CASE("MultiHeadAttention keeps the shape, names its tensors as PyTorch, and refuses heads that do not fit") {
  using nn::MultiHeadAttention;
  static_assert(MultiHeadAttention<2>{}.output_shape({1, 7, 6}) == nn::Shape(1, 7, 6));
  const nn::Dimensions square{{.size = 6}, {.size = 6, .stride = 6}};
  CHECK(test::tensors_of(MultiHeadAttention{2}, {1, 7, 6}) ==
        test::TensorShapes{{"in_proj_weight", 18, 6, nn::Role::weight},
                           {"in_proj_bias", 18, 1, nn::Role::bias},
                           {"out_proj.weight", 6, 6, nn::Role::weight, square},
                           {"out_proj.bias", 6, 1, nn::Role::bias}});
  CHECK(test::tensors_of(MultiHeadAttention{6, {.key_value_heads = 2, .bias = false}}, {1, 7, 6}) ==
        test::TensorShapes{{"in_proj_weight", 10, 6, nn::Role::weight},
                           {"out_proj.weight", 6, 6, nn::Role::weight, square}});
  CHECK_THROWS_MATCHES(MultiHeadAttention{4}.output_shape({1, 7, 6}), nn::shape_error,
                       Message("MultiHeadAttention: 6 channels do not make 4 equal heads; use a number of heads that "
                               "divides them"));
  CHECK_THROWS_AS(MultiHeadAttention{0}.output_shape({1, 7, 6}), nn::shape_error);
  CHECK_THROWS_MATCHES((MultiHeadAttention{6, {.key_value_heads = 4}}.output_shape({1, 7, 6})), nn::shape_error,
                       Message("MultiHeadAttention: 6 heads cannot share 4 heads of keys and values; use a number that "
                               "divides them, or 0 for one each"));
  CHECK_THROWS_MATCHES((MultiHeadAttention{2, {.rotary = true}}.output_shape({1, 7, 6})), nn::shape_error,
                       Message("MultiHeadAttention: rotary positions turn pairs of channels, but a head has 3, and the "
                               "base is 10000; use an even number and a base of at least 1"));
}

TEMPLATE_TEST_CASE("MultiHeadAttention gives the known values", "", float, double) {
  using M = nn::Matrix<TestType>;
  // One channel: q = x, k = x log 3, v = 4 x. The steps 0 and 1: the first looks at both alike, the second at itself
  // three times as much; W_o = 2, b_o = 1.
  const TestType log3 = std::log(TestType(3));
  const nn::Vector<TestType> parameters{{1, log3, 4, 0, 0, 0, 2, 1}};
  const M x{{0}, {1}}, dy{{1}, {0}};
  const auto pass = [&](nn::AttentionOptions options) {
    return test::ImagePass<TestType>(nn::MultiHeadAttention{1, options}, {1, 2, 1}, x, parameters, dy);
  };
  const TestType tolerance = 8 * std::numeric_limits<TestType>::epsilon();
  CHECK(pass({}).y.isApprox(M{{5}, {7}}, tolerance));
  CHECK(pass({.causal = true}).y.isApprox(M{{1}, {7}}, tolerance));
  // The first step looks at itself alone: dx = 2 * 4, and nothing else gets a gradient but W_o, b_o and b.
  CHECK(pass({.causal = true}).dx == M{{8}, {0}});
  CHECK(pass({.causal = true}).parameter_gradients == nn::Vector<TestType>{{0, 0, 0, 0, 0, 2, 0, 1}});
}

TEST_CASE("MultiHeadAttention does what PyTorch's does") {
  const auto check = [](const char* name, const auto& layer, nn::Shape shape) {
    test::check_fixture(name, layer, shape, "sequences");
  };
  check("attention", nn::MultiHeadAttention<2>{}, {1, 5, 6});
  check("causal attention", nn::MultiHeadAttention{3, {.causal = true}}, {1, 5, 6});
  check("attention without bias", nn::MultiHeadAttention{1, {.bias = false}}, {1, 7, 4});
  check("grouped queries, rotary positions",
        nn::MultiHeadAttention{4, {.causal = true, .key_value_heads = 2, .rotary = true, .rotary_base = 100}},
        {1, 5, 8});
}

TEST_CASE("MultiHeadAttention's gradients are right") {
  test::check_gradients_of_image_layer(nn::MultiHeadAttention{1}, {1, 3, 2});
  test::check_gradients_of_image_layer(
      nn::MultiHeadAttention{2, {.causal = true, .key_value_heads = 1, .rotary = true}}, {1, 2, 4});
}

TEST_CASE("MultiHeadAttention gives the same bits in every network") {
  test::check_same_bits_after_image<1, 9, 6>(nn::MultiHeadAttention<2>{}, nn::MultiHeadAttention{2});
}

TEST_CASE("causal MultiHeadAttention gives a step the same bits whatever comes after it") {
  const nn::Network<nn::Input<1, 9, 6>, nn::MultiHeadAttention<2, nn::AttentionOptions{.causal = true}>> network;
  nn::Matrix<float> x = test::drawn<float>(54, 1, 1);
  const nn::Matrix<float> before = network.predict(x);
  x.bottomRows(24).setConstant(9);
  const nn::Matrix<float> after = network.predict(x);
  CHECK(test::have_same_bits(nn::Matrix<float>(before.topRows(30)), nn::Matrix<float>(after.topRows(30))));
  CHECK((before.bottomRows(24).array() != after.bottomRows(24).array()).all());
}

TEST_CASE("causal MultiHeadAttention gives the steps of a stream the bits that they have in the whole sequence") {
  const nn::Network<nn::Sequence<6>, nn::MultiHeadAttention<2, nn::AttentionOptions{.causal = true}>> network;
  const nn::Matrix<float> x = test::drawn<float>(6, 9, 1);
  const nn::Matrix<float> whole = network.at({1, 9, 6}).predict(nn::Matrix<float>(x.reshaped()));
  CHECK(test::have_same_bits(nn::Stream(network, {.most_steps = 9}).steps(x), nn::Matrix<float>(whole.reshaped(6, 9))));
}

TEST_CASE("MultiHeadAttention begins as PyTorch's, whatever the initializer") {
  nn::Vector<double> parameters(4 * 64 * 64 + 4 * 64);
  nn::Random random(1);
  nn::MultiHeadAttention{4}.initialize({1, 5, 64}, parameters, nn::zeros, random);
  const auto first = parameters.head(3 * 64 * 64), biases = parameters.segment(3 * 64 * 64, 3 * 64);
  const double limit = std::sqrt(6.0 / (64 + 3 * 64));  // Glorot's, of the three matrices as one
  CHECK(first.cwiseAbs().maxCoeff() <= limit);
  CHECK(first.cwiseAbs().maxCoeff() > 0.99 * limit);
  CHECK((biases.array() == 0).all());
  const auto second = parameters.segment(3 * 64 * 65, 64 * 64);
  CHECK(second.cwiseAbs().maxCoeff() <= 0.125);
  CHECK(second.cwiseAbs().maxCoeff() > 0.12);
  CHECK((parameters.tail(64).array() == 0).all());
}
