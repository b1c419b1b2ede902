// SPDX-License-Identifier: MIT
// Inputs, targets and labels that a network learns little from are told.
#include <nn/training/diagnosis/diagnose_data.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::diagnosis_of, test::sentence_of, test::three_classes;

TEST_CASE("labels that do not match the output") {
  test::SmallClassifier network;
  const nn::Matrix<double> x = test::drawn<double>(6, 50, 1);
  CHECK(diagnosis_of(network, nn::Dataset(x, std::vector<int>(50, 2))).has(Illness::unfitting_labels));
  std::vector<int> from_one;
  for (int i = 0; i < 50; ++i) from_one.push_back(1 + i % 2);
  CHECK(sentence_of(diagnosis_of(network, nn::Dataset(x, from_one)), Illness::unfitting_labels) ==
        "Class 0 of 3 never occurs among the labels; check whether they count from 0 and how many classes there are.");
}

TEST_CASE("inputs that are not scaled") {
  test::SmallClassifier network;
  CHECK(diagnosis_of(network, three_classes(255)).has(Illness::unscaled_inputs));
  CHECK(diagnosis_of(network, three_classes(1e-6)).has(Illness::unscaled_inputs));
}

TEST_CASE("inputs that the network normalizes itself are not asked for again") {
  nn::Network<nn::Input<6>, nn::Normalize, nn::Dense<16>, nn::ReLU, nn::Dense<3>, nn::Softmax> network;
  nn::Network<nn::Input<6>, nn::BatchNorm, nn::Dense<3>, nn::Softmax> batch_norm;
  const nn::Dataset raw = three_classes(255);
  CHECK(diagnosis_of(network, raw).has(Illness::unscaled_inputs));
  nn::set_normalization(network, nn::Standardize::fit(raw));
  CHECK_FALSE(diagnosis_of(network, raw).has(Illness::unscaled_inputs));
  CHECK_FALSE(diagnosis_of(batch_norm, raw).has(Illness::unscaled_inputs));
}

TEST_CASE("inputs are looked at where the first weights are, behind layers of other kinds and inside of containers") {
  using nn::Chain, nn::Concat, nn::Dense, nn::Flatten, nn::Identity, nn::Normalize;
  const nn::Dataset raw = three_classes(255);
  const auto is_asked_for = [&](const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, layers..., nn::Softmax{});
    const std::string before = sentence_of(diagnosis_of(network, raw), Illness::unscaled_inputs);
    CHECK(before.find("nn::set_normalization(") != std::string::npos);
    nn::set_normalization(network, nn::Standardize::fit(raw));
    return diagnosis_of(network, raw).has(Illness::unscaled_inputs);
  };
  CHECK_FALSE(is_asked_for(Flatten{}, Normalize{}, Dense{3}));
  CHECK_FALSE(is_asked_for(nn::Reshape{2, 3, 1}, Flatten{}, nn::Dropout{0.5}, Normalize{}, Identity{}, Dense{3}));
  CHECK_FALSE(is_asked_for(Chain(Flatten{}, Normalize{}), Dense{3}));
  CHECK_FALSE(is_asked_for(Chain(Identity{}, Chain(Normalize{}, Identity{}), Dense{3})));
  CHECK_FALSE(is_asked_for(Normalize{}, Concat(Chain(Identity{}, Dense{2}), Dense{1})));

  const auto has_unscaled = [&](const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, layers...);
    return diagnosis_of(network, raw).has(Illness::unscaled_inputs);
  };
  CHECK(has_unscaled(Dense{4}, nn::BatchNorm{}, Dense{3}, nn::Softmax{}));
  CHECK(has_unscaled(Concat(nn::Tanh{}, Chain(Identity{}, Dense{3})), Dense{3}, nn::Softmax{}));  // a branch sees x
  CHECK_FALSE(has_unscaled(Flatten{}, nn::LayerNorm{}, Dense{3}, nn::Softmax{}));
  CHECK_FALSE(has_unscaled(nn::BatchNorm{}, nn::Residual(Identity{}, Dense{6}), Dense{3}, nn::Softmax{}));
}

TEST_CASE("numbers as targets that are not scaled, as prices in dollars") {
  nn::Network<nn::Input<6>, nn::Dense<1>> network;
  const nn::Matrix<double> x = test::drawn<double>(6, 200, 1);
  const auto scaled_by = [&](double factor) { return nn::Dataset(x, nn::Matrix<double>(factor * x.row(0))); };
  const auto diagnosis = diagnosis_of(network, scaled_by(180'000), nn::MeanSquaredError{});
  CHECK(diagnosis.has(Illness::unscaled_targets));
  CHECK_FALSE(diagnosis.has(Illness::unscaled_inputs));
  CHECK(diagnosis_of(network, scaled_by(1e-4), nn::Huber{}).has(Illness::unscaled_targets));
  CHECK_FALSE(diagnosis_of(network, scaled_by(10), nn::MeanSquaredError{}).has(Illness::unscaled_targets));
  CHECK_FALSE(diagnosis_of(network, scaled_by(0), nn::MeanSquaredError{}).has(Illness::unscaled_targets));
}

TEST_CASE("large targets are asked to be scaled by Denormalize, until that is told by what") {
  nn::Sequential<float> network(nn::Input{6}, nn::Dense{8}, nn::Tanh{}, nn::Dense{1});
  const nn::Dataset prices(test::drawn<double>(6, 50, 1), test::drawn<double>(1, 50, 2, 100000, 300000));
  const auto advice = [&](const nn::Dataset& data) {
    const std::string said =
        sentence_of(diagnosis_of(network, data, nn::MeanSquaredError{}), Illness::unscaled_targets);
    const std::size_t semicolon = said.find("; ");
    return semicolon == std::string::npos ? said : said.substr(semicolon + 2);
  };
  CHECK(advice(prices) ==
        "scale them to about -1..1: let the network end in nn::Denormalize, and call nn::set_normalization(network, "
        "data); predictions are then in the targets' units.");
  network.add(nn::Denormalize{});
  CHECK(advice(prices) ==
        "scale them to about -1..1: call nn::set_normalization(network, data); predictions are then in the targets' "
        "units.");
  nn::set_normalization(network, prices);
  CHECK(advice(prices) == "");
  CHECK(advice(prices.with_targets(nn::Matrix<double>(1000 * prices.targets<double>()))) != "");  // of other data
}

// The only way to have the text of a remedy both compiled and compared with what the doctor prints.
#define REMEDY(...) (static_cast<void>([&] { return __VA_ARGS__; }), std::string(#__VA_ARGS__))

TEST_CASE("the remedies that are code compile as they are printed") {
  nn::Network<nn::Input<6>, nn::Normalize, nn::Dense<2>> network;
  const nn::Dataset data(nn::Matrix<double>(1000 * test::drawn<double>(6, 50, 1)),
                         nn::Matrix<double>::Constant(2, 50, 500));
  const auto says = [](const nn::Diagnosis& diagnosis, Illness illness, const std::string& code) {
    CAPTURE(code, sentence_of(diagnosis, illness));
    CHECK(sentence_of(diagnosis, illness).find(code) != std::string::npos);
  };
  const auto of_normalized = diagnosis_of(network, data, nn::MeanSquaredError{});
  says(of_normalized, Illness::unscaled_inputs, REMEDY(nn::set_normalization(network, nn::Standardize::fit(data))));
  says(of_normalized, Illness::unscaled_targets, REMEDY(nn::set_normalization(network, data)));
  nn::Network<nn::Input<6>, nn::Dense<2>> plain;
  plain.parameters().setConstant(0.5F);
  const auto of_plain = diagnosis_of(plain, data, nn::MeanSquaredError{});
  says(of_plain, Illness::unscaled_inputs, REMEDY(nn::Standardize::fit(data).apply(data)));
  says(of_plain, Illness::equal_weights, REMEDY(network.initialize(nn::Random{1})));
}

#undef REMEDY

TEST_CASE("classes badly unbalanced") {
  test::SmallClassifier network;
  std::vector<int> labels(200, 0);
  for (std::size_t i = 0; i < 10; ++i) labels[i] = 1;
  for (std::size_t i = 10; i < 100; ++i) labels[i] = 2;
  const auto diagnosis = diagnosis_of(network, nn::Dataset(test::drawn<double>(6, 200, 1), labels));
  CHECK(sentence_of(diagnosis, Illness::unbalanced_classes) ==
        "Class 0 has 100 samples, class 1 only 10; weight the classes (nn::ClassWeighted), or show the rare ones more "
        "often.");
}

TEST_CASE("classes are unbalanced where one has ten times as many samples as another") {
  const auto with = [](std::size_t many) {
    std::vector<int> labels(many, 0);
    labels.insert(labels.end(), 10, 1);
    const nn::Matrix<double> x = test::drawn<double>(1, nn::Index(labels.size()), 1);
    nn::detail::Findings findings;
    nn::detail::diagnose_labels(nn::Dataset{x, labels}, findings);
    return test::illnesses_of(findings);
  };
  CHECK(with(100) == test::Illnesses{Illness::unbalanced_classes});
  CHECK(with(99).empty());
}
