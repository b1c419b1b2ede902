// SPDX-License-Identifier: MIT
#include <nn/io/layer_table.hpp>

#include <string>
#include <vector>

#include <nn/activations/hard_tanh.hpp>
#include <nn/activations/prelu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/layers/conv1d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/max_pool.hpp>
#include <nn/layers/residual.hpp>

#include "../catch.hpp"

namespace {

// A layer of a user's own, with one option of each kind.
struct Scaled {
  double factor = 2;
  nn::Index times = 1;
  bool negative = false;

  static constexpr std::string_view name() { return "Scaled"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const { y = x; }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  static void for_each_option(auto& layer, auto option) {
    option("factor", layer.factor);
    option("times", layer.times);
    option("negative", layer.negative);
  }
  constexpr bool operator==(const Scaled&) const = default;
};

nn::LayerTable<float> small_table() {
  nn::LayerTable<float> table;
  table.add(Scaled{}).add(nn::Dense{1}, nn::Dense{1, nn::no_bias}).add(nn::HardTanh{}).add(nn::Conv1D{1, 1});
  table.add(nn::MaxPool1D{1}).add(nn::Tanh{});
  return table.add_container("Residual", "layers",
                             [](std::vector<nn::AnyLayer<float>> layers) { return nn::Residual{std::move(layers)}; });
}

std::string refusal(const nn::Description& description, std::vector<nn::AnyLayer<float>> inside = {}) {
  try {
    small_table().make(description, std::move(inside));
  } catch (const nn::data_error& problem) {
    return problem.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a layer of the user's own is made again from its description") {
  const Scaled layer{.factor = 0.1, .times = 7, .negative = true};
  const nn::AnyLayer<float> made = small_table().make(nn::describe(layer));
  CHECK(made == nn::AnyLayer<float>(layer));
  CHECK(small_table().make("Scaled") == nn::AnyLayer<float>(Scaled{}));
}

TEST_CASE("options in any order, and those in the type of a layer choose the type") {
  CHECK(small_table().make({"Dense", {{"bias", 0}, {"units", 5}}}).is<nn::Dense<nn::dynamic, false>>());
  CHECK(small_table().make({"Dense", {{"units", 5}, {"bias", 1}}}) == nn::AnyLayer<float>(nn::Dense{5}));
}

TEST_CASE("what no layer can be is refused in words") {
  CHECK(refusal({"Gated", {}}) ==
        "\"Gated\" is no layer that this program knows; where it is your own, add it: {.layers = "
        "nn::known_layers<float>().add(YourLayer{})}");
  CHECK(refusal({"Dense", {{"units", 3}}}) ==
        "Dense (units 3): lacks the option bias; save the network again, with this library");
  CHECK(refusal({"Tanh", {{"slope", 3}}}) ==
        "Tanh (slope 3): has another option than none, or one of them twice; is it a layer of a newer library?");
  CHECK(refusal({"Dense", {{"units", 3}, {"bias", 1}, {"units", 4}}}) ==
        "Dense (units 3, bias 1, units 4): has another option than units, bias, or one of them twice; is it a layer of "
        "a newer library?");
  CHECK(refusal({"Dense", {{"units", 2.5}, {"bias", 1}}}) ==
        "Dense (units 2.5, bias 1): units must be a whole number, got 2.5; mend the file or save it again");
  CHECK(refusal({"Dense", {{"units", 1e300}, {"bias", 1}}}) ==
        "Dense (units 1e+300, bias 1): units must be a whole number, got 1e+300; mend the file or save it again");
  CHECK(refusal({"Dense", {{"units", 3}, {"bias", 2}}}) ==
        "Dense (units 3, bias 2): bias must be 0 or 1, got 2; mend the file or save it again");
  CHECK(refusal({"HardTanh", {{"lowest", 2}, {"highest", 1}}}) ==
        "HardTanh: the lowest value must be below the highest, both of them finite, got 2 and 1; -1 and 1 are usual");
  nn::Description over_time = nn::describe(nn::Conv1D{2, 3});
  over_time.options[1].second = 2;  // the kernel's height
  CHECK(refusal(over_time).starts_with("Conv1D: is for 1 x time x channels"));
  nn::Description pool = nn::describe(nn::MaxPool1D{3});
  pool.options[4].second = 1;  // the padding's height
  CHECK(refusal(pool).starts_with("MaxPool1D: is for 1 x time x channels"));
}

TEST_CASE("an option that is only in the type of the layer must be what the file says") {
  nn::LayerTable<float> table;
  table.add(nn::PReLU{});
  CHECK_THROWS_WITH(table.make({"PReLU", {{"per_channel", 1}}}),
                    "PReLU (per_channel 1): is a layer that this program does not have; it has PReLU (per_channel 0)");
}

TEST_CASE("containers take as many layers as they say") {
  const nn::AnyLayer<float> tanh{nn::Tanh{}};
  const nn::AnyLayer<float> made = small_table().make({"Residual", {{"layers", 2}}}, {tanh, tanh});
  CHECK(made.description() == nn::Description{"Residual", {{"layers", 2}}});
  CHECK(small_table().count_inside({"Residual", {{"layers", 2}}}) == 2);
  CHECK(small_table().count_inside({"Tanh", {}}) == 0);
  CHECK(refusal({"Residual", {{"layers", 2}}}, {tanh}) ==
        "Residual (layers 2): got 1 layers for inside of it, but has 2; give as many as it says");
  CHECK(refusal({"Tanh", {}}, {tanh}) == "Tanh: got 1 layers for inside of it, but has 0; give as many as it says");
  CHECK(refusal({"Residual", {{"layers", 0}}}) == "Residual (layers 0): must have at least 1 layer; mend the file");
  CHECK(refusal({"Residual", {}}) ==
        "Residual: must have one option, layers, which says how many layers it has; save the network again");
  CHECK_THROWS_WITH(small_table().make("Residual"),
                    "Residual: is a container, which has no layers of its own; name another layer");
}

TEST_CASE("two layers of one name cannot be told apart, the same one twice can") {
  nn::LayerTable<float> table = small_table();
  table.add(Scaled{});
  CHECK_THROWS_WITH(table.add(Scaled{.factor = 5}),
                    "LayerTable: there is another layer with the name \"Scaled\" already; give this one a name of its "
                    "own");
}
