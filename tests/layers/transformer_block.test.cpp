// SPDX-License-Identifier: MIT
#include <nn/layers/transformer_block.hpp>

#include <nn/activations/gelu.hpp>
#include <nn/layers/embedding.hpp>
#include <nn/layers/positional_encoding.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/training/trainer.hpp>

#include "image_cases.hpp"

using Catch::Matchers::Message;

TEST_CASE("TransformerBlock is a layer, with sizes in the type or at run time") {
  using Fixed = nn::TransformerBlock<2, 8, nn::TransformerOptions{.norm_first = true}, nn::GELU>;
  static_assert(nn::Layer<Fixed> && nn::shape_is_in_type<Fixed> && nn::HasShards<Fixed>);
  static_assert(std::is_same_v<decltype(nn::TransformerBlock{2, 8}), nn::TransformerBlock<>>);
  CHECK(nn::describe(Fixed{}) == nn::describe(nn::TransformerBlock{2, 8, {.norm_first = true}, nn::GELU{}}));
  CHECK(nn::describe(Fixed{}) == nn::Description{.type = "Chain", .options = {{"layers", 2}}});
  CHECK(nn::describe(nn::TransformerBlock{2, 8}) == nn::Description{.type = "Chain", .options = {{"layers", 4}}});
  CHECK_FALSE(nn::TransformerBlock{2, 8} == nn::TransformerBlock{2, 9});
  CHECK_FALSE(nn::TransformerBlock{2, 8} == nn::TransformerBlock{2, 8, {.norm_first = true}});
}

TEST_CASE("TransformerBlock keeps the shape, and refuses heads and rates that do not fit") {
  static_assert(nn::TransformerBlock<2, 8>{}.output_shape({1, 7, 6}) == nn::Shape(1, 7, 6));
  CHECK(nn::TransformerBlock{2, 8}.place({1, 7, 6}).parameter_count == 4 * 36 + 24 + 2 * 48 + 8 + 6 + 4 * 6);
  CHECK_THROWS_MATCHES(
      (nn::TransformerBlock{4, 8}.output_shape({1, 7, 6})), nn::shape_error,
      Message("layer 1 of the Chain, after an output of 1x7x6: layer 1 of the Residual, after an output of 1x7x6: "
              "MultiHeadAttention: 6 channels do not make 4 equal heads; use a number of heads that divides them"));
  CHECK_THROWS_AS((nn::TransformerBlock{2, 8, {}, nn::ReLU{}, 1.0}.output_shape({1, 7, 6})), nn::shape_error);
}

TEST_CASE("TransformerBlock does what PyTorch's TransformerEncoderLayer does") {
  test::check_fixture("norm last", nn::TransformerBlock<2, 7>{}, {1, 5, 6}, "sequences");
  test::check_fixture("norm first",
                      nn::TransformerBlock{2, 7, {.norm_first = true, .attention = {.causal = true}}, nn::GELU{}},
                      {1, 5, 6}, "sequences");
}

TEST_CASE("TransformerBlock's gradients are right") {
  test::check_gradients_of_image_layer(nn::TransformerBlock{1, 3}, {1, 2, 4});
}

TEST_CASE("TransformerBlock gives the same bits in every network") {
  test::check_same_bits_after_image<1, 5, 4>(nn::TransformerBlock<2, 8>{}, nn::TransformerBlock{2, 8});
}

TEST_CASE("a transformer learns as PyTorch's does, for 50 steps of Adam, with one thread and with three") {
  const std::string here = __FILE__;
  std::ifstream file(here.substr(0, here.find_last_of("/\\") + 1) + "../fixtures/sequences.json");
  const auto expected = nlohmann::json::parse(file).at("training");
  const auto losses = expected.at("losses").get<std::vector<double>>();
  const auto last = expected.at("parameters").get<std::vector<double>>();
  constexpr nn::Index steps = 6, samples = 5, vocabulary = 11;
  nn::Matrix<double> x(steps, samples);
  for (nn::Index i = 0; i < x.size(); ++i) x.data()[i] = static_cast<double>(i * 7 % vocabulary);
  const nn::Matrix<double> targets = test::scattered(steps * 3, samples, 31, 4099);
  nn::Vector<double> with_one;
  for (const nn::Index threads : {1, 3}) {
    nn::Sequential<double> network(nn::Input{steps}, nn::Embedding{vocabulary, 8}, nn::PositionalEncoding{},
                                   nn::TransformerBlock{2, 16, {.norm_first = true, .attention = {.causal = true}}},
                                   nn::TransformerBlock{2, 16, {.attention = {.causal = true}}},
                                   nn::TimeDistributed{nn::Dense{3}});
    REQUIRE(network.parameter_count() == static_cast<nn::Index>(last.size()));
    network.parameters() = 0.5 * test::scattered(network.parameter_count(), 1, 7919, 10007);
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 1e-2}, {.threads = threads}};
    double worst = 0;
    for (const double loss : losses) worst = std::max(worst, std::abs(trainer.step(x, targets) - loss));
    CHECK(worst < 1e-10);
    CHECK(losses.back() < losses.front() / 2);
    worst = 0;
    for (nn::Index i = 0; i < network.parameter_count(); ++i)
      worst = std::max(worst, std::abs(network.parameters()[i] - last[static_cast<std::size_t>(i)]));
    CHECK(worst < 1e-10);
    if (threads == 1) with_one = network.parameters();
    CHECK(test::have_same_bits(with_one, nn::Vector<double>(network.parameters())));
  }
}
