// SPDX-License-Identifier: MIT
#include <nn/networks/network.hpp>

#include <type_traits>
#include <utility>

#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/layer_norm.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {
using Fixed = nn::Network<nn::Input<3>, nn::Dense<4>, nn::ReLU, nn::Dense<2>, nn::Softmax>;
}

TEST_CASE("a Network of sizes in its type is float unless told otherwise") {
  static_assert(std::is_same_v<Fixed::Scalar, float>);
  static_assert(std::is_same_v<nn::Network<double, nn::Input<3>, nn::Dense<4>>::Scalar, double>);
  static_assert(Fixed::depth() == 4);
  static_assert(Fixed::input_extent == 3 && Fixed::output_extent == 2);
  static_assert(std::is_default_constructible_v<Fixed>);
  CHECK(Fixed{}.parameter_count() == 26);
}

TEST_CASE("a Network of sizes given at run time is deduced") {
  const int hidden = 4;
  nn::Network network{nn::Input{3}, nn::Dense{hidden}, nn::ReLU{}, nn::Dense{2}, nn::Softmax{}};
  static_assert(decltype(network)::input_extent == nn::dynamic);
  static_assert(!std::is_default_constructible_v<decltype(network)>);
  CHECK(network.parameter_count() == 26);
  CHECK(network.output_shape() == nn::Shape(2));
  CHECK(test::have_same_bits(network.parameters(), Fixed{}.parameters()));
  const nn::Matrix<float> x = test::drawn<float>(3, 4, 1);
  CHECK(test::have_same_bits(network.predict(x), nn::Matrix<float>(Fixed{}.predict(x))));
}

TEST_CASE("sizes are known to the compiler up to the first that is not") {
  using Mixed = nn::Network<nn::Input<3>, nn::LeakyReLU, nn::Dense<5>, nn::Dense<>, nn::ReLU, nn::Dense<2>>;
  static_assert(Mixed::input_extent == 3);
  static_assert(Mixed::static_extent(2) == 5);
  static_assert(Mixed::static_extent(3) == nn::dynamic);
  static_assert(Mixed::output_extent == nn::dynamic);
  const Mixed mixed(nn::Input<3>{}, nn::LeakyReLU{0.5}, nn::Dense<5>{}, nn::Dense{7}, nn::ReLU{}, nn::Dense<2>{});
  CHECK(mixed.shape(3) == nn::Shape(7));
  CHECK(mixed.output_shape() == nn::Shape(2));
  CHECK(mixed.predict(test::drawn<float>(3, 4, 1)).rows() == 2);
}

TEST_CASE("only a small network of known sizes is compiled for them") {
  static_assert(Fixed::is_small());
  static_assert(!nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<10>>::is_small());
  static_assert(!nn::Network<nn::Input<3>, nn::Dense<>>::is_small());
  static_assert(nn::Network<nn::Input<1024>, nn::ReLU>::activations_on_stack() == 1024);
  static_assert(nn::Network<nn::Input<1025>, nn::ReLU>::activations_on_stack() == 0);
  static_assert(nn::Network<nn::Input<4>>::activations_on_stack() == 0);
  // One sample comes out in the same bits either way.
  const nn::Network<nn::Input<100>, nn::Dense<200>, nn::ReLU, nn::Dense<3>, nn::Softmax> large;
  const nn::Network<nn::Input<60>, nn::Dense<20>, nn::ReLU, nn::Dense<3>, nn::Softmax> small;
  static_assert(!decltype(large)::is_small() && decltype(small)::is_small());
  const nn::Matrix<float> x = test::drawn<float>(100, 1, 1);
  CHECK(test::have_same_bits(large.predict(x.col(0)), large.predict(x)));
  CHECK(small.predict(x.col(0).head(60)).isApprox(small.predict(x.topRows(60)), 1e-6F));
}

TEST_CASE("a new Network is initialised from seed 0") {
  const Fixed network;
  Fixed other;
  CHECK(network == other);
  other.initialize(nn::Random(0));
  CHECK(network == other);
  other.initialize(nn::Random(1));
  CHECK_FALSE(network == other);
  CHECK((network.weight<0>().array() != 0).all());
}

TEST_CASE("a Network is a regular value") {
  Fixed network;
  network.initialize(nn::Random(3));
  Fixed copy = network;
  CHECK(copy == network);
  CHECK(copy.parameters().data() != network.parameters().data());
  copy.parameters()[0] += 1;
  CHECK_FALSE(copy == network);
  const nn::Matrix<float> x = test::drawn<float>(3, 2, 1);
  CHECK_FALSE(test::have_same_bits(nn::Matrix<float>(copy.predict(x)), nn::Matrix<float>(network.predict(x))));
  Fixed moved = std::move(copy);
  CHECK_FALSE(moved == network);
  moved = network;
  CHECK(moved == network);
  const nn::Network a{nn::Input{3}, nn::LeakyReLU{0.5}}, b{nn::Input{3}, nn::LeakyReLU{0.25}};
  CHECK_FALSE(a == b);  // the same parameters, another layer
}

TEST_CASE("a constant Network gives constant views") {
  const Fixed network;
  static_assert(!std::is_assignable_v<decltype(network.parameters()[0]), float>);
  static_assert(!std::is_assignable_v<decltype(network.weight<0>()(0, 0)), float>);
  CHECK(network.parameters().size() == 26);
}

TEST_CASE("a Network that was moved from says so, until it is assigned another") {
  nn::Network<nn::Input<2>, nn::Dense<3>, nn::ReLU> network;
  const auto moved = std::move(network);
  const nn::Vector<float> x{{1, 2}};
  nn::Workspace<float> workspace;
  const auto says = [](const auto& use) {
    CHECK_THROWS_WITH(
        use(), Catch::Matchers::ContainsSubstring(": this network was moved from; assign a network to it first"));
    CHECK_THROWS_AS(use(), nn::data_error);
  };
  says([&] { return network.predict(x); });
  says([&] { return network.predict(x, workspace); });
  says([&] { return network.initialize(nn::Random(1)); });
  says([&] { return network.weight<0>(); });
  says([&] { return network.bias(0); });
  says([&] { return network.cast<double>(); });
  const auto copy = network;
  says([&] { return copy.predict(x); });
  network = moved;
  CHECK(network == moved);
  CHECK(network.predict(x) == moved.predict(x));
}

TEST_CASE("a Network can be cast to another number type") {
  Fixed network;
  network.initialize(nn::Random(3));
  const auto exact = network.cast<double>();
  static_assert(std::is_same_v<decltype(exact)::Scalar, double>);
  static_assert(decltype(exact)::input_extent == 3);
  CHECK((exact.parameters().cast<float>().array() == network.parameters().array()).all());
  CHECK(test::have_same_bits(exact.cast<float>().parameters(), network.parameters()));
  static_assert(std::is_same_v<decltype(exact.cast<float>())::Scalar, float>);
  const nn::Matrix<float> x = test::drawn<float>(3, 2, 1);
  CHECK((exact.predict(x.cast<double>()).cast<float>() - network.predict(x)).cwiseAbs().maxCoeff() < 1e-6F);
}

TEST_CASE("a Network of wrong sizes given at run time says which layer and why") {
  CHECK_THROWS_MATCHES((nn::Network{nn::Input{3}, nn::ReLU{}, nn::Dense{0}}), nn::shape_error,
                       Message("layer 2 of the network, after an output of 3: Dense: needs at least 1 unit, got 0; "
                               "give it more"));
  CHECK_THROWS_AS((nn::Network{nn::Input{0}, nn::Dense{4}}), nn::shape_error);
  CHECK_THROWS_AS((nn::Network{nn::Input{-1}}), nn::shape_error);
}

TEST_CASE("a Network visits its layers forward and backward, and hands them out") {
  const Fixed network;
  std::string forward, backward;
  network.for_each_layer([&](const auto& layer, auto i) {
    static_assert(std::is_same_v<typename decltype(i)::value_type, nn::Index>);
    forward += std::to_string(i) + std::string(layer.name()) + " ";
  });
  network.for_each_layer_backward([&](const auto& layer, auto) { backward += std::string(layer.name()) + " "; });
  CHECK(forward == "0Dense 1ReLU 2Dense 3Softmax ");
  CHECK(backward == "Softmax Dense ReLU Dense ");
  CHECK(network.layer<0>() == nn::Dense<4>{});
  static_assert(Fixed::last_is<nn::Softmax>());
  static_assert(!Fixed::last_is<nn::ReLU>());
}

TEST_CASE("A network's type says whether threads can share the work of all its layers") {
  using Shared = nn::Network<nn::Input<6>, nn::Dense<4>, nn::LayerNorm, nn::ReLU, nn::Dense<2>>;
  using Alone = nn::Network<nn::Input<6>, nn::Dense<4>, nn::BatchNorm, nn::ReLU>;
  CHECK(Shared::always_has_shards);
  CHECK(Shared().has_shards());
  CHECK_FALSE(Alone::always_has_shards);
  CHECK_FALSE(Alone().has_shards());
}
