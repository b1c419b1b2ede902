// SPDX-License-Identifier: MIT
#include <nn/training/evaluation/cross_validate.hpp>

#include <cmath>
#include <sstream>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using Catch::Matchers::Message;
using nn::Index;

namespace {

nn::Dataset inside_a_circle() {
  const nn::Matrix<float> x = test::drawn<float>(2, 90, 3, 4, 6);
  std::vector<int> labels;
  for (Index i = 0; i < x.cols(); ++i) labels.push_back((x.col(i).array() - 5.0f).matrix().norm() < 0.7f ? 1 : 0);
  return {x, labels};
}

nn::Sequential<float> circle_network(Index units = 8) {
  return nn::Sequential<float>{nn::Input{2}, nn::Normalize{}, nn::Dense{units},
                               nn::Tanh{},   nn::Dense{2},    nn::Softmax{}};
}

}  // namespace

TEST_CASE("cross_validate is training and evaluating on each fold, early stopping and scaling within") {
  const nn::Dataset data = inside_a_circle();
  const nn::Sequential<float> network = circle_network();
  const nn::FitOptions fit{.epochs = 120, .batch_size = 8, .validation_share = 0.2, .patience = 10};
  const nn::FoldOptions split{.folds = 4, .stratified = true};
  const nn::Adam adam{.learning_rate = 0.05};
  const auto result = nn::cross_validate(network, nn::CrossEntropy{}, adam, data,
                                         {.split = split, .random = nn::Random(9), .fit = fit});
  REQUIRE(result.folds.size() == 4);
  CHECK(network == circle_network());

  const std::vector<nn::Fold> folds = nn::k_fold(data, split, nn::Random(9));
  double losses = 0, accuracies = 0;
  bool has_stopped = false;
  for (std::size_t i = 0; i < 4; ++i) {
    nn::Sequential<float> copy = network;
    nn::set_normalization(copy, nn::Standardize::fit(folds[i].train));
    nn::Trainer trainer{copy, nn::CrossEntropy{}, adam};
    const nn::History history = trainer.fit(folds[i].train, fit);
    const nn::Evaluation evaluation = nn::evaluate(copy, nn::CrossEntropy{}, folds[i].validation);
    const auto& fold = result.folds[i];
    CHECK(fold.network == copy);
    CHECK(fold.history.epochs.size() == history.epochs.size());
    CHECK(fold.evaluation.loss == evaluation.loss);
    CHECK(fold.evaluation.accuracy == evaluation.accuracy);
    CHECK(fold.samples.train == folds[i].samples.train);
    CHECK(fold.samples.validation == folds[i].samples.validation);
    has_stopped = has_stopped || history.ending == nn::Ending::no_improvement;
    losses += evaluation.loss;
    accuracies += evaluation.accuracy;
  }
  CHECK(has_stopped);
  CHECK(result.loss().mean == Approx(losses / 4));
  CHECK(result.accuracy().mean == Approx(accuracies / 4));
  CHECK(result.accuracy().mean > 0.75);
}

TEST_CASE("The spread of folds is that of a sample") {
  nn::CrossValidation<int> result;  // no network is asked for it
  for (const double accuracy : {0.5, 0.75, 1.0})
    result.folds.push_back(
        {0, {}, {.loss = 2 * accuracy, .accuracy = accuracy, .samples = 4, .losses = {}}, {{1}, {}}});
  CHECK(result.accuracy().mean == Approx(0.75));
  CHECK(result.accuracy().deviation == Approx(0.25));  // sqrt((0.0625 + 0 + 0.0625) / 2)
  CHECK(result.loss().deviation == Approx(0.5));
  std::ostringstream text;
  text << result;
  CHECK(text.str() ==
        "        fold        loss    accuracy  trained on      epochs\n"
        "           1      1.0000      0.5000           1           0\n"
        "           2      1.5000      0.7500           1           0\n"
        "           3      2.0000      1.0000           1           0\n"
        "        mean      1.5000      0.7500\n"
        "   deviation      0.5000      0.2500\n");
}

TEST_CASE("search can judge a trial by cross-validation") {
  const nn::Dataset data = inside_a_circle();
  const auto loss = [&](const nn::Trial& trial) {
    const nn::CrossValidationOptions options{.split = {.folds = 3}, .fit = {.epochs = 30, .batch_size = 8}};
    return nn::cross_validate(circle_network(static_cast<Index>(trial["units"])), nn::CrossEntropy{},
                              nn::Adam{.learning_rate = trial["rate"]}, data, options)
        .loss()
        .mean;
  };
  const auto trials = nn::search({{"units", 1, 12, nn::Scale::whole}, {"rate", 1e-5, 0.1, nn::Scale::logarithmic}},
                                 loss, {.trials = 4});
  CHECK(trials.front().loss == loss(trials.front()));
  CHECK(trials.front().loss < trials.back().loss);
  CHECK(trials.front()["rate"] > trials.back()["rate"]);
}

TEST_CASE("cross_validate leaves scales alone where it is told so, and takes no validation set for all folds") {
  const nn::Dataset data = inside_a_circle();
  const auto run = [&](const nn::CrossValidationOptions& options) {
    return nn::cross_validate(circle_network(), nn::CrossEntropy{}, nn::Adam{}, data, options);
  };
  CHECK(run({.standardize = false}).folds[0].network.tensor("0.offset").isZero());
  CHECK_FALSE(run({}).folds[0].network.tensor("0.offset").isZero());
  CHECK_THROWS_MATCHES(run({.fit = {.validation = &data}}), nn::data_error,
                       Message("cross_validate: one validation set would be the same for all folds; give fit a "
                               "validation_share, which is taken from what each fold trains on"));
}
