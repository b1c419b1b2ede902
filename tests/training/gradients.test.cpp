// SPDX-License-Identifier: MIT
#include <nn/training/gradients.hpp>

#include <vector>

#include <nn/network.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;
using V = nn::Vector<double>;

TEST_CASE("the gradients of a network that can be worked by hand") {
  nn::Network<double, nn::Input<2>, nn::Dense<1>> network;
  network.parameters() << 2, 3, 1;  // y = 2 a + 3 b + 1
  // Of two samples: y = 9 and 4, t = 8 and 6; the loss is (1 + 4) / 2, dy = 2 (y - t) / 2 = 1 and -2.
  const nn::NetworkGradients<double> g =
      nn::gradients(network, nn::MeanSquaredError{}, nn::Matrix<double>{{1, 0}, {2, 1}}, nn::Matrix<double>{{8, 6}});
  CHECK(g.loss == 2.5);
  CHECK(g.parameters == V{{1 * 1 - 2 * 0, 1 * 2 - 2 * 1, 1 - 2}});
  CHECK(g.input == nn::Matrix<double>{{2, -4}, {3, -6}});
}

TEST_CASE("gradients are those that dual numbers find, for labels, in blocks, behind a fused loss") {
  const nn::Matrix<double> x = test::drawn<double>(4, 5, 1);
  const std::vector<int> labels{0, 2, 1, 1, 0};
  const auto check = [&](auto network) {
    network.initialize(nn::Random{5});
    const auto before = network;
    const auto g = nn::gradients(network, nn::CrossEntropy{}, x, labels);
    CHECK(network == before);
    CHECK(g.loss == Approx(nn::evaluate(network, nn::CrossEntropy{}, nn::Dataset{x, labels}).loss).epsilon(1e-12));
    // In a direction through all of them, by central differences.
    const double h = 1e-6;
    const V direction = test::drawn<double>(network.parameter_count(), 1, 2);
    const auto loss_at = [&](double step) {
      auto moved = network;
      moved.parameters() += step * direction;
      return nn::gradients(moved, nn::CrossEntropy{}, x, labels).loss;
    };
    CHECK(g.parameters.dot(direction) == Approx((loss_at(h) - loss_at(-h)) / (2 * h)).epsilon(1e-6));
    const nn::Matrix<double> x_direction = test::drawn<double>(4, 5, 3);
    const auto loss_of = [&](double step) {
      return nn::gradients(network, nn::CrossEntropy{}, nn::Matrix<double>(x + step * x_direction), labels).loss;
    };
    CHECK(g.input.cwiseProduct(x_direction).sum() == Approx((loss_of(h) - loss_of(-h)) / (2 * h)).epsilon(1e-6));
  };
  check(nn::Network<double, nn::Input<4>, nn::Dense<6>, nn::Tanh, nn::Dense<3>, nn::Softmax>{});
  check(nn::Network<double, nn::Input<>, nn::BatchNorm, nn::Residual<nn::Dense<>, nn::Tanh>, nn::Dropout, nn::Dense<>,
                    nn::Softmax>{nn::Input{4}, nn::BatchNorm{}, nn::Residual{nn::Dense{4}, nn::Tanh{}},
                                 nn::Dropout{0.5}, nn::Dense{3}, nn::Softmax{}});
  check(nn::Sequential<double>(nn::Input{4}, nn::Dense{3}, nn::Softmax{}));
}

TEST_CASE("gradients take what step takes, and refuse it in its words") {
  nn::Network<nn::Input<2>, nn::Dense<3>, nn::Softmax> network;
  CHECK(nn::gradients(network, nn::CrossEntropy{}, std::vector<float>{1, 2}, 1).input.cols() == 1);
  CHECK_THROWS_MATCHES(nn::gradients(network, nn::CrossEntropy{}, nn::Matrix<float>(3, 1), 1), nn::shape_error,
                       Message("gradients: a sample of 3 features does not fit the network's input of 2; give features "
                               "x samples, one column each"));
  CHECK_THROWS_AS(nn::gradients(network, nn::CrossEntropy{}, nn::Matrix<float>(2, 0), nn::Matrix<float>(3, 0)),
                  nn::data_error);
  CHECK_THROWS_AS(nn::gradients(network, nn::CrossEntropy{}, std::vector<float>{1, 2}, 3), nn::data_error);
}

TEST_CASE("a step with the gradient of the outputs is the step with the loss that has it") {
  const nn::Matrix<float> x = test::drawn<float>(3, 6, 1), t = test::drawn<float>(2, 6, 2);
  const auto check = [&](const auto& start, const auto& optimizer, nn::Index threads) {
    auto by_loss = start, by_gradient = start;
    nn::Trainer with_loss{by_loss, nn::MeanSquaredError{}, optimizer, {.threads = threads}};
    nn::Trainer with_gradient{by_gradient, nn::MeanSquaredError{}, optimizer, {.threads = threads}};
    for (int i = 0; i < 3; ++i) {
      const nn::Matrix<float> y = by_gradient.predict(x);
      nn::Matrix<float> dy = y - t;  // of the mean over two outputs of the square, and over six samples
      dy *= 1.0F / 6;
      with_gradient.step_with_output_gradient(x, dy);
      with_loss.step(x, t);
      CHECK((by_loss.parameters() - by_gradient.parameters()).cwiseAbs().maxCoeff() < 1e-6F);
    }
    CHECK((by_loss.parameters() - start.parameters()).cwiseAbs().maxCoeff() > 1e-3F);
    CHECK(with_gradient.step_count() == 3);
  };
  const nn::Network<nn::Input<3>, nn::Dense<5>, nn::Tanh, nn::Dense<2>> fixed;
  const nn::Sequential<float> added(nn::Input{3}, nn::Dense{5}, nn::Tanh{}, nn::Dense{2});
  for (const nn::Index threads : {1, 2}) {
    check(fixed, nn::SGD{.learning_rate = 0.1}, threads);
    check(fixed, nn::Adam{.learning_rate = 0.01}, threads);
    check(added, nn::SGD{.learning_rate = 0.1}, threads);
  }
}

TEST_CASE("a gradient of the outputs that cannot be used is refused, and nothing is changed") {
  nn::Network<nn::Input<2>, nn::Dense<3>> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  const nn::Matrix<float> x{{1, 2}, {3, 4}};
  CHECK_THROWS_MATCHES(
      trainer.step_with_output_gradient(x, nn::Matrix<float>::Zero(2, 2)), nn::shape_error,
      Message("step_with_output_gradient: a gradient of 2 x 2 does not fit 3 outputs of 2 samples; give "
              "outputs x samples"));
  nn::Matrix<float> dy = nn::Matrix<float>::Zero(3, 2);
  dy(2, 1) = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_MATCHES(trainer.step_with_output_gradient(x, dy), nn::data_error,
                       Message("step_with_output_gradient: the gradient of output 2 of sample 1 is nan; give finite "
                               "numbers"));
  CHECK_THROWS_AS(trainer.step_with_output_gradient(nn::Matrix<float>(2, 0), nn::Matrix<float>(3, 0)), nn::shape_error);
  network.parameters().setConstant(std::numeric_limits<float>::max());
  CHECK_THROWS_AS(trainer.step_with_output_gradient(x, nn::Matrix<float>::Zero(3, 2)), nn::data_error);
  CHECK(trainer.step_count() == 0);
}

TEST_CASE("weights of samples may be negative where the trainer is told so") {
  nn::Network<nn::Input<2>, nn::Dense<2>, nn::Softmax> network;
  const auto before = network;
  const nn::Vector<float> x{{1, 2}};
  const std::vector<double> weights{-1};
  nn::Trainer plain{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}};
  CHECK_THROWS_AS(plain.step(x, 1, weights), nn::data_error);
  CHECK(network == before);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.1}, {.negative_weights = true}};
  trainer.step(x, 1, weights);
  CHECK(network.predict(x)(1) < before.predict(x)(1));  // what was bad becomes less likely
  CHECK_THROWS_AS(trainer.step(x, 1, std::vector<double>{std::numeric_limits<double>::infinity()}), nn::data_error);
}
