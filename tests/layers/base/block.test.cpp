// SPDX-License-Identifier: MIT
// What all containers of layers have in common; their own tests are in layers/.
#include <nn/layers/base/block.hpp>

#include <algorithm>
#include <string>
#include <vector>

#include <nn/activations/relu.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/io/checkpoint.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/concat.hpp>
#include <nn/layers/conv2d.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/residual.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/adam.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"
#include "../../io/files.hpp"
#include "../../numbers.hpp"

using nn::Chain;
using nn::Concat;
using nn::Dense;
using nn::Index;
using nn::Residual;

namespace {

// Input 4, Dense 2 (10 parameters), Chain {Dense 3 (9), Residual {Dense 3 (12), Tanh}}, Dense 1 (4)
nn::Sequential<float> nested() {
  return nn::Sequential<float>(nn::Input{4}, Dense{2}, Chain{Dense{3}, Residual{Dense{3}, nn::Tanh{}}}, Dense{1});
}

// Everything that a block can have inside: state, chance, and blocks.
using Rich = nn::Network<nn::Input<5>, Concat<Chain<Dense<4>, nn::BatchNorm, nn::ReLU, nn::Dropout>, Dense<2>>,
                         Residual<Dense<3>, nn::BatchNorm, nn::Tanh, Residual<nn::BatchNorm>, Dense<6>>, Dense<3>>;

}  // namespace

TEST_CASE("the layers of a block stand in it one after the other") {
  const auto check = [](const auto& network) {
    std::vector<std::string> names;
    std::vector<Index> levels, offsets, counts;
    network.for_each_inside([&](const auto& layer, const nn::Place& place, Index level) {
      names.emplace_back(layer.name());
      levels.push_back(level);
      offsets.push_back(place.parameter_offset);
      counts.push_back(place.parameter_count);
      CHECK((place.columns == 0) == (names.back() != "Dense"));
    });
    CHECK(names == std::vector<std::string>{"Dense", "Chain", "Dense", "Residual", "Dense", "Tanh", "Dense"});
    CHECK(levels == std::vector<Index>{0, 0, 1, 1, 2, 2, 0});
    CHECK(offsets == std::vector<Index>{0, 10, 10, 19, 19, 31, 31});
    CHECK(counts == std::vector<Index>{10, 21, 9, 12, 12, 0, 4});
    REQUIRE(network.weight_count() == 4);
    CHECK(network.weight(2).data() == network.parameters().data() + 19);
    CHECK(network.bias(2).data() == network.parameters().data() + 19 + 9);
  };
  check(nested());
  check(nn::Network<nn::Input<4>, Dense<2>, Chain<Dense<3>, Residual<Dense<3>, nn::Tanh>>, Dense<1>>{});
}

TEST_CASE("what the layers of a block put out stands where their places say") {
  const nn::Sequential<float> network = nested();
  nn::Workspace<float> workspace;
  const nn::Matrix<float> x = test::drawn<float>(4, 3, 1);
  network.predict(x, workspace);
  nn::Matrix<float> input, output;
  bool is_seen = false;
  network.for_each_inside([&](const auto& layer, const nn::Place& place, Index) {
    output = nn::ConstMatrixView<float>(workspace.activation(place, 3), place.output.size(), 3);
    if (layer.name() == "Tanh") {
      is_seen = true;
      CHECK((output - nn::Matrix<float>(input.array().tanh())).cwiseAbs().maxCoeff() < 1e-6F);
    }
    input = output;
  });
  CHECK(is_seen);
}

TEST_CASE("the layers of a block begin as they do in a network") {
  const nn::Sequential<float> flat(nn::Input{4}, Dense{2}, Dense{3}, nn::BatchNorm{}, Dense{3}, Dense{1});
  const nn::Sequential<float> blocks(nn::Input{4}, Dense{2}, Chain{Dense{3}, nn::BatchNorm{}, Residual{Dense{3}}},
                                     Dense{1});
  CHECK(test::have_same_bits(flat.parameters(), blocks.parameters()));
  CHECK(test::have_same_bits(flat.state(), blocks.state()));
}

TEST_CASE("a block shares its work among threads if all its layers do") {
  CHECK(Chain{Dense{3}, nn::Tanh{}, Residual{Dense{3}}}.place(nn::Shape(3)).has_shards);
  CHECK(Chain{nn::Tanh{}}.place(nn::Shape(3)).has_shards);
  CHECK_FALSE(Chain{Dense{3}, Residual{nn::BatchNorm{}}}.place(nn::Shape(3)).has_shards);
  CHECK(Chain{Dense{3}, nn::Tanh{}, Residual{Dense{3}}}.place(nn::Shape(3)).can_descend);
  CHECK_FALSE(Chain{Dense{3}, Residual{nn::BatchNorm{}}}.place(nn::Shape(3)).can_descend);
}

TEST_CASE("running statistics in a block move and are used as those in a network") {
  nn::Network<double, nn::Input<3>, nn::BatchNorm, Dense<2>> flat;
  nn::Network<double, nn::Input<3>, Chain<Chain<nn::BatchNorm>, Dense<2>>> blocks;
  const auto train = [](auto& network) {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}};
    for (int step = 0; step < 5; ++step) trainer.step(test::drawn<double>(3, 8, 2), test::drawn<double>(2, 8, 3));
  };
  const nn::Vector<double> before = flat.state();
  train(flat);
  train(blocks);
  CHECK(test::have_same_bits(flat.state(), blocks.state()));
  CHECK_FALSE(test::have_same_bits(flat.state(), before));
  const nn::Matrix<double> x = test::drawn<double>(3, 4, 9);
  CHECK((flat.predict(x) - blocks.predict(x)).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("a learning-rate factor is that of a whole block, and weights in it decay, biases do not") {
  const nn::Matrix<float> x = test::drawn<float>(4, 6, 1), t = test::drawn<float>(1, 6, 2);
  nn::Sequential<float> network = nested();
  const auto before = network;
  nn::Trainer frozen{network, nn::MeanSquaredError{}, nn::Adam{}, {.learning_rate_factors = {1, 0, 1}}};
  frozen.step(x, t);
  CHECK(test::have_same_bits(network.parameters().segment(10, 21), before.parameters().segment(10, 21)));
  CHECK((network.parameters().head(10).array() != before.parameters().head(10).array()).any());

  // With no gradient at all, L2 alone moves the weights: the loss of y = 0 for t = 0 where the last layer is 0.
  network = before;
  network.weight(3).setZero();
  for (Index k = 0; k < 4; ++k) network.bias(k).setConstant(k == 3 ? 0.0F : 1.0F);
  const auto start = network;
  nn::Trainer decayed{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.5}, {.l2 = 0.5}};
  decayed.step(x, nn::Matrix<float>::Zero(1, 6));
  for (const Index k : {1, 2}) {
    CHECK(network.weight(k).isApprox(0.75F * start.weight(k)));
    CHECK(test::have_same_bits(network.bias(k), start.bias(k)));
  }
}

TEST_CASE("files hold W and b of the layers in a block as if there were no block, and its state") {
  Rich network, other;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  for (int step = 0; step < 3; ++step) trainer.step(test::drawn<float>(5, 8, 2), test::drawn<float>(3, 8, 3));
  const std::string text = test::text_of(network);
  CHECK(text.find("{\"type\": \"Concat\", \"branches\": 2},\n{\"type\": \"Chain\", \"layers\": 4},\n"
                  "{\"type\": \"Dense\", \"units\": 4, \"bias\": 1},\n{\"type\": \"BatchNorm\"") != std::string::npos);
  CHECK_FALSE(network == other);
  test::load_text(other, text);
  CHECK(network == other);

  // The same layers in other blocks are another network.
  nn::Sequential<float> chain(nn::Input{3}, Chain{Dense{3}, nn::Tanh{}}, Dense{3}),
      residual(nn::Input{3}, Residual{Dense{3}, nn::Tanh{}}, Dense{3}),
      longer(nn::Input{3}, Chain{Dense{3}, nn::Tanh{}, Dense{3}});
  CHECK_THROWS_AS(test::load_text(residual, test::text_of(chain)), nn::load_error);
  CHECK_THROWS_AS(test::load_text(longer, test::text_of(chain)), nn::load_error);
}

TEST_CASE("a training with blocks goes on from a checkpoint with the same bits") {
  const test::Folder folder;
  const nn::Matrix<float> x = test::drawn<float>(5, 8, 2), t = test::drawn<float>(3, 8, 3);
  const auto steps = [&](auto& trainer, int count) {
    for (int step = 0; step < count; ++step) trainer.step(x, t);
  };
  Rich straight, stopped;
  nn::Trainer trainer{straight, nn::MeanSquaredError{}, nn::Adam{}};
  steps(trainer, 3);
  trainer.save_checkpoint(folder / "checkpoint");
  steps(trainer, 4);
  nn::Trainer resumed{stopped, nn::MeanSquaredError{}, nn::Adam{}};
  resumed.resume(folder / "checkpoint");
  CHECK_FALSE(straight == stopped);
  steps(resumed, 4);
  CHECK(straight == stopped);
}

TEST_CASE("A block's multiplications are those of the layers in it") {
  const nn::Sequential<float> network{nn::Input{2}, nn::Chain{nn::Dense{3}, nn::ReLU{}, nn::Dense{4}}};
  CHECK(network.place(0).multiply_adds == 2 * 3 + 3 * 4);
}
