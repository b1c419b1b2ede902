// SPDX-License-Identifier: MIT
#include <nn/networks/sequential.hpp>

#include <memory>
#include <utility>

#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/last_step.hpp>
#include <nn/layers/lstm.hpp>
#include <nn/layers/sequence.hpp>
#include <nn/networks/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

nn::Sequential<float> built() {
  nn::Sequential<float> network{nn::Input{3}};
  for (const int units : {5, 4}) network.add(nn::Dense{units}).add(nn::ReLU{});
  network.add(nn::Dense{2}).add(nn::Softmax{});
  return network;
}

}  // namespace

TEST_CASE("a Sequential is built layer by layer, or at once, and is then the same") {
  const auto network = built();
  const nn::Sequential<float> at_once(nn::Input{3}, nn::Dense{5}, nn::ReLU{}, nn::Dense{4}, nn::ReLU{}, nn::Dense{2},
                                      nn::Softmax{});
  CHECK(network == at_once);
  CHECK(network.depth() == 6);
  CHECK(network.parameter_count() == 20 + 24 + 10);
  CHECK(network.input_shape() == nn::Shape(3));
  CHECK(network.output_shape() == nn::Shape(2));
  CHECK(network.last_is<nn::Softmax>());
  CHECK_FALSE(network.last_is<nn::ReLU>());
  CHECK(network.layer(1).is<nn::ReLU>());
}

TEST_CASE("a Sequential has the bits of the Network of the same layers, from any seed") {
  auto network = built();
  nn::Network<nn::Input<3>, nn::Dense<5>, nn::ReLU, nn::Dense<4>, nn::ReLU, nn::Dense<2>, nn::Softmax> fixed;
  const nn::Matrix<float> x = test::drawn<float>(3, 5, 1);
  CHECK(test::have_same_bits(network.parameters(), fixed.parameters()));
  network.initialize(nn::Random(17), nn::glorot_uniform);
  fixed.initialize(nn::Random(17), nn::glorot_uniform);
  CHECK(test::have_same_bits(network.parameters(), fixed.parameters()));
  CHECK(test::have_same_bits(network.predict(x), nn::Matrix<float>(fixed.predict(x))));
}

TEST_CASE("a layer added later goes on with the generator that the others were drawn from") {
  nn::Sequential<float> later(nn::Input{3}, nn::Dense{5}), at_once(nn::Input{3}, nn::Dense{5}, nn::Dense{4});
  later.initialize(nn::Random(9));
  later.add(nn::Dense{4});
  at_once.initialize(nn::Random(9));
  CHECK(later == at_once);
}

TEST_CASE("adding a layer keeps the parameters that were there") {
  nn::Sequential<float> network(nn::Input{3}, nn::Dense{2});
  network.parameters() << 1, 2, 3, 4, 5, 6, 7, 8;
  network.add(nn::Dense{2});
  CHECK(network.parameters().head(8) == nn::Vector<float>{{1, 2, 3, 4, 5, 6, 7, 8}});
}

TEST_CASE("a layer that does not fit is refused, and the Sequential is as it was") {
  auto network = built();
  const auto before = network;
  CHECK_THROWS_MATCHES(network.add(nn::Dense{0}), nn::shape_error,
                       Message("layer 7 of the network, after an output of 2: Dense: needs at least 1 unit, got 0; "
                               "give it more"));
  CHECK(network == before);
  CHECK(network.depth() == 6);
  network.add(nn::Dense{3});
  CHECK(network.output_shape() == nn::Shape(3));
  CHECK_THROWS_AS(nn::Sequential<float>(nn::Input{0}), nn::shape_error);
}

TEST_CASE("a Sequential is a regular value") {
  auto network = built();
  auto copy = network;
  CHECK(copy == network);
  copy.parameters()[3] += 1;
  CHECK_FALSE(copy == network);
  copy = network;
  CHECK(copy == network);
  copy.add(nn::ReLU{});
  CHECK_FALSE(copy == network);
  const auto moved = std::move(copy);
  CHECK(moved.depth() == 7);
  const nn::Sequential<float> a(nn::Input{3}, nn::LeakyReLU{0.5}), b(nn::Input{3}, nn::LeakyReLU{0.25});
  CHECK_FALSE(a == b);
  const nn::Sequential<float> c(nn::Input{3}), d(nn::Input{1, 3});
  CHECK_FALSE(c == d);  // another shape of as many features
}

TEST_CASE("a Sequential that was moved from says so, until it is assigned another") {
  nn::Sequential<float> network{nn::Input{2}, nn::Dense{3}}, empty{nn::Input{2}};
  const nn::Sequential<float> moved = std::move(network), moved_empty = std::move(empty);
  const nn::Vector<float> x{{1, 2}};
  nn::Workspace<float> workspace;
  const auto says = [](const auto& use) {
    CHECK_THROWS_WITH(
        use(), Catch::Matchers::ContainsSubstring(": this network was moved from; assign a network to it first"));
  };
  for (nn::Sequential<float>* of_nothing : {&network, &empty}) {
    says([&] { return of_nothing->predict(x); });
    says([&] { return of_nothing->predict(x, workspace); });
    says([&] { of_nothing->initialize(nn::Random(1)); });
    says([&] { of_nothing->add(nn::ReLU{}); });
    says([&] { of_nothing->first(0); });
  }
  CHECK(moved_empty.predict(x) == x);
  network = moved;
  CHECK(network.add(nn::ReLU{}).depth() == 2);
}

TEST_CASE("the first and the last layers of a Sequential are one each, with what they have learned") {
  nn::Sequential<float> network(nn::Input{3}, nn::Dense{5}, nn::BatchNorm{}, nn::ReLU{}, nn::Dense{2});
  network.state().setConstant(2);
  const nn::Matrix<float> x = test::drawn<float>(3, 4, 1);
  for (nn::Index count = 0; count <= 4; ++count) {
    const nn::Sequential<float> rest = network.last(4 - count);
    CHECK(rest.depth() == 4 - count);
    CHECK(rest.input_shape() == nn::Shape(count == 0 ? 3 : count == 4 ? 2 : 5));
    const nn::Sequential<float> part = network.first(count);
    CHECK(part.depth() == count);
    if (count == 4) {
      CHECK(part == network);
      continue;
    }
    CHECK(test::have_same_bits(rest.predict(part.predict(x)), network.predict(x)));
  }
  CHECK(nn::Sequential<float>{nn::Input{2}}.first(0).depth() == 0);
  CHECK_THROWS_MATCHES(network.first(5), nn::shape_error,
                       Message("first: there are no first 5 layers of 4; ask for 0 to 4"));
  CHECK_THROWS_AS(network.first(-1), nn::shape_error);
  CHECK(network.last(4) == network);
  CHECK_THROWS_MATCHES(network.last(5), nn::shape_error,
                       Message("last: there are no last 5 layers of 4; ask for 0 to 4"));
  CHECK_THROWS_AS(network.last(-1), nn::shape_error);
  const nn::Sequential<float, nn::any_length> speech{nn::Sequence{2}, nn::LSTM{3}, nn::LastStep{}, nn::Dense{4}};
  CHECK(speech.last(2).predict(speech.first(1).predict(x.topRows(2))) == speech.predict(x.topRows(2)));
}

TEST_CASE("replace_last gives a network a new head, and what comes after it goes on") {
  auto network = built();
  network.initialize(nn::Random(5));
  const auto before = network;
  network.replace_last(nn::Dense{7});
  CHECK(network.output_shape() == nn::Shape(7));
  CHECK(network.depth() == 6);
  CHECK(network.last_is<nn::Softmax>());
  CHECK(network.first(4) == before.first(4));
  CHECK_FALSE(network.weight(2).isZero());
  CHECK(network.bias(2).isZero());
  network.replace_last(nn::Softmax{});
  CHECK(network.first(5).depth() == 5);

  const auto now = network;
  CHECK_THROWS_MATCHES(network.replace_last(nn::LeakyReLU{}), nn::shape_error,
                       Message("replace_last: none of the 6 layers is a LeakyReLU; add one instead"));
  CHECK_THROWS_AS(network.replace_last(nn::Dense{0}), nn::shape_error);
  CHECK(network == now);
}

TEST_CASE("a layer of sizes in its type can be added, too") {
  nn::Sequential<double> fixed(nn::Input<3>{}, nn::Dense<4>{}), free(nn::Input{3}, nn::Dense{4});
  CHECK(test::have_same_bits(fixed.parameters(), free.parameters()));
  CHECK(test::have_same_bits(fixed.predict(test::drawn<double>(3, 2, 1)), free.predict(test::drawn<double>(3, 2, 1))));
}

TEST_CASE("a Sequential takes layers that are already AnyLayer, as from another Sequential") {
  const auto network = built();
  nn::Sequential<float> rebuilt{nn::Input{3}};
  for (nn::Index i = 0; i < network.depth(); ++i) rebuilt.add(network.layer(i));
  CHECK(rebuilt == network);
  CHECK(rebuilt.last_is<nn::Softmax>());
}

TEST_CASE("a Sequential of double takes layers that are already AnyLayer") {
  const auto takes = []<class Layer>(const Layer& layer) {
    nn::Sequential<double> network{nn::Input{3}};
    if constexpr (requires { network.add(layer); })
      return network.add(layer).depth() == 1;
    else
      return false;
  };
  CHECK(takes(nn::AnyLayer<double>(nn::Dense{4})));
}

namespace {

// Its copy constructor asks those of its members; with Clang that once asked whether a Sequential is an Input.
struct HoldsSequential {
  nn::Sequential<float> network{nn::Input{2}, nn::Dense{3}};
  std::unique_ptr<int> rest;
};

}  // namespace

TEST_CASE("a Sequential may be a member of what can only be moved") {
  HoldsSequential first;
  const auto parameters = first.network;
  const HoldsSequential second(std::move(first));
  CHECK(second.network == parameters);
}
