// SPDX-License-Identifier: MIT
#include <nn/inference.hpp>
#include <nn/io/outline.hpp>

#include "../catch.hpp"

namespace {

// y = a x, and a matrix that nobody uses.
struct Scale {
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "Scale"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  constexpr void tensors(nn::Shape, auto tensor) const {
    tensor({"scale", 1, 1, nn::Role::scale});
    tensor({"power", 2, 3, nn::Role::weight});
  }
  void forward(nn::Shape, const auto& parameters, const auto& x, auto&& y) const { y = parameters[0] * x; }
  void backward(nn::Shape, const auto&, auto&) const {}
  bool operator==(const Scale&) const = default;
};

}  // namespace

TEST_CASE("The outline says where every W and b lies") {
  const nn::Network network{nn::Input{4}, nn::Dense{3}, nn::ReLU{}, nn::Dense{2, nn::no_bias}};
  const nn::detail::Outline outline = nn::detail::outline(network);
  CHECK(outline.input_size == 4);
  CHECK(outline.parameter_count == 4 * 3 + 3 + 3 * 2);
  CHECK(outline.layers == network.descriptions());
  REQUIRE(outline.weights.size() == 2);
  CHECK(outline.weights[0].rows == 3);
  CHECK(outline.weights[0].columns == 4);
  CHECK(outline.weights[0].weight_offset == 0);
  CHECK(outline.weights[0].bias_offset == 12);
  CHECK(outline.weights[0].bias_size == 3);
  CHECK(outline.weights[1].rows == 2);
  CHECK(outline.weights[1].columns == 3);
  CHECK(outline.weights[1].weight_offset == 15);
  CHECK(outline.weights[1].bias_size == 0);
}

TEST_CASE("A tensor that is neither W nor b of its layer stands in the outline by its name") {
  const nn::Network network{nn::Input{4}, nn::Dense{3}, Scale{}};
  const nn::detail::Outline outline = nn::detail::outline(network);
  REQUIRE(outline.weights.size() == 2);
  CHECK(outline.weights[1].weight_offset == 15);
  CHECK(outline.weights[1].bias_size == 0);
  REQUIRE(outline.others.size() == 1);
  CHECK(outline.others[0].name == "1.power");
  CHECK(outline.others[0].place.rows == 2);
  CHECK(outline.others[0].place.columns == 3);
  CHECK(outline.others[0].place.weight_offset == 16);
}

TEST_CASE("Layers are described in words and compared in any order of their options") {
  using nn::detail::describe_the_same;
  const nn::Description dense{"Dense", {{"units", 3}, {"bias", 1}}};
  CHECK(nn::detail::in_words(dense) == "Dense (units 3, bias 1)");
  CHECK(nn::detail::in_words({"ReLU", {}}) == "ReLU");
  CHECK(nn::detail::in_words({"LeakyReLU", {{"slope", 0.01}}}) == "LeakyReLU (slope 0.01)");
  CHECK(nn::detail::in_words({"Most", {{"x", -1.2345678901234568e-300}}}) == "Most (x -1.2345678901234568e-300)");
  CHECK(describe_the_same(dense, {"Dense", {{"bias", 1}, {"units", 3}}}));
  CHECK_FALSE(describe_the_same(dense, {"Dense", {{"units", 3}}}));
  CHECK_FALSE(describe_the_same(dense, {"Dense", {{"units", 3}, {"bias", 0}}}));
  CHECK_FALSE(describe_the_same(dense, {"Tense", {{"units", 3}, {"bias", 1}}}));
}

TEST_CASE("A text of a file cannot disturb a terminal or fill it") {
  CHECK(nn::detail::in_quotes("a\x1B[2J\n\xFFz") == "\"a?[2J??z\"");
  std::string shortened(40, 'x');
  shortened += "...";
  CHECK(nn::detail::printable(std::string(1000, 'x')) == shortened);
}
