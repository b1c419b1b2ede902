// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/evaluate.hpp>

#include <cmath>
#include <utility>
#include <vector>

#include <nn/activations/identity.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/softmax.hpp>
#include <nn/layers/concat.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/losses/hinge.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/networks/network.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;

namespace {
using M = nn::Matrix<double>;
}

TEST_CASE("evaluate gives the known loss and accuracy") {
  // The network gives what it gets. Squared errors (0 + 1) / 2, (4 + 0) / 2, 0: mean 2.5 / 3. Largest output where the
  // largest target is: yes, no, yes.
  const nn::Sequential<double> network(nn::Input{2});
  const nn::Dataset data(M{{1, 2, 0}, {1, 1, 1}}, M{{1, 0, 0}, {0, 1, 1}});
  const auto result = nn::evaluate(network, nn::MeanSquaredError{}, data, {.keep_losses = true});
  CHECK(result.loss == Approx(2.5 / 3).epsilon(1e-15));
  CHECK(result.accuracy == Approx(2.0 / 3).epsilon(1e-15));
  CHECK(result.samples == 3);
  CHECK(result.losses == std::vector<double>{0.5, 2, 0});
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, data).losses.empty());
}

TEST_CASE("several labels per sample are right or wrong one by one") {
  // Inputs as outputs: of 6 labels the fourth is wrong at one half, though no largest output but the first is right.
  const nn::Sequential<double> labels(nn::Input{3}), sigmoid(nn::Input{3}, nn::Sigmoid{});
  const M t{{1, 0}, {1, 1}, {0, 1}};
  CHECK(nn::evaluate(labels, nn::BinaryCrossEntropy{}, nn::Dataset(M{{0.75, 0.75}, {0.875, 0.625}, {0.25, 0.875}}, t))
            .accuracy == Approx(5.0 / 6).epsilon(1e-15));
  // As logits, with 0 as the border, before and behind a Sigmoid.
  const nn::Dataset logits(M{{0.25, 0.25}, {3, 0.125}, {-0.5, 7}}, t);
  CHECK(nn::evaluate(labels, nn::SigmoidBinaryCrossEntropy{}, logits).accuracy == Approx(5.0 / 6).epsilon(1e-15));
  CHECK(nn::evaluate(sigmoid, nn::BinaryCrossEntropy{}, logits).accuracy == Approx(5.0 / 6).epsilon(1e-15));
  CHECK(nn::evaluate(sigmoid, nn::MeanSquaredError{}, logits).accuracy == Approx(5.0 / 6).epsilon(1e-15));
  // Targets of -1 and 1.
  const nn::Dataset signs(logits.inputs<double>(), M((2 * t).array() - 1));
  CHECK(nn::evaluate(labels, nn::Hinge{}, signs).accuracy == Approx(5.0 / 6).epsilon(1e-15));
  CHECK(nn::evaluate(labels, nn::MeanSquaredError{}, signs).accuracy == Approx(5.0 / 6).epsilon(1e-15));
}

TEST_CASE("where nothing is right or wrong, the accuracy is NaN") {
  const nn::Sequential<double> one(nn::Input{1}), three(nn::Input{3}),
      heads(nn::Input{3}, nn::Concat{nn::Identity{}, nn::Identity{}});
  const M x{{0.25, 0.5}, {0.5, 0.25}, {0.25, 0.25}};
  const auto accuracy = [&](const auto& network, const auto& loss, const M& t) {
    const nn::Evaluation result =
        nn::evaluate(network, loss, nn::Dataset(M(x.topRows(network.input_shape().size())), t));
    CHECK(std::isfinite(result.loss));
    return result.accuracy;
  };
  CHECK(std::isnan(accuracy(one, nn::MeanSquaredError{}, M{{180'000, 175'000}})));
  CHECK(std::isnan(accuracy(three, nn::MeanSquaredError{}, x)) == false);  // shares that sum to 1 are of one class
  CHECK(std::isnan(accuracy(three, nn::MeanSquaredError{}, M(2 * x))));
  // Two heads: a class of two and one of one more, told by one loss.
  const M classes{{1, 0}, {0, 1}, {1, 1}};
  CHECK(std::isnan(accuracy(three, nn::CrossEntropy{}, classes)));
  M twice(6, 2);
  twice << x, 1, 0, 0, 1, 0, 0;
  CHECK(std::isnan(accuracy(heads, nn::MeanSquaredError{}, twice)));
}

TEST_CASE("evaluate reads labels as classes") {
  const nn::Sequential<double> network(nn::Input{3}, nn::Softmax{});
  const nn::Dataset data(M{{2, 0, 0, 0}, {0, 1, 0, 1}, {1, 0, 5, 3}}, std::vector<int>{0, 1, 2, 1});
  const auto result = nn::evaluate(network, nn::CrossEntropy{}, data, {.keep_losses = true});
  CHECK(result.accuracy == 0.75);
  // The last: log(e^0 + e^1 + e^3) - 1.
  CHECK(result.losses[3] == Approx(std::log(1 + std::exp(1.0) + std::exp(3.0)) - 1).epsilon(1e-14));
}

TEST_CASE("with a single output, one half is the border of a probability and 0 that of a logit") {
  const nn::Dataset data(M{{0.25, -0.25, 0.75, 2}}, std::vector<int>{1, 0, 1, 0});
  const nn::Sequential<double> network(nn::Input{1});
  // As numbers: 0.25 no, -0.25 no, 0.75 yes, 2 yes, so samples 1 and 2 are right.
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, data).accuracy == 0.5);
  // As logits: yes, no, yes, yes.
  CHECK(nn::evaluate(network, nn::SigmoidBinaryCrossEntropy{}, data).accuracy == 0.75);
  // The same through a Sigmoid, which is taken in by the loss.
  const nn::Sequential<double> sigmoid(nn::Input{1}, nn::Sigmoid{});
  CHECK(nn::evaluate(sigmoid, nn::BinaryCrossEntropy{}, data).accuracy == 0.75);
  CHECK(nn::evaluate(sigmoid, nn::MeanSquaredError{}, data).accuracy == 0.75);
  CHECK(nn::evaluate(sigmoid, nn::BinaryCrossEntropy{}, data).loss ==
        Approx(nn::evaluate(network, nn::SigmoidBinaryCrossEntropy{}, data).loss).epsilon(1e-15));
}

TEST_CASE("the batch size does not change the meaning, and the last batch may be smaller") {
  const nn::Sequential<float> network(nn::Input{5}, nn::Dense{4}, nn::Softmax{});
  std::vector<int> labels(23);
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<int>(i % 4);
  const nn::Dataset data(test::drawn<float>(5, 23, 1), labels);
  const auto whole = nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 23, .keep_losses = true});
  for (const nn::Index batch_size : {1, 2, 7, 22, 1000}) {
    CAPTURE(batch_size);
    const auto result =
        nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = batch_size, .keep_losses = true});
    CHECK(result.accuracy == whole.accuracy);
    CHECK(result.loss == Approx(whole.loss).epsilon(1e-6));
    REQUIRE(result.losses.size() == 23);
    for (std::size_t i = 0; i < 23; ++i) CHECK(result.losses[i] == Approx(whole.losses[i]).epsilon(1e-5));
  }
  CHECK(whole.accuracy > 0);
  CHECK(whole.accuracy < 1);
}

TEST_CASE("evaluate with more threads gives the same bits") {
  const nn::Sequential<float> network(nn::Input{5}, nn::Dense{4}, nn::Softmax{});
  const nn::Dataset data(test::drawn<float>(5, 40, 1), std::vector<int>(40, 2));
  const auto one = nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 8, .keep_losses = true});
  for (const nn::Index threads : {2, 3}) {
    const auto many =
        nn::evaluate(network, nn::CrossEntropy{}, data, {.batch_size = 8, .keep_losses = true, .threads = threads});
    CHECK(many.loss == one.loss);
    CHECK(many.losses == one.losses);
  }
  CHECK_THROWS_AS(nn::evaluate(network, nn::CrossEntropy{}, data, {.threads = 0}), nn::data_error);
}

TEST_CASE("evaluate does not hide NaN") {
  nn::Sequential<double> network(nn::Input{2}, nn::Dense{2});
  network.parameters()[0] = test::not_a_number<double>;
  const nn::Dataset data(M{{1, 2}, {1, 2}}, M{{1, 2}, {1, 2}});
  CHECK(std::isnan(nn::evaluate(network, nn::MeanSquaredError{}, data).loss));
}

TEST_CASE("evaluate refuses what does not fit") {
  const nn::Sequential<double> network(nn::Input{2}, nn::Dense{3}), single(nn::Input{2}, nn::Dense{1});
  const nn::MeanSquaredError loss;
  const nn::Dataset data(M::Zero(2, 4), std::vector<int>{0, 1, 2, 0});
  CHECK_NOTHROW(nn::evaluate(network, loss, data));
  CHECK_THROWS_MATCHES(nn::evaluate(network, loss, data, {.batch_size = 0}), nn::data_error,
                       Message("evaluate: the batch size must be at least 1, got 0; 256 is the default"));
  CHECK_THROWS_MATCHES(
      nn::evaluate(network, loss, nn::Dataset(M::Zero(5, 1), std::vector<int>{0})), nn::shape_error,
      Message("evaluate: a sample of 5 features does not fit the network's input of 2; give features x "
              "samples, one column each"));
  CHECK_THROWS_MATCHES(nn::evaluate(network, loss, nn::Dataset(M::Zero(2, 1), std::vector<int>{3})), nn::shape_error,
                       Message("evaluate: the data set has 4 classes, but the network has 3 outputs; end it in "
                               "Dense<4>"));
  CHECK_THROWS_MATCHES(nn::evaluate(network, loss, nn::Dataset(M::Zero(2, 1), M::Zero(2, 1))), nn::shape_error,
                       Message("evaluate: the data set has 2 targets per sample, but the network has 3 outputs; end it "
                               "in Dense<2>"));
  CHECK_NOTHROW(nn::evaluate(single, loss, nn::Dataset(M::Zero(2, 2), std::vector<int>{0, 1})));
  CHECK_THROWS_AS(nn::evaluate(single, loss, data), nn::shape_error);
}

TEST_CASE("evaluate refuses a loss whose options make no sense") {
  const nn::Sequential<double> network(nn::Input{2}, nn::Softmax{});
  const nn::Dataset data(M{{1}, {2}}, std::vector<int>{1});
  CHECK_NOTHROW(nn::evaluate(network, nn::CrossEntropy{.label_smoothing = 0.1}, data));
  CHECK_THROWS_AS(nn::evaluate(network, nn::CrossEntropy{.label_smoothing = 2}, data), nn::data_error);
}

TEST_CASE("evaluate that is told nothing takes 256 samples at a time in one thread and keeps no losses") {
  const nn::EvaluateOptions options;
  CHECK(options.batch_size == 256);
  CHECK_FALSE(options.keep_losses);
  CHECK(options.threads == 1);
}

TEST_CASE("a data set that was moved from is not evaluated") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  nn::Dataset data(nn::Matrix<float>{{1, 2, 3}}, nn::Matrix<float>{{1, 2, 3}});
  const nn::Dataset moved = std::move(data);
  CHECK_THROWS_WITH(nn::evaluate(network, nn::MeanSquaredError{}, data),
                    "evaluate: the data set was moved from; assign one to it first");
  CHECK(nn::evaluate(network, nn::MeanSquaredError{}, moved).samples == 3);
}
