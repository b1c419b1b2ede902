// SPDX-License-Identifier: MIT
// Containers whose layers are known only at run time; those with layers in their types are tested in layers/.
#include <nn/layers/base/layer_list.hpp>

#include <string>
#include <vector>

#include <nn/activations/tanh.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/concat.hpp>
#include <nn/layers/dropout.hpp>
#include <nn/layers/residual.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/any_layer.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"
#include "../../layer_cases.hpp"
#include "../../memory_watch.hpp"

namespace {

template <class T, class... Layers>
std::vector<nn::AnyLayer<T>> in_a_vector(const Layers&... layers) {
  return {nn::AnyLayer<T>(layers)...};
}

// So many Tanh as one layer.
template <class T>
auto many(std::size_t count) {
  return nn::Chain{std::vector<nn::AnyLayer<T>>(count, nn::AnyLayer<T>(nn::Tanh{}))};
}

}  // namespace

TEST_CASE("a list has a place for each layer, few or many") {
  for (const std::size_t size : {1u, 8u, 9u, 40u}) {
    CAPTURE(size);
    nn::detail::PlaceList places(size);
    CHECK(places.size() == size);
    for (std::size_t i = 0; i < size; ++i) places[i].state_offset = static_cast<nn::Index>(i);
    const nn::detail::PlaceList copy = places;
    CHECK(copy.front().state_offset == 0);
    CHECK(copy.back().state_offset == static_cast<nn::Index>(size - 1));
    nn::Index next = 0;
    for (const nn::Place& place : copy) CHECK(place.state_offset == next++);
    CHECK(next == static_cast<nn::Index>(size));
  }
}

TEST_CASE("containers of a vector of layers compute the same bits as those with layers in their types") {
  using T = float;
  test::check_same_bits_of(nn::Chain<nn::Dense<4>, nn::Tanh, nn::Dense<3>>{},
                           nn::Chain{in_a_vector<T>(nn::Dense{4}, nn::Tanh{}, nn::Dense{3})});
  test::check_same_bits_of(nn::Residual<nn::Dense<4>, nn::Tanh, nn::Dense<6>>{},
                           nn::Residual{in_a_vector<T>(nn::Dense{4}, nn::Tanh{}, nn::Dense{6})});
  test::check_same_bits_of(
      nn::Concat<nn::Tanh, nn::Residual<nn::Dense<6>>, nn::Dense<2>>{},
      nn::Concat{in_a_vector<T>(nn::Tanh{}, nn::Residual{in_a_vector<T>(nn::Dense{6})}, nn::Dense{2})});
}

TEST_CASE("a container of a vector of layers has the words and the tensors of one with layers in its type") {
  const nn::Sequential<double> in_types(nn::Input{5}, nn::Residual<nn::Dense<3>, nn::Chain<nn::Tanh, nn::Dense<5>>>{},
                                        nn::Concat<nn::Dense<1>, nn::Tanh>{});
  nn::Sequential<double> in_vectors{nn::Input{5}};
  in_vectors
      .add(nn::Residual{in_a_vector<double>(nn::Dense{3}, nn::Chain{in_a_vector<double>(nn::Tanh{}, nn::Dense{5})})})
      .add(nn::Concat{in_a_vector<double>(nn::Dense{1}, nn::Tanh{})});
  CHECK(in_vectors.descriptions() == in_types.descriptions());
  REQUIRE(in_vectors.tensors().size() == in_types.tensors().size());
  for (std::size_t i = 0; i < in_types.tensors().size(); ++i)
    CHECK(in_vectors.tensors()[i].name == in_types.tensors()[i].name);
  CHECK(in_vectors.parameters() == in_types.parameters());
}

TEST_CASE("containers of vectors are equal where their layers are") {
  const auto residual = [](int units) { return nn::Residual{in_a_vector<float>(nn::Dense{units}, nn::Tanh{})}; };
  CHECK(residual(3) == residual(3));
  CHECK_FALSE(residual(3) == residual(4));
  CHECK_FALSE(nn::Residual{in_a_vector<float>(nn::Tanh{})} == residual(3));
}

TEST_CASE("a container of a vector learns on several threads, and drops what one in types drops") {
  nn::Network in_types{nn::Input{4}, nn::Chain{nn::Dense{20}, nn::Dropout{0.5}}, nn::Dense{2}};
  nn::Network in_vector{nn::Input{4}, nn::Chain{in_a_vector<float>(nn::Dense{20}, nn::Dropout{0.5})}, nn::Dense{2}};
  const nn::Matrix<float> x = test::drawn<float>(4, 32, 1), t = test::drawn<float>(2, 32, 2);
  const auto train = [&](auto& network) {
    nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, {.threads = 2}};
    for (int step = 0; step < 3; ++step) trainer.step(x, t);
  };
  const nn::Vector<float> before = in_vector.parameters();
  train(in_types);
  train(in_vector);
  CHECK_FALSE(in_vector.parameters() == before);
  CHECK(test::have_same_bits(in_types.parameters(), in_vector.parameters()));
}

TEST_CASE("a container of a vector without layers is refused in words") {
  nn::Sequential<float> network{nn::Input{3}};
  CHECK_THROWS_WITH(network.add(nn::Residual{std::vector<nn::AnyLayer<float>>{}}),
                    "layer 1 of the network, after an output of 3: a Chain, Residual or Concat has no layers; give it "
                    "at least one");
  CHECK(network.depth() == 0);
}

TEST_CASE("a pass through a container of some layers allocates nothing, and one of many works as well") {
  const nn::Matrix<float> x = test::drawn<float>(3, 2, 1);
  for (const std::size_t count : {1u, 8u, 9u, 30u}) {
    CAPTURE(count);
    nn::Sequential<float> network{nn::Input{3}};
    network.add(many<float>(count));
    nn::Workspace<float> workspace;
    nn::Matrix<float> expected = x;
    for (std::size_t i = 0; i < count; ++i) expected = nn::Matrix<float>(expected.array().tanh());
    CHECK((network.predict(x, workspace) - expected).cwiseAbs().maxCoeff() < 1e-5F);
    const test::MemoryWatch watch;
    network.predict(x, workspace);
    if (count <= 8) CHECK(watch.allocations() == 0);
  }
}
