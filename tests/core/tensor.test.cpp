// SPDX-License-Identifier: MIT
#include <nn/core/tensor.hpp>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../tensors_of.hpp"

namespace {

using nn::Role;

template <class Tensors>
std::vector<std::string> names_of(const Tensors& tensors) {
  std::vector<std::string> names;
  for (const auto& tensor : tensors) names.push_back(tensor.name);
  return names;
}

}  // namespace

TEST_CASE("what a tensor's role says") {
  CHECK(nn::is_learned(Role::weight));
  CHECK(nn::is_learned(Role::bias));
  CHECK(nn::is_learned(Role::scale));
  CHECK(nn::is_learned(Role::slope));
  CHECK_FALSE(nn::is_learned(Role::statistic));
}

TEST_CASE("the layers name their tensors") {
  using test::tensors_of, test::TensorShapes;
  const nn::Dimensions channels{{3, 1, true}};
  CHECK(tensors_of(nn::BatchNorm{}, nn::Shape(5, 4, 3)) ==
        TensorShapes{{"weight", 3, 1, Role::scale, channels},
                     {"bias", 3, 1, Role::bias, channels},
                     {"running_mean", 3, 1, Role::statistic, channels},
                     {"running_var", 3, 1, Role::statistic, channels}});
  CHECK(tensors_of(nn::PReLU{}, nn::Shape(5, 4, 3)) == TensorShapes{{"weight", 1, 1, Role::slope}});
  CHECK(tensors_of(nn::PReLU{nn::per_channel}, nn::Shape(5, 4, 3)) ==
        TensorShapes{{"weight", 3, 1, Role::slope, channels}});
  const nn::Dimensions features{{4, 1, true}};
  CHECK(tensors_of(nn::Normalize{}, nn::Shape(4)) ==
        TensorShapes{{"offset", 4, 1, Role::statistic, features}, {"scale", 4, 1, Role::statistic, features}});
  CHECK(tensors_of(nn::Tanh{}, nn::Shape(4)).empty());
}

TEST_CASE("a tensor says which dimensions it has in other programs, and where their numbers lie") {
  using nn::Dimensions;
  const auto dimensions = [](const auto& layer, nn::Shape input) {
    std::vector<Dimensions> all;
    for (const nn::TensorShape& tensor : test::tensors_of(layer, input)) all.push_back(nn::dimensions_of(tensor));
    return all;
  };
  CHECK(dimensions(nn::Dense{2}, nn::Shape(3)) == std::vector<Dimensions>{{{2, 1}, {3, 2, true}}, {{2, 1}}});
  CHECK(dimensions(nn::Dense{2}, nn::Shape(1)) == std::vector<Dimensions>{{{2, 1}, {1, 2, true}}, {{2, 1}}});
  CHECK(dimensions(nn::Dense{1}, nn::Shape(1)) == std::vector<Dimensions>{{{1, 1}, {1, 1, true}}, {{1, 1}}});
  // filter + 6 (channel + 2 (column + 5 row))
  CHECK(dimensions(nn::Conv2D{6, {3, 5}}, nn::Shape(7, 7, 2)) ==
        std::vector<Dimensions>{{{6, 1}, {2, 6, true}, {3, 60}, {5, 12}}, {{6, 1}}});
  CHECK(dimensions(nn::Conv1D{6, 5}, nn::Shape(1, 7, 2)) ==
        std::vector<Dimensions>{{{6, 1}, {2, 6, true}, {5, 12}}, {{6, 1}}});
  CHECK(dimensions(nn::Conv2D{4, 3, {.groups = 2, .bias = false}}, nn::Shape(7, 7, 4)) ==
        std::vector<Dimensions>{{{4, 1}, {2, 4}, {3, 24}, {3, 8}}});
  CHECK(dimensions(nn::Normalize{}, nn::Shape(5, 4, 3))[0] == Dimensions{{3, 1, true}, {5, 12}, {4, 3}});
  CHECK(nn::dimensions_of({"table", 2, 3, Role::statistic}) == Dimensions{{2, 1}, {3, 2}});
  CHECK_THROWS_WITH((Dimensions{{1}, {1}, {1}, {1}, {1}}), "a tensor has at most 4 dimensions, got 5; give it fewer");

  const nn::Network<nn::Input<7, 7, 2>, nn::Conv2D<6, 3>> network;
  CHECK(network.tensors()[0].dimensions == Dimensions{{6, 1}, {2, 6, true}, {3, 36}, {3, 12}});
  CHECK(network.tensors()[1].dimensions == Dimensions{{6, 1}});
}

TEST_CASE("a list of tensors says how many numbers a layer learns and keeps") {
  CHECK(nn::parameter_count(nn::BatchNorm{}, nn::Shape(5, 4, 3)) == 6);
  CHECK(nn::state_count(nn::BatchNorm{}, nn::Shape(5, 4, 3)) == 6);
  CHECK(nn::parameter_count(nn::Dense{4}, nn::Shape(3)) == 16);
  CHECK(nn::state_count(nn::Dense{4}, nn::Shape(3)) == 0);
  CHECK_THROWS_AS(nn::parameter_count(nn::Dense{nn::Index{1} << 40}, nn::Shape(nn::Index{1} << 40)), nn::shape_error);
}

TEST_CASE("a network's tensors have the names that PyTorch's Sequential gives them") {
  nn::Network<nn::Input<6, 6, 1>, nn::Conv2D<2, 3>, nn::BatchNorm, nn::ReLU, nn::Flatten,
              nn::Residual<nn::Dense<32>, nn::Chain<nn::Tanh, nn::Dense<32>>>, nn::Dense<2>>
      network;
  const std::vector<std::string> names{"0.weight",       "0.bias",        "1.weight",   "1.bias",
                                       "1.running_mean", "1.running_var", "4.0.weight", "4.0.bias",
                                       "4.1.1.weight",   "4.1.1.bias",    "5.weight",   "5.bias"};
  CHECK(names_of(network.tensors()) == names);
  CHECK(names_of(std::as_const(network).tensors()) == names);

  nn::Sequential<float> deep{nn::Input{6, 6, 1}};
  deep.add(nn::Conv2D{2, 3}).add(nn::BatchNorm{}).add(nn::ReLU{}).add(nn::Flatten{});
  deep.add(nn::Residual{nn::Dense{32}, nn::Chain{nn::Tanh{}, nn::Dense{32}}}).add(nn::Dense{2});
  CHECK(names_of(deep.tensors()) == names);

  nn::Index learned = 0, kept = 0;
  for (const auto& tensor : network.tensors()) (nn::is_learned(tensor.role) ? learned : kept) += tensor.values.size();
  CHECK(learned == network.parameter_count());
  CHECK(kept == network.state().size());
}

TEST_CASE("a tensor is a view of the network's own numbers") {
  nn::Network network{nn::Input{3}, nn::Dense{2}, nn::BatchNorm{}};
  network.parameters().setLinSpaced(0, 11);
  network.state() << 5, 6, 7, 8;
  const auto W = std::as_const(network).tensor("0.weight");
  REQUIRE(W.rows() == 2);
  REQUIRE(W.cols() == 3);
  CHECK(W(1, 2) == 5);
  CHECK(network.tensor("0.bias")(1, 0) == 7);
  CHECK(network.tensor("1.weight")(0, 0) == 8);
  CHECK(network.tensor("1.bias")(1, 0) == 11);
  CHECK(network.tensor("1.running_mean")(1, 0) == 6);
  CHECK(network.tensor("1.running_var")(0, 0) == 7);
  network.tensor("0.weight")(1, 0) = 20;
  CHECK(network.weight(0)(1, 0) == 20);
}

TEST_CASE("a tensor that is not there is named, and so are those that are") {
  const nn::Network network{nn::Input{3}, nn::Dense{2}};
  CHECK_THROWS_WITH(network.tensor("0.wieght"),
                    "tensor(\"0.wieght\"): the network has none of this name; it has 0.weight, 0.bias");
  const nn::Network empty{nn::Input{3}, nn::Tanh{}};
  CHECK_THROWS_WITH(empty.tensor("0.weight"), "tensor(\"0.weight\"): the network has no tensors");
  nn::Network moved{nn::Input{3}, nn::Dense{2}};
  const nn::Network taken = std::move(moved);
  CHECK_THROWS_AS(moved.tensors(), nn::data_error);  // NOLINT(bugprone-use-after-move)
}
