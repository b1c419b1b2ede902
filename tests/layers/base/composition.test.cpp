// SPDX-License-Identifier: MIT
#include <nn/layers/base/composition.hpp>

#include <nn/activations/tanh.hpp>
#include <nn/layers/chain.hpp>

#include "../../layers/image_cases.hpp"

namespace {

// As many units as come in, then Tanh.
struct SquareDense : nn::Composition<SquareDense> {
  static constexpr std::string_view name() { return "SquareDense"; }
  constexpr auto with_layers(nn::Shape input, const auto& use) const {
    return use(nn::Chain{nn::Dense{input.size()}, nn::Tanh{}});
  }
  constexpr bool operator==(const SquareDense&) const = default;
};

}  // namespace

TEST_CASE("a composition is what it is made of, with sizes that follow from its input") {
  static_assert(nn::Layer<SquareDense> && nn::IsContainer<SquareDense> && nn::HasShards<SquareDense>);
  nn::Sequential<float> network(nn::Input{3}, SquareDense{}), same(nn::Input{3}, nn::Dense{3}, nn::Tanh{});
  CHECK(network.output_shape() == nn::Shape(3));
  CHECK(network.tensor("0.0.weight").cols() == 3);
  CHECK(test::have_same_bits(network.parameters(), same.parameters()));
  const nn::Matrix<float> x = test::drawn<float>(3, 4, 1);
  test::check_same_pass(test::pass_through(network, x), test::pass_through(same, x));
  CHECK(network.descriptions() ==
        nn::Sequential<float>{nn::Input{3}, nn::Chain{nn::Dense{3}, nn::Tanh{}}}.descriptions());
}

TEST_CASE("a composition's gradients are right") { test::check_gradients_of(SquareDense{}); }
