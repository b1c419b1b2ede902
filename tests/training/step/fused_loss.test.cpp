// SPDX-License-Identifier: MIT
#include <nn/training/step/fused_loss.hpp>

#include <cmath>
#include <type_traits>
#include <vector>

#include <nn/activations/identity.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/huber.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/trainer.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

namespace {

// Which loss is taken for a network, and after how many layers.
template <class Taken>
bool takes(const auto& network, const auto& given, nn::Index expected_depth) {
  return nn::with_fused_loss(network, given, [&](const auto& loss, nn::Index depth) {
    return std::is_same_v<std::remove_cvref_t<decltype(loss)>, nn::detail::OverPositions<Taken>> &&
           depth == expected_depth;
  });
}

}  // namespace

TEST_CASE("a cross entropy takes in the activation before it") {
  const nn::Network<nn::Input<2>, nn::Dense<3>, nn::Softmax> softmax;
  const nn::Network<nn::Input<2>, nn::Dense<3>, nn::Sigmoid> sigmoid;
  const nn::Network<nn::Input<2>, nn::Dense<3>> logits;
  CHECK(takes<nn::SoftmaxCrossEntropy>(softmax, nn::CrossEntropy{}, 1));
  CHECK(takes<nn::SigmoidBinaryCrossEntropy>(sigmoid, nn::BinaryCrossEntropy{}, 1));
  // Not after another layer, and no other loss.
  CHECK(takes<nn::CrossEntropy>(sigmoid, nn::CrossEntropy{}, 2));
  CHECK(takes<nn::BinaryCrossEntropy>(softmax, nn::BinaryCrossEntropy{}, 2));
  CHECK(takes<nn::SoftmaxKLDivergence>(softmax, nn::KLDivergence{}, 1));
  CHECK(takes<nn::SoftmaxFocal>(softmax, nn::Focal{}, 1));
  CHECK(takes<nn::ClassWeighted<nn::SoftmaxFocal, std::span<const double>>>(
      softmax, nn::ClassWeighted{nn::Focal{}, {1, 2, 3}}, 1));
  CHECK(
      takes<nn::ClassWeighted<nn::MeanSquaredError>>(softmax, nn::ClassWeighted{nn::MeanSquaredError{}, {1, 2, 3}}, 2));
  CHECK(takes<nn::CrossEntropy>(logits, nn::CrossEntropy{}, 1));
  CHECK(takes<nn::SoftmaxCrossEntropy>(logits, nn::SoftmaxCrossEntropy{}, 1));
  CHECK(takes<nn::MeanSquaredError>(softmax, nn::MeanSquaredError{}, 2));
}

TEST_CASE("a loss for numbers takes in a Denormalize, wherever the layers are known, and one for classes does not") {
  const nn::Network<nn::Input<2>, nn::Dense<3>, nn::Denormalize> network;
  const nn::Sequential<float> sequential(nn::Input{2}, nn::Dense{3}, nn::Denormalize{});
  const nn::Sequential<float> inside(nn::Input{2}, nn::Dense{3}, nn::Denormalize{}, nn::Dense{2});
  using MeanSquaredError = nn::detail::OverPositions<nn::MeanSquaredError>;
  const auto takes_scaled = [](const auto& given) {
    return nn::with_fused_loss(given, nn::MeanSquaredError{}, [&]<class Loss>(const Loss&, nn::Index depth) {
      return std::is_same_v<Loss, nn::detail::InScaledUnits<MeanSquaredError, float>> && depth == 1;
    });
  };
  CHECK(takes_scaled(network));
  CHECK(takes_scaled(sequential));
  CHECK_FALSE(takes_scaled(inside));
  CHECK(takes<nn::MeanSquaredError>(inside, nn::MeanSquaredError{}, 3));
  CHECK(takes<nn::Hinge>(network, nn::Hinge{}, 2));
  CHECK(takes<nn::ClassWeighted<nn::Huber>>(sequential, nn::ClassWeighted{nn::Huber{}, {1, 2, 3}}, 2));
}

TEST_CASE("a cross entropy takes in the activation before it in a Sequential, too") {
  const nn::Sequential<double> softmax(nn::Input{2}, nn::Dense{3}, nn::Softmax{});
  const nn::Sequential<double> sigmoid(nn::Input{2}, nn::Dense{3}, nn::Sigmoid{});
  const nn::Sequential<double> nothing(nn::Input{2});
  CHECK(takes<nn::SoftmaxCrossEntropy>(softmax, nn::CrossEntropy{}, 1));
  CHECK(takes<nn::SigmoidBinaryCrossEntropy>(sigmoid, nn::BinaryCrossEntropy{}, 1));
  CHECK(takes<nn::CrossEntropy>(sigmoid, nn::CrossEntropy{}, 2));
  CHECK(takes<nn::CrossEntropy>(nothing, nn::CrossEntropy{}, 0));
}

TEMPLATE_TEST_CASE("fused losses are finite at any logits, in evaluate and in a step", "", float, double) {
  using M = nn::Matrix<TestType>;
  const auto check = [](const auto& loss, const auto& activation) {
    for (const double logit : {0.0, 88.8, 710.0, 1e4, 1e30})
      for (const double sign : {1.0, -1.0}) {
        CAPTURE(logit, sign);
        // W = diag(1, -1), no bias: the logits are (z, -z).
        nn::Sequential<TestType> network(nn::Input{2}, nn::Dense{2, nn::no_bias}, activation);
        network.weight(0) << TestType(sign), 0, 0, TestType(-sign);
        const M x = M::Constant(2, 1, TestType(logit)), t{{1}, {0}};
        const nn::Dataset data(x, t);
        CHECK(std::isfinite(nn::evaluate(network, loss, data).loss));
        nn::Trainer trainer(network, loss, nn::SGD{.learning_rate = 1e-3});
        CHECK(std::isfinite(trainer.step(x, t)));
        CHECK(network.parameters().array().isFinite().all());
      }
  };
  check(nn::CrossEntropy{}, nn::Softmax{});
  check(nn::KLDivergence{}, nn::Softmax{});
  check(nn::Focal{}, nn::Softmax{});
  check(nn::BinaryCrossEntropy{}, nn::Sigmoid{});
}

TEST_CASE("fused losses are those that are not fused, where these are accurate") {
  const auto check = [](const auto& loss, const auto& activation) {
    nn::Sequential<double> fused(nn::Input{3}, nn::Dense{4}, activation);
    nn::Sequential<double> apart(nn::Input{3}, nn::Dense{4}, activation, nn::Identity{});
    const nn::Matrix<double> x = test::drawn<double>(3, 6, 1), t = test::drawn_probabilities<double>(4, 6, 2);
    nn::Trainer fused_trainer(fused, loss, nn::SGD{.learning_rate = 0.5});
    nn::Trainer apart_trainer(apart, loss, nn::SGD{.learning_rate = 0.5});
    for (int step = 0; step < 10; ++step) {
      const double loss_fused = fused_trainer.step(x, t);
      CHECK(apart_trainer.step(x, t) == Approx(loss_fused).epsilon(1e-13));
    }
    CHECK((fused.parameters() - apart.parameters()).cwiseAbs().maxCoeff() < 1e-13);
    CHECK((fused.predict(x) - apart.predict(x)).cwiseAbs().maxCoeff() < 1e-13);
    // predict still gives what the activation puts out.
    CHECK(fused.predict(x).minCoeff() > 0);
    CHECK(fused.predict(x).maxCoeff() < 1);
  };
  check(nn::CrossEntropy{}, nn::Softmax{});
  check(nn::CrossEntropy{.label_smoothing = 0.2}, nn::Softmax{});
  check(nn::KLDivergence{}, nn::Softmax{});
  check(nn::Focal{.gamma = 1.5, .alpha = 0.7}, nn::Softmax{});
  check(nn::ClassWeighted{nn::CrossEntropy{.label_smoothing = 0.2}, {1, 3, 0.5, 2}}, nn::Softmax{});
  check(nn::BinaryCrossEntropy{}, nn::Sigmoid{});
}
