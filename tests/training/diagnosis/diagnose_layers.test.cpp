// SPDX-License-Identifier: MIT
// Layers are told by number and name: dead, at their ends, all alike, not finite, or with too small or large a
// gradient.
#include <nn/training/diagnosis/diagnose_layers.hpp>

#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "diagnosed.hpp"

using nn::Illness;
using test::diagnosis_of, test::found, test::sentence_of, test::three_classes;

namespace {

// Units of five, in as many samples as there are numbers: the first `count` units have these, the others none that
// count.
test::Illnesses of_units(std::string_view name, nn::Index count, const std::vector<double>& numbers) {
  nn::Matrix<double> y(5, static_cast<nn::Index>(numbers.size()));
  for (nn::Index sample = 0; sample < y.cols(); ++sample)
    for (nn::Index unit = 0; unit < 5; ++unit)
      y(unit, sample) = unit < count ? numbers[static_cast<std::size_t>(sample)] : 0.25;
  nn::detail::Findings findings;
  nn::detail::diagnose_units<double>(name, 1, nn::ConstMatrixView<double>(y.data(), y.rows(), y.cols()), findings);
  return test::illnesses_of(findings);
}

}  // namespace

TEST_CASE("dead units are counted and named") {
  test::SmallClassifier network;
  network.bias<0>().head(12).setConstant(-100);
  const nn::Diagnosis diagnosis = diagnosis_of(network, three_classes());
  CHECK(sentence_of(diagnosis, Illness::dead_units) ==
        "Layer 2 (ReLU): 12 of 16 units (75 %) are 0 for all of 256 samples and cannot learn; lower the learning rate, "
        "or use LeakyReLU.");
}

TEST_CASE("a step that is far too long kills units, as in a training") {
  test::SmallClassifier network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 30}};
  trainer.fit(three_classes(), {.batch_size = 16});
  CHECK(nn::diagnose(trainer, three_classes()).has(Illness::dead_units));
}

TEST_CASE("layers that a layer is made of are looked at, too") {
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Residual<nn::Dense<16>, nn::ReLU, nn::Dense<8>>, nn::Dense<3>,
              nn::Softmax>
      network;
  CHECK_FALSE(diagnosis_of(network, three_classes()).has(Illness::dead_units));
  network.bias<1>().head(12).setConstant(-100);
  CHECK(sentence_of(diagnosis_of(network, three_classes()), Illness::dead_units) ==
        "Layer 2 (ReLU): 12 of 16 units (75 %) are 0 for all of 256 samples and cannot learn; lower the learning rate, "
        "or use LeakyReLU.");
  network.weight<2>().setConstant(0.5F);
  CHECK(diagnosis_of(network, three_classes()).has(Illness::equal_weights));
}

TEST_CASE("saturated units are counted and named") {
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Tanh, nn::Dense<3>, nn::Softmax> with_tanh;
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Sigmoid, nn::Dense<3>, nn::Softmax> with_sigmoid;
  CHECK_FALSE(diagnosis_of(with_tanh, three_classes()).has(Illness::saturated_units));
  CHECK_FALSE(diagnosis_of(with_sigmoid, three_classes()).has(Illness::saturated_units));
  with_tanh.weight<0>() *= 300;
  with_sigmoid.weight<0>() *= 600;
  CHECK(diagnosis_of(with_tanh, three_classes()).has(Illness::saturated_units));
  CHECK(diagnosis_of(with_sigmoid, three_classes()).has(Illness::saturated_units));
}

TEST_CASE("gradients that vanish or explode between the layers") {
  nn::Sequential<float> deep(nn::Input{6});
  for (int i = 0; i < 10; ++i) deep.add(nn::Dense{8}).add(nn::Sigmoid{});
  deep.add(nn::Dense{3}).add(nn::Softmax{});
  CHECK(diagnosis_of(deep, three_classes()).has(Illness::vanishing_gradients));

  nn::Sequential<float> wild(nn::Input{6});
  for (int i = 0; i < 6; ++i) wild.add(nn::Dense{16}).add(nn::ReLU{});
  wild.add(nn::Dense{3}).add(nn::Softmax{});
  CHECK_FALSE(diagnosis_of(wild, three_classes()).has(Illness::exploding_gradients));
  for (nn::Index k = 0; k < wild.weight_count(); ++k) wild.weight(k) *= 6;
  CHECK(diagnosis_of(wild, three_classes()).has(Illness::exploding_gradients));
}

TEST_CASE("gradients vanish below a thousandth of those at the last layer, and explode above a thousand times") {
  // The last layer multiplies what comes back to the first by a number.
  const auto illnesses = [](float factor) {
    nn::Network<nn::Input<6>, nn::Dense<2>, nn::Dense<2>> network;
    network.weight<1>() << factor, 0, 0, factor;
    const nn::Diagnosis found = diagnosis_of(
        network, nn::Dataset(test::drawn<double>(6, 50, 1), test::drawn<double>(2, 50, 2)), nn::MeanSquaredError{});
    return std::pair(found.has(Illness::vanishing_gradients), found.has(Illness::exploding_gradients));
  };
  CHECK(illnesses(0.0009F) == std::pair(true, false));
  CHECK(illnesses(0.0011F) == std::pair(false, false));
  CHECK(illnesses(900) == std::pair(false, false));
  CHECK(illnesses(1100) == std::pair(false, true));
}

TEST_CASE("weights all equal") {
  test::SmallClassifier network;
  network.weight<1>().setConstant(0.1F);
  const nn::Diagnosis diagnosis = diagnosis_of(network, three_classes());
  REQUIRE(diagnosis.has(Illness::equal_weights));
  CHECK(diagnosis.findings.size() - found(diagnosis).size() <= 1);
  CHECK(sentence_of(diagnosis, Illness::equal_weights).find("Layer 3 (Dense): all 256 weights are 0.1") == 0);
}

TEST_CASE("the first number that is not finite is named") {
  test::SmallClassifier network;
  network.weight<1>()(2, 1) = std::numeric_limits<float>::quiet_NaN();
  const nn::Diagnosis diagnosis = diagnosis_of(network, three_classes());
  CHECK(sentence_of(diagnosis, Illness::not_finite).find("Layer 3 (Dense): parameter 18 is nan") == 0);
}

TEST_CASE("outputs and gradients that are not finite are named, too, where they are the first") {
  test::SmallClassifier network;
  network.weight<1>().setConstant(3e38F);
  network.bias<0>().setOnes();
  const nn::Diagnosis outputs = diagnosis_of(network, three_classes());
  CHECK(sentence_of(outputs, Illness::not_finite).find("Layer 3 (Dense): output ") == 0);
  CHECK(sentence_of(outputs, Illness::not_finite).find("inf, the first that is not finite") != std::string::npos);

  // Outputs of 0 behind weights of 1e30: the gradient grows by them twice, from the last layer to the first.
  nn::Network<nn::Input<6>, nn::Dense<2>, nn::Dense<2>, nn::Dense<1>> linear;
  linear.parameters().setZero();
  linear.weight<1>() << 1e30F, 0, 0, 2e30F;
  linear.weight<2>() << 1e30F, 2e30F;
  const nn::Matrix<double> x = test::drawn<double>(6, 50, 1);
  const nn::Dataset set(x, nn::Matrix<double>(x.row(0)));
  const nn::Diagnosis gradients = diagnosis_of(linear, set, nn::MeanSquaredError{});
  CHECK(sentence_of(gradients, Illness::not_finite).find("Layer 1 (Dense): the gradient of parameter 0 is ") == 0);
}

TEST_CASE("units are dead, or at their ends, where that is more than four in ten and nearly always so") {
  const std::vector<double> eight(8, 0), seven(7, 0);
  CHECK(of_units("ReLU", 3, eight) == test::Illnesses{Illness::dead_units});
  CHECK(of_units("ReLU", 2, eight).empty());
  CHECK(of_units("ReLU", 3, seven).empty());  // too few samples to tell
  CHECK(of_units("ReLU", 3, {0, 0, 0, 0, 0, 0, 0, 0.1}).empty());
  CHECK(of_units("LeakyReLU", 3, eight).empty());

  const auto ten = [](double number) { return std::vector<double>(10, number); };
  for (const double end : {-0.991, 0.991})
    CHECK(of_units("Tanh", 3, ten(end)) == test::Illnesses{Illness::saturated_units});
  for (const double inside : {-0.989, 0.989}) CHECK(of_units("Tanh", 3, ten(inside)).empty());
  for (const double end : {0.0049, 0.9951})
    CHECK(of_units("Sigmoid", 3, ten(end)) == test::Illnesses{Illness::saturated_units});
  for (const double inside : {0.0051, 0.9949}) CHECK(of_units("Sigmoid", 3, ten(inside)).empty());
  CHECK(of_units("Tanh", 2, ten(1)).empty());
  std::vector<double> nearly = ten(1);
  nearly[3] = 0.5;  // nine of ten
  CHECK(of_units("Tanh", 3, nearly).empty());
  nearly.insert(nearly.end(), 10, 1);  // nineteen of twenty
  CHECK(of_units("Tanh", 3, nearly) == test::Illnesses{Illness::saturated_units});
}
