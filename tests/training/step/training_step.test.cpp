// SPDX-License-Identifier: MIT
#include <nn/training/step/training_step.hpp>

#include <limits>
#include <vector>

#include <nn/training.hpp>

#include "../../catch.hpp"
#include "../../distributed/thread_group.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;

namespace {

using Line = nn::Network<double, nn::Input<1>, nn::Dense<1>>;

// y = w x + b
Line line(double w, double b) {
  Line network;
  network.parameters() << w, b;
  return network;
}

nn::ConstMatrixView<double> row(const std::vector<double>& numbers) {
  return {numbers.data(), 1, static_cast<nn::Index>(numbers.size())};
}

}  // namespace

TEST_CASE("a step worked out by hand") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  // y = 7, its target 5: the loss is 4, and dy = 4
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network.parameters()[0] == 2 - 0.1 * 12);
  CHECK(network.parameters()[1] == 1 - 0.1 * 4);
  CHECK(step.step_count() == 1);
  CHECK(step.pass_count() == 1);
}

TEST_CASE("the loss of a batch is the mean, and weights multiply it") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  const std::vector<double> weights{1, 0};
  // losses 4 and 1, of which the second does not count; the mean is one over both
  CHECK(step(row({3, 0}), row({5, 0}), weights) == 2);
  CHECK(network.parameters()[0] == 2 - 0.1 * 6);
}

TEST_CASE("gradients that are added up make one step, and may be forgotten") {
  Line network = line(2, 1);
  const Line before = network;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  step.accumulate_over(2);
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network == before);
  CHECK(step.accumulated() == 1);
  step.forget_accumulated();
  CHECK(step(row({3}), row({5}), {}) == 4);
  CHECK(network == before);
  CHECK(step(row({3}), row({7}), {}) == 0);
  CHECK(network.parameters()[0] == 2 - 0.1 * 6);
  CHECK(step.accumulated() == 0);
  CHECK(step.step_count() == 1);
  CHECK(step.pass_count() == 3);
}

TEST_CASE("a step from the gradient of the outputs") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  const std::vector<double> dy{4, 0};
  step.with_output_gradient(row({3, 1}), dy.data());
  CHECK(network.parameters()[0] == 2 - 0.1 * 12);
  CHECK(network.parameters()[1] == 1 - 0.1 * 4);
}

TEST_CASE("the loss of sequences of different lengths is their mean") {
  // y = x at the last step: 2 and 4, whose targets are 0.
  nn::Network<double, nn::Sequence<1>, nn::LastStep, nn::Dense<1>> network;
  network.parameters() << 1, 0;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 1.0 / 32}, nn::TrainerOptions{}};
  const nn::Matrix<double> x{{2, 1}, {0, 4}};
  const std::vector<nn::Index> lengths{1, 2};
  CHECK(step({x.data(), 2, 2}, row({0, 0}), {}, lengths) == (4 + 16) / 2);
  CHECK(network.parameters()[0] == 1 - (2 * 2 * 2 + 2 * 4 * 4) / 64.0);
  CHECK(network.parameters()[1] == 0 - (2 * 2 + 2 * 4) / 64.0);
}

TEST_CASE("l2 pulls at the weights of every layer") {
  // y = 3 (2 x + 0) + 0 is 0 for x = 0, as its target: nothing else has a gradient.
  nn::Network<double, nn::Input<1>, nn::Dense<1>, nn::Dense<1>> network;
  network.parameters() << 2, 0, 3, 0;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.5}, nn::TrainerOptions{.l2 = 0.5}};
  CHECK(step(row({0}), row({0}), {}) == 0);
  CHECK(network.parameters() == nn::Vector<double>{{1.5, 0, 2.25, 0}});
}

TEST_CASE("a limit of the gradient that is never reached changes no step, also of a layer that threads cannot share") {
  const auto after_two_steps = [](double clip_norm) {
    nn::Network<double, nn::Input<1>, nn::BatchNorm, nn::Dense<1>> network;
    nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1},
                          nn::TrainerOptions{.clip_norm = clip_norm}};
    for (int i = 0; i < 2; ++i) step(row({1, 2, 4}), row({3, -1, 0}), {});
    return nn::Vector<double>(network.parameters());
  };
  CHECK(after_two_steps(1000).isApprox(after_two_steps(0), 1e-12));
}

TEST_CASE("processes make the step of one, also where layers without parameters stand before those with some") {
  const nn::Matrix<double> x = test::drawn<double>(3, 5, 1), t = test::drawn<double>(2, 5, 2);
  const auto after_a_step = [&](const nn::TrainerOptions& options) {
    nn::Network<double, nn::Input<3>, nn::Tanh, nn::Dense<4>, nn::ReLU, nn::Dense<2>> network;
    nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, options};
    step({x.data(), 3, 5}, {t.data(), 2, 5}, {});
    return nn::Vector<double>(network.parameters());
  };
  const nn::Vector<double> alone = after_a_step({});
  std::vector<nn::Vector<double>> results(2);
  const auto sentences = test::on_processes(2, [&](nn::ProcessGroup& group) {
    results[static_cast<std::size_t>(group.rank())] = after_a_step({.group = group});
  });
  CHECK(sentences == std::vector<std::string>(2));
  for (const nn::Vector<double>& result : results) CHECK(result == alone);
}

TEST_CASE("a step that cannot be made changes nothing") {
  Line network = line(2, 1);
  const Line before = network;
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.1}, nn::TrainerOptions{}};
  CHECK_THROWS_MATCHES(step(row({std::numeric_limits<double>::infinity()}), row({5}), {}), nn::data_error,
                       Message("step: feature 0 of sample 0 is inf; replace it by a finite number"));
  CHECK(network == before);
  CHECK(step.step_count() == 0);
  CHECK_THROWS_AS(
      (nn::TrainingStep{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = -1}, nn::TrainerOptions{}}),
      nn::data_error);
}

TEST_CASE("what the next update depends on is visited by name, the optimizer's options among it") {
  Line network = line(2, 1);
  nn::TrainingStep step{network, nn::MeanSquaredError{}, nn::SGD{}, nn::TrainerOptions{}};
  std::vector<std::string> names;
  const auto visit = [&](std::string_view name, const auto&, const auto& problem) {
    names.emplace_back(name);
    CHECK(std::string(problem()).empty());
  };
  decltype(step)::for_each_field(step, visit, network.parameters(), network.state());
  CHECK(names == std::vector<std::string>{"step count", "pass count", "parameters", "state", "optimizer.learning_rate",
                                          "optimizer.momentum", "optimizer.weight_decay", "optimizer.nesterov",
                                          "optimizer.dampening", "optimizer state", "gradient", "accumulated",
                                          "average"});
}

namespace {

// Takes double, and refuses float, in the constructor and when the option is changed between two steps.
template <class Optimizer>
void check_number_type(double Optimizer::*option, double value) {
  Optimizer optimizer{};
  if constexpr (requires { optimizer.nesterov; }) optimizer.momentum = 0.5;
  const nn::Matrix<float> x{{1, 2}, {0, 0}}, t{{1, 1}};
  nn::Network<float, nn::Input<2>, nn::Dense<1>> network;
  const auto before = network;
  nn::Trainer trainer{network, nn::MeanSquaredError{}, optimizer};
  trainer.optimizer().*option = value;
  CAPTURE(Optimizer::name(), value);
  CHECK_THROWS_AS(trainer.step(x, t), nn::data_error);
  CHECK(network == before);
  CHECK(trainer.step_count() == 0);
  optimizer.*option = value;
  CHECK_NOTHROW(optimizer.validate());
  CHECK_NOTHROW(optimizer.template validate<double>());
  CHECK_THROWS_AS((nn::Trainer{network, nn::MeanSquaredError{}, optimizer}), nn::data_error);
}

}  // namespace

TEMPLATE_TEST_CASE("what is 0, 1 or infinite in the network's number type is no learning rate, decay or momentum", "",
                   nn::SGD, nn::Adam, nn::AdamW, nn::Adamax, nn::NAdam, nn::RMSProp, nn::Adagrad, nn::Lion) {
  for (const double number : {1e-50, 1e39}) {
    check_number_type(&TestType::learning_rate, number);
    check_number_type(&TestType::weight_decay, number);
  }
  if constexpr (requires(TestType optimizer) { optimizer.epsilon; })
    for (const double number : {1e-50, 1e39}) check_number_type(&TestType::epsilon, number);
  if constexpr (requires(TestType optimizer) { optimizer.beta1; })
    for (const double number : {1e-50, 1 - 1e-12}) {
      check_number_type(&TestType::beta1, number);
      check_number_type(&TestType::beta2, number);
    }
  if constexpr (requires(TestType optimizer) { optimizer.momentum; })
    for (const double number : {1e-50, 1 - 1e-12}) check_number_type(&TestType::momentum, number);
  if constexpr (requires(TestType optimizer) { optimizer.dampening; })
    check_number_type(&TestType::dampening, 1 - 1e-12);
  if constexpr (requires(TestType optimizer) { optimizer.smoothing; })
    check_number_type(&TestType::smoothing, 1 - 1e-12);
  if constexpr (requires(TestType optimizer) { optimizer.initial_sum; }) {
    check_number_type(&TestType::initial_sum, 1e39);
    check_number_type(&TestType::learning_rate_decay, 1e39);
  }
  if constexpr (requires(TestType optimizer) { optimizer.momentum_decay; })
    check_number_type(&TestType::momentum_decay, 1e39);
}

TEST_CASE("the sentence of an option that the number type cannot hold names it, and what it becomes") {
  nn::Network<float, nn::Input<2>, nn::Dense<1>> network;
  CHECK_THROWS_MATCHES((nn::Trainer{network, nn::MeanSquaredError{}, nn::Adam{.epsilon = 1e-50}}), nn::data_error,
                       Message("Adam: epsilon of 1e-50 is 0 in the network's number type; use one that it can tell "
                               "from 0"));
  CHECK_THROWS_MATCHES((nn::Trainer{network, nn::MeanSquaredError{}, nn::SGD{.weight_decay = 1e39}}), nn::data_error,
                       Message("SGD: weight decay of 1e+39 is inf in the network's number type; use one that it can "
                               "tell from inf"));
}

TEST_CASE("the options of a loss are looked at in the network's number type, too, when it is evaluated as well") {
  const nn::Matrix<float> x{{1, 2}, {0, 0}};
  const auto check = [&](const auto& loss, const auto& network_of) {
    auto network = network_of(float());
    auto precise = network_of(double());
    CHECK_NOTHROW(nn::Trainer{precise, loss, nn::SGD{}});
    CHECK_THROWS_AS((nn::Trainer{network, loss, nn::SGD{}}), nn::data_error);
    const nn::Dataset data(x, nn::Matrix<float>::Constant(network.output_shape().size(), 2, 0.5F).eval());
    CHECK_NOTHROW(nn::evaluate(precise, loss, data));
    CHECK_THROWS_AS(nn::evaluate(network, loss, data), nn::data_error);
    CHECK_THROWS_AS(nn::fit_full_batch(network, loss, nn::LBFGS{}, data), nn::data_error);
  };
  const auto line = []<class T>(T) { return nn::Network<T, nn::Input<2>, nn::Dense<1>>(); };
  const auto classes = []<class T>(T) { return nn::Network<T, nn::Input<2>, nn::Dense<2>, nn::Softmax>(); };
  const auto logits = []<class T>(T) { return nn::Network<T, nn::Input<2>, nn::Dense<2>>(); };
  for (const double number : {1e-50, 1e39}) {
    check(nn::Huber{.delta = number}, line);
    check(nn::Focal{.alpha = number}, classes);
    check(nn::Focal{.gamma = number}, classes);
    check(nn::SoftmaxFocal{.alpha = number}, logits);
    check(nn::ClassWeighted{nn::CrossEntropy{}, {1, number}}, classes);
    check(nn::ClassWeighted{nn::Focal{.alpha = number}, {1, 1}}, classes);
  }
  check(nn::CrossEntropy{.label_smoothing = 1e-50}, classes);
  check(nn::SoftmaxCrossEntropy{.label_smoothing = 1e-50}, logits);
}
