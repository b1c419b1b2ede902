// SPDX-License-Identifier: MIT
#include <nn/networks/layer_stack.hpp>

#include <array>
#include <span>
#include <vector>

#include <nn/activations/elu.hpp>
#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/relu.hpp>
#include <nn/layers/batch_norm.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/flatten.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/layer_norm.hpp>
#include <nn/layers/residual.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;

namespace {

// Input 3 -> 4 -> 2, without ReLU, whose outputs can be worked out: W0 all 1, b0 = 1; W1 all 2, no bias.
nn::Sequential<double> known_network() {
  nn::Sequential<double> network(nn::Input{3}, nn::Dense{4}, nn::Dense{2, nn::no_bias});
  network.weight(0).setConstant(1);
  network.bias(0).setConstant(1);
  network.weight(1).setConstant(2);
  return network;
}

}  // namespace

TEST_CASE("predict_class is where the largest output is, and of a single one yes above one half") {
  nn::Sequential<double> three(nn::Input{1}, nn::Dense{3});
  three.weight(0) = nn::Matrix<double>{{1}, {-1}, {0}};
  CHECK(three.predict_class(nn::Matrix<double>{{2, -2, 0, -1}}) == std::vector<int>{0, 1, 0, 1});
  CHECK(three.predict_class({-3}) == std::vector<int>{1});
  CHECK(three.predict_class(std::span<const double>(std::vector<double>{5})) == std::vector<int>{0});
  nn::Network<nn::Input<1>, nn::Dense<1>> one;
  one.weight<0>().setOnes();
  CHECK(one.predict_class(nn::Matrix<float>{{0.4F, 0.5F, 0.6F}}) == std::vector<int>{0, 0, 1});
}

TEST_CASE("predict takes any Eigen expression and works column by column") {
  const auto network = known_network();
  // Every output is 8 (x_1 + x_2 + x_3 + 1).
  const nn::Matrix<double> x{{1, 0, 2}, {2, 0, -1}, {3, 0, 0.5}};
  const nn::Matrix<double> y{{56, 8, 20}, {56, 8, 20}};
  CHECK(network.predict(x) == y);
  CHECK(network.predict(x.col(0)) == y.col(0));
  CHECK(network.predict(x.rightCols(2)) == y.rightCols(2));
  CHECK(network.predict(2 * x - x) == y);
  CHECK(network.predict(x.transpose().eval().transpose()) == y);  // rows in memory
  const Eigen::Matrix<double, -1, -1, Eigen::RowMajor> by_rows = x;
  CHECK(network.predict(by_rows) == y);
  CHECK(network.predict(x.row(0).transpose()) == nn::Vector<double>{{32, 32}});  // numbers with a stride
  nn::Matrix<double> larger = nn::Matrix<double>::Constant(5, 4, 1000);
  larger.block(1, 1, 3, 3) = x;
  CHECK(network.predict(larger.block(1, 1, 3, 3)) == y);
  const std::array<double, 3> plain{1, 2, 3};
  CHECK(network.predict(Eigen::Map<const Eigen::Vector3d>(plain.data())) == y.col(0));
  CHECK(network.predict(x.array()) == y);
  static_assert(decltype(network.predict(x.col(0)))::ColsAtCompileTime == 1);
}

TEST_CASE("predict of many samples takes the memory of some, and has the bits of each") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{1 << 18}, nn::ReLU{}, nn::Dense{1, nn::no_bias});
  network.initialize(nn::Random(1));  // 2 MiB of activations for a sample
  const auto x = test::drawn<float>(2, 101, 2);
  const test::MemoryWatch watch;
  const nn::Matrix<float> y = network.predict(x);
  if (test::MemoryWatch::works()) CHECK(watch.peak() < (std::size_t{40} << 20));
  REQUIRE(y.cols() == 101);
  for (const nn::Index i : {0, 15, 16, 50, 100})
    CHECK(test::have_same_bits(y.col(i), nn::Matrix<float>(network.predict(x.col(i)))));
  CHECK(network.predict(2 * x - x) == y);
  CHECK_THROWS_WITH(network.predict(nn::Matrix<float>(3, 101)), Catch::Matchers::StartsWith("predict: "));
}

TEST_CASE("predict takes one sample as a vector, an array or a list of its features") {
  const auto network = known_network();
  const nn::Vector<double> y{{56, 56}};
  const std::vector<double> list{1, 2, 3};
  const double plain[] = {1, 2, 3};
  CHECK(network.predict(list) == y);
  CHECK(network.predict(std::array<double, 3>{1, 2, 3}) == y);
  CHECK(network.predict(plain) == y);
  CHECK(network.predict(std::span<const double>(list)) == y);
  CHECK(network.predict({1, 2, 3}) == y);
  CHECK(network.predict({0.5, 2.5, 3.0}) == y);
  nn::Workspace<double> workspace;
  CHECK(network.predict(list, workspace) == y);
  static_assert(decltype(network.predict(list))::ColsAtCompileTime == 1);
  CHECK_THROWS_MATCHES(network.predict({1, 2}), nn::shape_error,
                       Message("predict: a sample of 2 features does not fit the network's input of 3; give features x "
                               "samples, one column each"));
  CHECK_THROWS_AS(network.predict(std::vector<double>()), nn::shape_error);
}

TEST_CASE("predict with a workspace gives the same, as a view") {
  const auto network = known_network();
  nn::Workspace<double> workspace;
  const nn::Matrix<double> x = test::drawn<double>(3, 5, 1);
  CHECK(test::have_same_bits(network.predict(x, workspace), network.predict(x)));
  CHECK(test::have_same_bits(network.predict(x.col(2), workspace), network.predict(x.col(2))));
}

TEST_CASE("predict of no samples is no outputs") {
  const auto network = known_network();
  const auto y = network.predict(nn::Matrix<double>(3, 0));
  CHECK(y.rows() == 2);
  CHECK(y.cols() == 0);
}

TEST_CASE("predict refuses samples of another size, also in release builds") {
  const auto network = known_network();
  CHECK_THROWS_MATCHES(network.predict(nn::Matrix<double>(4, 1)), nn::shape_error,
                       Message("predict: a sample of 4 features does not fit the network's input of 3; give features x "
                               "samples, one column each"));
  CHECK_THROWS_AS(network.predict(nn::Matrix<double>(0, 0)), nn::shape_error);
  const nn::Sequential<float> image(nn::Input{28, 28}, nn::Flatten{}, nn::Dense{2});
  CHECK_THROWS_MATCHES(image.predict(nn::Vector<float>(28)), nn::shape_error,
                       Message("predict: a sample of 28 features does not fit the network's input of 28x28x1 = 784; "
                               "give features x samples, one column each"));
}

TEST_CASE("a network without layers gives what it gets") {
  const nn::Sequential<double> network(nn::Input{3});
  CHECK(network.parameter_count() == 0);
  CHECK(network.output_shape() == nn::Shape(3));
  const nn::Matrix<double> x = test::drawn<double>(3, 4, 1);
  CHECK(test::have_same_bits(network.predict(x), x));
  CHECK(test::have_same_bits(network.predict(2 * x - x), x));
  CHECK(network.descriptions().size() == 1);
}

TEST_CASE("weights and biases are views of the flat vector, numbered among the layers that have them") {
  nn::Sequential<float> network(nn::Input{3}, nn::Dense{4}, nn::ReLU{}, nn::Dense{2, nn::no_bias}, nn::Dense{5});
  CHECK(network.weight_count() == 3);
  CHECK(network.parameter_count() == 16 + 8 + 15);
  CHECK(network.weight(0).rows() == 4);
  CHECK(network.weight(0).cols() == 3);
  CHECK(network.bias(0).size() == 4);
  CHECK(network.weight(1).rows() == 2);
  CHECK(network.bias(1).size() == 0);
  CHECK(network.weight(2).cols() == 2);
  CHECK(network.weight(0).data() == network.parameters().data());
  CHECK(network.bias(0).data() == network.parameters().data() + 12);
  CHECK(network.weight(1).data() == network.parameters().data() + 16);
  CHECK(network.bias(2).data() == network.parameters().data() + 34);
  network.weight<1>()(1, 3) = 42;  // column by column: 16 + 3 * 2 + 1
  CHECK(network.parameters()[23] == 42.0F);
  CHECK(std::as_const(network).weight(1)(1, 3) == 42.0F);
  CHECK(std::as_const(network).bias<2>().size() == 5);
  CHECK_THROWS_MATCHES(network.weight(3), nn::shape_error,
                       Message("weight(3): the network has 3 layers with weights; count them from 0"));
  CHECK_THROWS_AS(network.bias(-1), nn::shape_error);
}

TEST_CASE("a network of sizes in its type says what it is, too") {
  using Network = nn::Network<nn::Input<2, 3>, nn::Flatten, nn::Dense<4>, nn::ReLU, nn::Dense<2, nn::no_bias>>;
  Network network;
  CHECK(network.depth() == 4);
  CHECK(network.input_shape() == nn::Shape(2, 3, 1));
  CHECK(network.shape(0) == nn::Shape(2, 3, 1));
  CHECK(network.shape(1) == nn::Shape(6));
  CHECK(network.shape(4) == nn::Shape(2));
  CHECK(network.weight_count() == 2);
  CHECK(network.weight<1>().rows() == 2);
  CHECK(network.descriptions() ==
        std::vector<nn::Description>{{"Input", {{"height", 2.0}, {"width", 3.0}, {"channels", 1.0}}},
                                     {"Flatten", {}},
                                     {"Dense", {{"units", 4.0}, {"bias", 1.0}}},
                                     {"ReLU", {}},
                                     {"Dense", {{"units", 2.0}, {"bias", 0.0}}}});
}

TEST_CASE("initialize draws Glorot's weights when none are named, others when they are, and zero biases") {
  nn::Sequential<double> network(nn::Input{50}, nn::Dense{40}, nn::ReLU{}, nn::Dense{30});
  network.parameters().setConstant(9);
  network.initialize(nn::Random(5));
  CHECK((network.bias(0).array() == 0).all());
  CHECK((network.bias(1).array() == 0).all());
  nn::Random by_hand(5);
  nn::Matrix<double> first(40, 50), second(30, 40);
  nn::glorot_uniform(first, 50, 40, by_hand);
  nn::glorot_uniform(second, 40, 30, by_hand);
  CHECK(test::have_same_bits(network.weight(0), first));
  CHECK(test::have_same_bits(network.weight(1), second));
  network.initialize(nn::Random(5), nn::constant(0.5));
  CHECK((network.weight(1).array() == 0.5).all());
  nn::Random carried(5);
  network.initialize(carried);
  CHECK(carried == by_hand);  // an lvalue is drawn from, not copied
}

TEST_CASE("the numbers of layers and of initializers are looked at in the network's number type") {
  const nn::Network<double, nn::Input<2>, nn::LeakyReLU> fine(nn::Input<2>{}, nn::LeakyReLU{1e-50});
  CHECK_THROWS_MATCHES((nn::Network<float, nn::Input<2>, nn::LeakyReLU>(nn::Input<2>{}, nn::LeakyReLU{1e-50})),
                       nn::data_error,
                       Message("LeakyReLU: negative_slope of 1e-50 is 0 in the network's number type; use one that it "
                               "can tell from 0"));
  CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::BatchNorm{1e-50}), nn::data_error);
  CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::LayerNorm{1e39}), nn::data_error);
  CHECK_THROWS_AS(nn::Network(nn::Input{2}, nn::Residual(nn::ELU{1e39})), nn::data_error);
  CHECK_THROWS_AS(fine.cast<float>(), nn::data_error);

  nn::Sequential<float> network{nn::Input{2}, nn::Dense{3}};
  const nn::Sequential<float> before = network;
  CHECK_THROWS_AS(network.add(nn::ELU{1e39}), nn::data_error);
  nn::Random random(1);
  CHECK_THROWS_AS(network.initialize(random, nn::constant(1e39)), nn::data_error);
  CHECK_THROWS_AS(network.initialize(random, nn::Initializer{.gain = 1e39}), nn::data_error);
  CHECK(network == before);
  CHECK(random == nn::Random(1));
  nn::Sequential<double> precise{nn::Input{2}, nn::Dense{3}, nn::ELU{1e39}};
  CHECK_NOTHROW(precise.initialize(random, nn::constant(1e39)));
}
