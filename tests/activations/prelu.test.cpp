// SPDX-License-Identifier: MIT
#include <nn/activations/prelu.hpp>

#include <sstream>

#include <nn/io/json.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

#include "../layer_cases.hpp"

TEST_CASE("PReLU is a layer") {
  static_assert(nn::Layer<nn::PReLU<>> && nn::Layer<nn::PReLU<nn::per_channel>>);
  static_assert(std::is_empty_v<nn::PReLU<>>);
  static_assert(std::is_same_v<decltype(nn::PReLU{}), nn::PReLU<>>);
  static_assert(std::is_same_v<decltype(nn::PReLU{nn::per_channel}), nn::PReLU<nn::per_channel>>);
  CHECK(nn::describe(nn::PReLU{}) == nn::Description{.type = "PReLU", .options = {{"per_channel", 0}}});
  CHECK(nn::describe(nn::PReLU{nn::per_channel}) == nn::Description{.type = "PReLU", .options = {{"per_channel", 1}}});
}

TEST_CASE("PReLU keeps the shape, and has one slope or one per channel, 0.25 at first") {
  const nn::Shape shape(3, 5, 2);
  CHECK(nn::PReLU{}.output_shape(shape) == shape);
  CHECK(nn::parameter_count(nn::PReLU{}, shape) == 1);
  CHECK(nn::parameter_count(nn::PReLU{nn::per_channel}, shape) == 2);
  CHECK(nn::parameter_count(nn::PReLU{nn::per_channel}, nn::Shape(7)) == 7);
  const nn::Sequential<double> network(nn::Input{3}, nn::PReLU{}, nn::PReLU{nn::per_channel});
  CHECK(network.parameters() == nn::Vector<double>::Constant(4, 0.25));
}

TEMPLATE_TEST_CASE("PReLU gives the known values", "", float, double) {
  // Two pixels of two channels: the slopes 1/2 and -2 take turns. dx for dy = 1 is the slope, or 1 above 0; da sums x.
  const nn::Matrix<TestType> x{{-2}, {-1}, {4}, {-3}};
  nn::Sequential<TestType> network(nn::Input{1, 2, 2}, nn::PReLU{nn::per_channel});
  network.parameters() << TestType(0.5), -2;
  auto pass = test::pass_through(network, x);
  CHECK(pass.output == nn::Matrix<TestType>{{-1}, {2}, {4}, {6}});
  CHECK(pass.input_gradient == nn::Matrix<TestType>{{TestType(0.5)}, {-2}, {1}, {-2}});
  CHECK(pass.gradient == nn::Vector<TestType>{{-2, -4}});
  nn::Sequential<TestType> shared(nn::Input{1, 2, 2}, nn::PReLU{});
  pass = test::pass_through(shared, x);
  CHECK(pass.output == nn::Matrix<TestType>{{TestType(-0.5)}, {TestType(-0.25)}, {4}, {TestType(-0.75)}});
  CHECK(pass.gradient == nn::Vector<TestType>{{-6}});
}

TEST_CASE("PReLU is that of PyTorch") {
  const nn::Matrix<double> x = test::fixture("activations", "x", 5), dy = test::fixture("activations", "dy", 5);
  const auto check = [&](const auto& layer, const std::string& key) {
    const auto expected = [&](const char* what) { return test::fixture("activations", key + what); };
    const nn::Vector<double> slopes = expected(".slopes");
    nn::Vector<double> slope_gradients = nn::Vector<double>::Zero(slopes.size());
    const nn::Matrix<double> y = test::forward<double>(layer, x, slopes);
    nn::Matrix<double> dx(x.rows(), x.cols());
    const auto constant = [](const auto& matrix) {
      return nn::ConstMatrixView<double>(matrix.data(), matrix.rows(), matrix.cols());
    };
    const nn::Values values{nn::ConstVectorView<double>(slopes.data(), slopes.size()), constant(x), constant(y)};
    nn::Gradients gradients{nn::VectorView<double>(slope_gradients.data(), slopes.size()),
                            nn::MatrixView<double>(dx.data(), dx.rows(), dx.cols()), constant(dy),
                            nn::InputGradient::all};
    nn::backward(layer, nn::Shape(5), values, gradients, nn::Training<double>{});
    CHECK((y.reshaped() - expected("")).cwiseAbs().maxCoeff() < 1e-10);
    CHECK((dx.reshaped() - expected(".dx")).cwiseAbs().maxCoeff() < 1e-10);
    CHECK((slope_gradients - expected(".dslopes")).cwiseAbs().maxCoeff() < 1e-10);
  };
  check(nn::PReLU{}, "PReLU1");
  check(nn::PReLU{nn::per_channel}, "PReLU5");
}

TEST_CASE("PReLU's gradients are right") {
  test::check_gradients_of(nn::PReLU{});
  test::check_gradients_of(nn::PReLU{nn::per_channel});
}

TEST_CASE("PReLU gives the same bits in every network") {
  test::check_same_bits_of(nn::PReLU{});
  test::check_same_bits_of(nn::PReLU{nn::per_channel});
}

TEMPLATE_TEST_CASE("PReLU learns the same bits on several threads, and by descent what a gradient says", "", float,
                   double) {
  const auto trained = [](nn::Index threads, double momentum) {
    nn::Sequential<TestType> network(nn::Input{5}, nn::Dense{6}, nn::PReLU{}, nn::Dense{6}, nn::PReLU{nn::per_channel},
                                     nn::Dense{2});
    nn::Trainer trainer(network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1, .momentum = momentum},
                        {.threads = threads});
    for (int step = 0; step < 3; ++step) trainer.step(test::drawn<TestType>(5, 8, 1), test::drawn<TestType>(2, 8, 2));
    return nn::Vector<TestType>(network.parameters());
  };
  for (const double momentum : {0.0, 0.9}) {
    CHECK(test::have_same_bits(trained(1, momentum), trained(2, momentum)));
    CHECK(test::have_same_bits(trained(1, momentum), trained(3, momentum)));
  }
  CHECK(trained(1, 1e-30).isApprox(trained(1, 0), TestType(sizeof(TestType) == 8 ? 1e-14 : 1e-5)));
  CHECK(trained(1, 0)[5 * 6 + 6] != TestType(0.25));  // the shared slope has moved
}

TEST_CASE("PReLU's slopes are saved and loaded") {
  nn::Sequential<double> network(nn::Input{3}, nn::Dense{2}, nn::PReLU{}, nn::PReLU{nn::per_channel});
  CHECK(network.weight_count() == 3);
  network.parameters().tail(3) << 0.5, -0.125, 3;
  std::stringstream file;
  nn::save(network, file);
  nn::Sequential<double> other(nn::Input{3}, nn::Dense{2}, nn::PReLU{}, nn::PReLU{nn::per_channel});
  nn::load(other, file);
  CHECK(other == network);
}
