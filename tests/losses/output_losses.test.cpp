// SPDX-License-Identifier: MIT
#include <nn/losses/output_losses.hpp>

#include <cmath>
#include <string>

#include <nn/activations/identity.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/chain.hpp>
#include <nn/layers/concat.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/losses/mean_absolute_error.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/losses/sigmoid_binary_cross_entropy.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/networks/sequential.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/evaluation/evaluate.hpp>
#include <nn/training/gradients.hpp>
#include <nn/training/trainer.hpp>

#include "../catch.hpp"
#include "../numbers.hpp"

using Catch::Matchers::Message;
using nn::MeanAbsoluteError;
using nn::MeanSquaredError;
using nn::OutputLoss;
using nn::OutputLosses;

TEST_CASE("The losses of several outputs are weighted and summed") {
  const OutputLosses loss{OutputLoss{MeanSquaredError{}, 1, 2.0}, OutputLoss{MeanAbsoluteError{}, 2}};
  const nn::Vector<double> y{{3, 1, 5}}, t{{1, 2, 3}};
  nn::Vector<double> dy(3);
  CHECK(loss(y, t) == 2.0 * MeanSquaredError{}(y.segment(0, 1), t.segment(0, 1)) + 1.5);  // the mean of 1 and 2
  loss.gradient(y, t, dy);
  CHECK(dy[0] == 2 * 2 * (3 - 1));
  CHECK(dy.tail(2) == nn::Vector<double>{{-0.5, 0.5}});
}

TEST_CASE("Every output has its loss, and weights and options make sense, before anything is learned") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{3});
  const auto trainer_of = [&](auto loss) { nn::Trainer(network, loss, nn::SGD{}); };
  CHECK_THROWS_MATCHES(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 2}}), nn::shape_error,
                       Message("OutputLosses: its losses take 2 outputs, but the network has 3; give every output of "
                               "the network its loss, in their order"));
  CHECK_THROWS_MATCHES(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 0}}), nn::data_error,
                       Message("OutputLosses: a loss for 0 outputs; give it at least 1"));
  CHECK_THROWS_AS(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 3, -1.0}}), nn::data_error);
  CHECK_THROWS_AS(trainer_of(OutputLosses{OutputLoss{MeanSquaredError{}, 3, test::not_a_number<double>}}),
                  nn::data_error);
}

TEST_CASE("each of several losses refuses what it would refuse alone: a single output, an end, targets") {
  using nn::Concat, nn::Dense, nn::SGD, nn::Sigmoid, nn::SigmoidBinaryCrossEntropy, nn::Softmax,
      nn::SoftmaxCrossEntropy;
  const auto refusal = [](const auto& loss, const auto&... layers) {
    nn::Sequential<float> network(nn::Input{2}, layers...);
    try {
      nn::Trainer(network, loss, SGD{});
    } catch (const nn::error& problem) {
      return std::string(problem.what());
    }
    return std::string();
  };
  const auto losses = [](auto first, nn::Index outputs, auto second) {
    return OutputLosses{OutputLoss{first, outputs}, OutputLoss{second, 1}};
  };
  const auto heads = [](auto first, auto second) {
    return Concat(nn::Chain(Dense{2}, first), nn::Chain(Dense{1}, second));
  };
  CHECK(refusal(losses(SoftmaxCrossEntropy{}, 2, SigmoidBinaryCrossEntropy{}), Dense{3}) == "");
  CHECK(refusal(losses(nn::CrossEntropy{}, 2, nn::BinaryCrossEntropy{}), heads(Softmax{}, Sigmoid{})) == "");
  CHECK(refusal(losses(nn::CrossEntropy{}, 2, MeanSquaredError{}), heads(Softmax{}, nn::Identity{})) == "");
  using Catch::Matchers::ContainsSubstring;
  CHECK_THAT(refusal(losses(SoftmaxCrossEntropy{}, 1, MeanSquaredError{}), Dense{2}),
             ContainsSubstring("a single output tells none apart"));
  CHECK_THAT(refusal(losses(nn::CrossEntropy{}, 2, MeanSquaredError{}), Dense{3}),
             ContainsSubstring("this loss takes probabilities, but the network's last layer puts out any number"));
  CHECK_THAT(refusal(losses(nn::CrossEntropy{}, 2, nn::BinaryCrossEntropy{}), heads(Softmax{}, nn::Identity{})),
             ContainsSubstring("end it in Sigmoid after the Dense"));
  CHECK_THAT(refusal(losses(nn::CrossEntropy{}, 2, SigmoidBinaryCrossEntropy{}), heads(Softmax{}, Sigmoid{})),
             ContainsSubstring("this loss takes logits"));

  nn::Sequential<float> network(nn::Input{2}, Dense{3});
  const nn::Sequential<float> before = network;
  nn::Trainer trainer{network, losses(SoftmaxCrossEntropy{}, 2, SigmoidBinaryCrossEntropy{}), SGD{}};
  const nn::Matrix<float> x = test::drawn<float>(2, 1, 1), fine{{1}, {0}, {1}}, wrong{{1}, {0}, {5}};
  const auto of_output_2 = ContainsSubstring("OutputLosses: the target of output 2 is 5, but its loss takes");
  CHECK_THROWS_WITH(trainer.step(x, wrong), of_output_2);
  CHECK_THROWS_WITH(trainer.fit(nn::Dataset(x, wrong)), of_output_2);
  CHECK_THROWS_WITH(nn::gradients(network, trainer.loss(), x, wrong), of_output_2);
  CHECK(network == before);
  CHECK_NOTHROW(trainer.step(x, fine));
}

TEST_CASE("of outputs that have losses of their own nothing is right or wrong of them all") {
  nn::Sequential<float> network(nn::Input{2}, nn::Dense{3});
  const OutputLosses loss{OutputLoss{nn::SoftmaxCrossEntropy{}, 2}, OutputLoss{nn::SigmoidBinaryCrossEntropy{}, 1}};
  const nn::Dataset data(test::drawn<float>(2, 4, 1), nn::Matrix<float>{{1, 0, 0, 1}, {0, 1, 1, 0}, {0, 0, 0, 0}});
  CHECK(std::isnan(nn::evaluate(network, loss, data).accuracy));
}
