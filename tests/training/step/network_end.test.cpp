// SPDX-License-Identifier: MIT
#include <nn/training/step/network_end.hpp>

#include <string>

#include <nn/inference.hpp>

#include "../../catch.hpp"

using nn::detail::EndOfType;
using nn::detail::NetworkEnd;

namespace {

// "Dense Softmax 3" for each head.
template <class... Layers>
std::string ends_of(const Layers&... layers) {
  std::string all;
  nn::detail::NetworkEnds(nn::Sequential<float>(nn::Input{4}, layers...))
      .for_each([&](const NetworkEnd& end, nn::Index outputs) {
        all += (all.empty() ? "" : ", ") + std::string(end.before) + ' ' + std::string(end.last) + ' ' +
               std::to_string(outputs);
      });
  return all;
}

template <class... Layers>
bool has_heads(const Layers&... layers) {
  return nn::detail::NetworkEnds(nn::Sequential<float>(nn::Input{4}, layers...)).are_heads();
}

template <class... Layers>
constexpr bool type_ends_in(std::string_view before, std::string_view last) {
  using End = EndOfType<nn::Network<nn::Input<4>, Layers...>>;
  return End::value.before == before && End::value.last == last;
}

}  // namespace

TEST_CASE("the last two layers that change the numbers, inside of Chains, too") {
  using nn::Chain, nn::Dense, nn::Identity, nn::ReLU, nn::Softmax;
  CHECK(ends_of() == "  0");
  CHECK(ends_of(Identity{}) == "  4");
  CHECK(ends_of(Dense{3}) == " Dense 3");
  CHECK(ends_of(ReLU{}, Dense{3}, nn::Dropout{0.5}, Softmax{}, nn::Flatten{}) == "Dense Softmax 3");
  CHECK(ends_of(Dense{3}, Chain(Identity{}, Softmax{}), Chain(Identity{})) == "Dense Softmax 3");
  CHECK(ends_of(Chain(ReLU{}, Chain(Dense{3}, Identity{})), Softmax{}) == "Dense Softmax 3");
  CHECK(ends_of(nn::Residual(Dense{4}, ReLU{}), Softmax{}) == "Residual Softmax 4");
  CHECK(ends_of(nn::Concat(Dense{4}, ReLU{}), Softmax{}) == "Concat Softmax 8");
}

TEST_CASE("each head of a network has an end of its own") {
  using nn::Chain, nn::Concat, nn::Dense, nn::Identity, nn::ReLU, nn::Sigmoid, nn::Softmax;
  CHECK(ends_of(Concat(Chain(Dense{3}, Softmax{}), Dense{2})) == "Dense Softmax 3,  Dense 2");
  CHECK(ends_of(ReLU{}, Concat(Identity{}, Sigmoid{}), Identity{}) == " ReLU 4, ReLU Sigmoid 4");
  CHECK(ends_of(Dense{2}, Chain(ReLU{}, Concat(Concat(Softmax{}, Identity{}), Chain(Dense{3})))) ==
        "ReLU Softmax 2, Dense ReLU 2, ReLU Dense 3");
  CHECK(has_heads(Dense{3}, Chain(Concat(Identity{}, Identity{}))));
  CHECK_FALSE(has_heads(Concat(Dense{3})));
  CHECK_FALSE(has_heads(Concat(Identity{}, Identity{}), Dense{3}));
}

TEST_CASE("a type of network says its end, as far as the types of its layers do") {
  STATIC_REQUIRE(type_ends_in<nn::Dense<3>, nn::Identity, nn::Softmax>("Dense", "Softmax"));
  STATIC_REQUIRE(type_ends_in<nn::Chain<nn::Dense<3>, nn::Chain<nn::Softmax>>, nn::Identity>("Dense", "Softmax"));
  STATIC_REQUIRE(type_ends_in<nn::Dense<>, nn::Concat<nn::Softmax, nn::Softmax>>("Dense", "Concat"));
  STATIC_REQUIRE_FALSE(EndOfType<nn::Sequential<float>>::is_known);
}
