// SPDX-License-Identifier: MIT
// Every illness is really produced, and a healthy training is left in peace.
#include <nn/training/diagnosis/diagnose.hpp>

#include <cmath>
#include <limits>
#include <sstream>

#include <nn/network.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"

using nn::Illness;

namespace {

using Small = nn::Network<nn::Input<6>, nn::Dense<16>, nn::ReLU, nn::Dense<16>, nn::ReLU, nn::Dense<3>, nn::Softmax>;

// Three classes, told by the largest of three sums.
nn::Dataset data(double scale = 1, nn::Index samples = 300) {
  const nn::Matrix<double> x = test::drawn<double>(6, samples, 3);
  std::vector<int> labels;
  for (nn::Index i = 0; i < samples; ++i) {
    nn::Index best = 0;
    nn::Vector<double>(x.col(i).head(3) - x.col(i).tail(3)).maxCoeff(&best);
    labels.push_back(static_cast<int>(best));
  }
  return {nn::Matrix<double>(scale * x), labels};
}

// An unoptimised build is an illness, too, but not the one that is looked for.
std::vector<nn::Finding> found(nn::Diagnosis diagnosis) {
  std::erase_if(diagnosis.findings, [](const nn::Finding& f) { return f.illness == Illness::debug_build; });
  return diagnosis.findings;
}

template <class Net, class Loss = nn::CrossEntropy>
nn::Diagnosis diagnosis_of(Net& network, const nn::Dataset& set, Loss loss = {}) {
  return nn::diagnose(nn::Trainer{network, loss, nn::SGD{}}, set);
}

template <class Net>
nn::Diagnosis after_training(Net& network, const nn::Dataset& set, double rate, nn::FitOptions options) {
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = rate}};
  trainer.fit(set, options);
  return nn::diagnose(trainer, set);
}

std::string sentence_of(const nn::Diagnosis& diagnosis, Illness illness) {
  for (const nn::Finding& finding : diagnosis.findings)
    if (finding.illness == illness) return finding.sentence;
  return "";
}

}  // namespace

TEST_CASE("a healthy training stays silent, at its start and at its end") {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Small network;
    network.initialize(nn::Random(seed));
    const nn::Dataset train = data(), validation = data(1, 100);
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.05}};
    std::ostringstream start;
    CHECK(found(nn::diagnose(trainer, train)).empty());
    trainer.fit(train, {.epochs = 15, .batch_size = 16, .validation = &validation});
    const nn::Diagnosis end = nn::diagnose(trainer, train);
    std::ostringstream text;
    text << end;
    INFO(text.str());
    CHECK(found(end).empty());
  }
}

TEST_CASE("healthy trainings of other kinds stay silent, too: tanh, a deep network, numbers as targets") {
  const nn::Dataset train = data(), validation = data(1, 100);
  const auto check = [](auto network, const auto& loss, const nn::Dataset& set, const nn::Dataset& held_out) {
    nn::Trainer trainer{network, loss, nn::Adam{}};
    trainer.fit(set, {.epochs = 15, .batch_size = 16, .validation = &held_out});
    std::ostringstream text;
    const nn::Diagnosis diagnosis = nn::diagnose(trainer, set);
    text << diagnosis;
    INFO(text.str());
    CHECK(found(diagnosis).empty());
  };
  check(nn::Sequential<float>(nn::Input{6}, nn::Dense{16}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}), nn::CrossEntropy{},
        train, validation);
  nn::Sequential<float> deep{nn::Input{6}};
  for (int i = 0; i < 6; ++i) deep.add(nn::Dense{24}).add(nn::ReLU{});
  check(deep.add(nn::Dense{3}).add(nn::Softmax{}), nn::CrossEntropy{}, train, validation);
  const auto sums = [](const nn::Dataset& set) {
    const nn::Matrix<double> x = set.inputs<double>();
    return nn::Dataset(x, nn::Matrix<double>(x.topRows(2) - x.bottomRows(2)));
  };
  check(nn::Sequential<float>(nn::Input{6}, nn::Dense{16}, nn::Sigmoid{}, nn::Dense{2}), nn::MeanSquaredError{},
        sums(train), sums(validation));
}

TEST_CASE("dead units are counted and named") {
  Small network;
  network.bias<0>().head(12).setConstant(-100);
  const nn::Diagnosis diagnosis = diagnosis_of(network, data());
  CHECK(sentence_of(diagnosis, Illness::dead_units) ==
        "Layer 2 (ReLU): 12 of 16 units (75 %) are 0 for all of 256 samples and cannot learn; lower the learning rate, "
        "or use LeakyReLU.");
}

TEST_CASE("a step that is far too long kills units, as in a training") {
  Small network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 30}};
  trainer.fit(data(), {.batch_size = 16});
  CHECK(nn::diagnose(trainer, data()).has(Illness::dead_units));
}

TEST_CASE("layers that a layer is made of are looked at, too") {
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Residual<nn::Dense<16>, nn::ReLU, nn::Dense<8>>, nn::Dense<3>,
              nn::Softmax>
      network;
  CHECK_FALSE(diagnosis_of(network, data()).has(Illness::dead_units));
  network.bias<1>().head(12).setConstant(-100);
  CHECK(sentence_of(diagnosis_of(network, data()), Illness::dead_units) ==
        "Layer 2 (ReLU): 12 of 16 units (75 %) are 0 for all of 256 samples and cannot learn; lower the learning rate, "
        "or use LeakyReLU.");
  network.weight<2>().setConstant(0.5F);
  CHECK(diagnosis_of(network, data()).has(Illness::equal_weights));
}

TEST_CASE("saturated units are counted and named") {
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Tanh, nn::Dense<3>, nn::Softmax> with_tanh;
  nn::Network<nn::Input<6>, nn::Dense<8>, nn::Sigmoid, nn::Dense<3>, nn::Softmax> with_sigmoid;
  CHECK_FALSE(diagnosis_of(with_tanh, data()).has(Illness::saturated_units));
  CHECK_FALSE(diagnosis_of(with_sigmoid, data()).has(Illness::saturated_units));
  with_tanh.weight<0>() *= 300;
  with_sigmoid.weight<0>() *= 600;
  CHECK(diagnosis_of(with_tanh, data()).has(Illness::saturated_units));
  CHECK(diagnosis_of(with_sigmoid, data()).has(Illness::saturated_units));
}

TEST_CASE("gradients that vanish or explode between the layers") {
  nn::Sequential<float> deep(nn::Input{6});
  for (int i = 0; i < 10; ++i) deep.add(nn::Dense{8}).add(nn::Sigmoid{});
  deep.add(nn::Dense{3}).add(nn::Softmax{});
  CHECK(diagnosis_of(deep, data()).has(Illness::vanishing_gradients));

  nn::Sequential<float> wild(nn::Input{6});
  for (int i = 0; i < 6; ++i) wild.add(nn::Dense{16}).add(nn::ReLU{});
  wild.add(nn::Dense{3}).add(nn::Softmax{});
  CHECK_FALSE(diagnosis_of(wild, data()).has(Illness::exploding_gradients));
  for (nn::Index k = 0; k < wild.weight_count(); ++k) wild.weight(k) *= 6;
  CHECK(diagnosis_of(wild, data()).has(Illness::exploding_gradients));
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

TEST_CASE("a rate far too high makes the loss oscillate") {
  nn::Network<nn::Input<6>, nn::Dense<3>, nn::Softmax> network;
  const nn::Diagnosis diagnosis = after_training(network, data(30), 3, {.epochs = 12, .batch_size = 4});
  CHECK(diagnosis.has(Illness::oscillating_loss));
}

TEST_CASE("a rate far too low is told from a plateau") {
  Small slow;
  const nn::Diagnosis too_low = after_training(slow, data(), 1e-7, {.epochs = 8, .batch_size = 16, .shuffle = false});
  CHECK(too_low.has(Illness::small_learning_rate));
  CHECK_FALSE(too_low.has(Illness::plateau));

  // Labels that have nothing to do with the inputs: all that can be learned is how often they occur.
  std::vector<int> labels;
  nn::Random random(3);
  for (int i = 0; i < 3000; ++i) labels.push_back(static_cast<int>(random.below(3)));
  const nn::Dataset noise{test::drawn<double>(6, 3000, 8), labels};
  nn::Network<nn::Input<6>, nn::Dense<3>, nn::Softmax> network;
  network.parameters().setZero();
  const nn::Diagnosis stuck = after_training(network, noise, 0.02, {.epochs = 12, .batch_size = 32});
  CHECK(stuck.has(Illness::plateau));
  CHECK_FALSE(stuck.has(Illness::small_learning_rate));
}

TEST_CASE("over-fitting: the validation loss turns up") {
  nn::Network<nn::Input<6>, nn::Dense<64>, nn::ReLU, nn::Dense<3>, nn::Softmax> network;
  std::vector<int> labels;
  nn::Random random(4);
  for (int i = 0; i < 60; ++i) labels.push_back(static_cast<int>(random.below(3)));
  const nn::Dataset few{test::drawn<double>(6, 60, 9), labels};
  const nn::Diagnosis diagnosis =
      after_training(network, few, 0.3, {.epochs = 60, .batch_size = 5, .validation_share = 0.3});
  CHECK(diagnosis.has(Illness::overfitting));
}

TEST_CASE("the same output for everything") {
  Small network;
  network.weight<2>().setZero();
  CHECK(diagnosis_of(network, data()).has(Illness::constant_output));
}

TEST_CASE("labels that do not match the output") {
  Small network;
  const nn::Matrix<double> x = test::drawn<double>(6, 50, 1);
  CHECK(diagnosis_of(network, nn::Dataset(x, std::vector<int>(50, 2))).has(Illness::unfitting_labels));
  std::vector<int> from_one;
  for (int i = 0; i < 50; ++i) from_one.push_back(1 + i % 2);
  CHECK(sentence_of(diagnosis_of(network, nn::Dataset(x, from_one)), Illness::unfitting_labels) ==
        "Class 0 of 3 never occurs among the labels; check whether they count from 0 and how many classes there are.");
}

TEST_CASE("inputs that are not scaled") {
  Small network;
  CHECK(diagnosis_of(network, data(255)).has(Illness::unscaled_inputs));
  CHECK(diagnosis_of(network, data(1e-6)).has(Illness::unscaled_inputs));
}

TEST_CASE("inputs that the network normalizes itself are not asked for again") {
  nn::Network<nn::Input<6>, nn::Normalize, nn::Dense<16>, nn::ReLU, nn::Dense<3>, nn::Softmax> network;
  nn::Network<nn::Input<6>, nn::BatchNorm, nn::Dense<3>, nn::Softmax> batch_norm;
  const nn::Dataset raw = data(255);
  CHECK(diagnosis_of(network, raw).has(Illness::unscaled_inputs));
  nn::set_normalization(network, nn::Standardize::fit(raw));
  CHECK_FALSE(diagnosis_of(network, raw).has(Illness::unscaled_inputs));
  CHECK_FALSE(diagnosis_of(batch_norm, raw).has(Illness::unscaled_inputs));
}

TEST_CASE("inputs are looked at where the first weights are, behind layers of other kinds and inside of containers") {
  using nn::Chain, nn::Concat, nn::Dense, nn::Flatten, nn::Identity, nn::Normalize;
  const nn::Dataset raw = data(255);
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

TEST_CASE("a single sample is looked at, also by a network that needs more to train on") {
  nn::Sequential<float> network(nn::Input{6}, nn::BatchNorm{}, nn::Dense{4}, nn::BatchNorm{}, nn::Dense{3},
                                nn::Softmax{});
  const nn::Dataset one(test::drawn<double>(6, 1, 1), std::vector<int>{1}, 3);
  const auto diagnosis = diagnosis_of(network, one);
  CHECK(diagnosis.has(Illness::unfitting_labels));  // all of one class
  CHECK(found(diagnosis).size() == 1);
  network.parameters()[0] = std::numeric_limits<float>::quiet_NaN();
  CHECK(diagnosis_of(network, one).has(Illness::not_finite));
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

TEST_CASE("a loss that takes other outputs than the network's") {
  const auto sentence = [](const auto& loss, const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, nn::Dense{3}, layers...);
    return sentence_of(diagnosis_of(network, data(), loss), Illness::unfitting_loss);
  };
  CHECK(sentence(nn::CrossEntropy{}, nn::Softmax{}, nn::Identity{}) == "");
  CHECK(sentence(nn::CrossEntropy{}, nn::Softmax{}) == "");
  CHECK(sentence(nn::BinaryCrossEntropy{}, nn::HardSigmoid{}) == "");
  CHECK(sentence(nn::SoftmaxCrossEntropy{}) == "");
  CHECK(
      sentence(nn::BinaryCrossEntropy{}, nn::Tanh{}).find("The loss takes probabilities, but the outputs go from -") ==
      0);
  CHECK(sentence(nn::CrossEntropy{}, nn::Sigmoid{})
            .find("The loss takes shares of one whole, but the outputs of a sample miss a sum of 1 by ") == 0);
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, nn::ReLU{}) ==
        "The loss takes logits, but the network ends in ReLU, which puts out only numbers from 0 up; leave out the "
        "ReLU.");
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, nn::Tanh{}, nn::Identity{}) ==
        "The loss takes logits, but the network ends in Tanh, which puts out only numbers from -1 to 1; leave out the "
        "Tanh.");
  const auto ends_in = [&](const auto& layer) {
    const std::string said = sentence(nn::SigmoidBinaryCrossEntropy{}, layer);
    return said.find("The loss takes logits, but the network ends in " + std::string(layer.name())) == 0;
  };
  CHECK((ends_in(nn::Softsign{}) && ends_in(nn::HardTanh{}) && ends_in(nn::Softplus{}) && ends_in(nn::BinaryStep{})));
  CHECK_FALSE((ends_in(nn::LeakyReLU{}) || ends_in(nn::ELU{}) || ends_in(nn::LogSoftmax{})));
  CHECK(
      sentence(nn::CrossEntropy{}, nn::Sigmoid{}, nn::Softmax{}) ==
      "The network ends in Sigmoid and then Softmax, which is given only numbers from 0 to 1; leave out the Sigmoid.");
}

TEST_CASE("a loss that takes other outputs than those of a Chain or of a head of the network") {
  const auto sentence = [](const auto& loss, const auto&... layers) {
    nn::Sequential<float> network(nn::Input{6}, layers...);
    return sentence_of(diagnosis_of(network, data(), loss), Illness::unfitting_loss);
  };
  using nn::Chain, nn::Concat, nn::Dense, nn::Sigmoid, nn::Softmax;
  const std::string twice =
      "The network ends in Sigmoid and then Softmax, which is given only numbers from 0 to 1; leave out the Sigmoid.";
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Sigmoid{}, Softmax{})) == twice);
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Sigmoid{}), nn::Identity{}, Softmax{}) == twice);
  CHECK(sentence(nn::SoftmaxCrossEntropy{}, Chain(Dense{3}, Chain(nn::Tanh{}))).find("ends in Tanh") !=
        std::string::npos);
  CHECK(sentence(nn::CrossEntropy{}, Chain(Dense{3}, Softmax{})) == "");
  const auto head = [](const auto&... layers) { return Chain(Dense{2}, layers...); };
  nn::Sequential<float> network(nn::Input{6}, Concat(head(Softmax{}), head(Softmax{})));
  const nn::Dataset of_heads(test::drawn<double>(6, 50, 1), nn::Matrix<double>::Constant(4, 50, 0.5));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss) == "");
  network = nn::Sequential<float>(nn::Input{6}, Concat(head(Softmax{}), head(nn::ReLU{}, Softmax{})));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss).find("ends in ReLU and then Softmax") !=
        std::string::npos);
  network = nn::Sequential<float>(nn::Input{6}, Concat(head(Softmax{}), head(Sigmoid{})));
  CHECK(sentence_of(diagnosis_of(network, of_heads), Illness::unfitting_loss).find("miss a sum of 1") !=
        std::string::npos);
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
  Small network;
  std::vector<int> labels(200, 0);
  for (std::size_t i = 0; i < 10; ++i) labels[i] = 1;
  for (std::size_t i = 10; i < 100; ++i) labels[i] = 2;
  const auto diagnosis = diagnosis_of(network, nn::Dataset(test::drawn<double>(6, 200, 1), labels));
  CHECK(sentence_of(diagnosis, Illness::unbalanced_classes) ==
        "Class 0 has 100 samples, class 1 only 10; weight the classes (nn::ClassWeighted), or show the rare ones more "
        "often.");
}

TEST_CASE("weights all equal") {
  Small network;
  network.weight<1>().setConstant(0.1F);
  const nn::Diagnosis diagnosis = diagnosis_of(network, data());
  REQUIRE(diagnosis.has(Illness::equal_weights));
  CHECK(diagnosis.findings.size() - found(diagnosis).size() <= 1);
  CHECK(sentence_of(diagnosis, Illness::equal_weights).find("Layer 3 (Dense): all 256 weights are 0.1") == 0);
}

TEST_CASE("the first number that is not finite is named") {
  Small network;
  network.weight<1>()(2, 1) = std::numeric_limits<float>::quiet_NaN();
  const nn::Diagnosis diagnosis = diagnosis_of(network, data());
  CHECK(sentence_of(diagnosis, Illness::not_finite).find("Layer 3 (Dense): parameter 18 is nan") == 0);
}

TEST_CASE("outputs and gradients that are not finite are named, too, where they are the first") {
  Small network;
  network.weight<1>().setConstant(3e38F);
  network.bias<0>().setOnes();
  const nn::Diagnosis outputs = diagnosis_of(network, data());
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

TEST_CASE("a debug build is told from an optimised one") {
  Small network;
#ifdef __OPTIMIZE__
  CHECK_FALSE(diagnosis_of(network, data()).has(Illness::debug_build));
#else
  CHECK(diagnosis_of(network, data()).has(Illness::debug_build));
#endif
}

TEST_CASE("the doctor tells each finding once, while training goes on") {
  Small network;
  network.bias<0>().setConstant(-100);
  const nn::Dataset set = data();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 1e-3}};
  std::vector<nn::Finding> told;
  nn::Doctor doctor{trainer, set, [&](const nn::Finding& finding) { told.push_back(finding); }};
  trainer.fit(set, {.epochs = 5, .on_epoch = doctor});
  CHECK(std::count_if(told.begin(), told.end(),
                      [](auto& f) { return f.illness == Illness::dead_units && f.layer == 2; }) == 1);
}

TEST_CASE("the doctor looks on only when what it costs is below 2 % of the training") {
  Small network;
  const nn::Dataset set = data();
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  int told = 0;
  // By a clock that is a second later whenever it is asked, each look takes one.
  nn::Doctor doctor{trainer, set, [&](const nn::Finding&) { ++told; }, [time = 0.0]() mutable { return ++time; }};
  nn::Progress progress;
  progress.samples_seen = 300;
  progress.seconds = 60;
  doctor(progress);
  const int at_first = told;
  network.bias<0>().setConstant(-100);
  doctor(progress);  // with it, 2 seconds of 120
  CHECK(told == at_first);
  progress.seconds = 20;  // 2 seconds of 140
  doctor(progress);
  CHECK(told > at_first);
}

TEST_CASE("too few samples to look at are refused") {
  Small network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
  CHECK_THROWS_AS(nn::diagnose(trainer, data(), {.samples = 1}), nn::data_error);
}

TEST_CASE("the doctor that is told nothing looks at 256 samples") { CHECK(nn::DiagnoseOptions{}.samples == 256); }

namespace {

std::vector<Illness> illnesses_of(nn::detail::Findings& findings) {
  std::vector<Illness> illnesses;
  for (const nn::Finding& finding : findings.take()) illnesses.push_back(finding.illness);
  return illnesses;
}

std::vector<Illness> of_history(const std::vector<double>& losses, const std::vector<double>& validation_losses = {}) {
  nn::History history;
  for (std::size_t i = 0; i < losses.size(); ++i) {
    history.epochs.push_back({.loss = losses[i]});
    if (!validation_losses.empty()) history.epochs[i].validation_loss = validation_losses[i];
  }
  nn::detail::Findings findings;
  nn::detail::diagnose_history(history, findings);
  return illnesses_of(findings);
}

// Units of five, in as many samples as there are numbers: the first `count` units have these, the others none that
// count.
std::vector<Illness> of_units(std::string_view name, nn::Index count, const std::vector<double>& numbers) {
  nn::Matrix<double> y(5, static_cast<nn::Index>(numbers.size()));
  for (nn::Index sample = 0; sample < y.cols(); ++sample)
    for (nn::Index unit = 0; unit < 5; ++unit)
      y(unit, sample) = unit < count ? numbers[static_cast<std::size_t>(sample)] : 0.25;
  nn::detail::Findings findings;
  nn::detail::diagnose_units<double>(name, 1, nn::ConstMatrixView<double>(y.data(), y.rows(), y.cols()), findings);
  return illnesses_of(findings);
}

using Illnesses = std::vector<Illness>;

}  // namespace

TEST_CASE("a loss oscillates when it turns more often than every other time, and moves by more than a tenth") {
  CHECK(of_history({1, 1.125, 1, 1.125, 1, 1.125}) == Illnesses{Illness::oscillating_loss});
  CHECK(of_history({1, 1.125, 1, 1.125, 1}).empty());                                     // five epochs say nothing
  CHECK(of_history({1, 1.0625, 1, 1.0625, 1, 1.0625}).empty());                           // by less than a tenth
  CHECK(of_history({1, 1.25, 1, 1.25, 1.5, 1.75}).empty());                               // two turns of four
  CHECK(of_history({1, 1.25, 1, 1.25, 1, 0.5}) == Illnesses{Illness::oscillating_loss});  // three of four
  std::vector<double> calm_later(20, 1);
  for (std::size_t i = 0; i < 8; i += 2) calm_later[i] = 1.5;  // longer ago than the last twelve epochs
  CHECK(of_history(calm_later) == Illnesses{Illness::plateau});
  calm_later[0] = 2.5;  // and since the first the loss has more than halved
  CHECK(of_history(calm_later).empty());
}

TEST_CASE("a loss that falls by less than a hundredth has too low a rate where it never turns, else it is a plateau") {
  CHECK(of_history({1, 0.998, 0.996, 0.994, 0.992, 0.991}) == Illnesses{Illness::small_learning_rate});
  CHECK(of_history({1, 0.998, 0.996, 0.994, 0.992, 0.989}).empty());
  CHECK(of_history({1, 0.998, 0.999, 0.994, 0.992, 0.991}) == Illnesses{Illness::plateau});
  CHECK(of_history({1, 1.001, 1.002, 1.003, 1.004, 1.005}) == Illnesses{Illness::plateau});
  CHECK(of_history({1, 1, 1, 1, 1, 1}) == Illnesses{Illness::plateau});
  CHECK(of_history({100, 99.8, 99.6, 99.4, 99.2, 99.1}) == Illnesses{Illness::small_learning_rate});  // in any unit
  CHECK(of_history({1, 1, 1, 1, 1}).empty());
}

TEST_CASE("a validation loss a twentieth above its lowest, three epochs later, while the loss fell, is over-fitting") {
  CHECK(of_history({4, 3, 2, 1}, {1, 1.2, 1.2, 1.0625}) == Illnesses{Illness::overfitting});
  CHECK(of_history({4, 3, 2, 1}, {1, 1.2, 1.2, 1.03125}).empty());
  CHECK(of_history({4, 3, 2, 1}, {1.2, 1, 1.2, 1.2}).empty());  // two epochs ago
  CHECK(of_history({4, 3, 2}, {1, 1.2, 1.2}).empty());
  CHECK(of_history({4, 3, 2, 4}, {1, 1.2, 1.2, 1.2}).empty());  // the loss did not fall
  CHECK(of_history({9, 4, 3, 2, 1}, {2, 1, 1.2, 1.2, 1.2}) == Illnesses{Illness::overfitting});
}

TEST_CASE("units are dead, or at their ends, where that is more than four in ten and nearly always so") {
  const std::vector<double> eight(8, 0), seven(7, 0);
  CHECK(of_units("ReLU", 3, eight) == Illnesses{Illness::dead_units});
  CHECK(of_units("ReLU", 2, eight).empty());
  CHECK(of_units("ReLU", 3, seven).empty());  // too few samples to tell
  CHECK(of_units("ReLU", 3, {0, 0, 0, 0, 0, 0, 0, 0.1}).empty());
  CHECK(of_units("LeakyReLU", 3, eight).empty());

  const auto ten = [](double number) { return std::vector<double>(10, number); };
  for (const double end : {-0.991, 0.991}) CHECK(of_units("Tanh", 3, ten(end)) == Illnesses{Illness::saturated_units});
  for (const double inside : {-0.989, 0.989}) CHECK(of_units("Tanh", 3, ten(inside)).empty());
  for (const double end : {0.0049, 0.9951})
    CHECK(of_units("Sigmoid", 3, ten(end)) == Illnesses{Illness::saturated_units});
  for (const double inside : {0.0051, 0.9949}) CHECK(of_units("Sigmoid", 3, ten(inside)).empty());
  CHECK(of_units("Tanh", 2, ten(1)).empty());
  std::vector<double> nearly = ten(1);
  nearly[3] = 0.5;  // nine of ten
  CHECK(of_units("Tanh", 3, nearly).empty());
  nearly.insert(nearly.end(), 10, 1);  // nineteen of twenty
  CHECK(of_units("Tanh", 3, nearly) == Illnesses{Illness::saturated_units});
}

TEST_CASE("classes are unbalanced where one has ten times as many samples as another") {
  const auto with = [](std::size_t many) {
    std::vector<int> labels(many, 0);
    labels.insert(labels.end(), 10, 1);
    const nn::Matrix<double> x = test::drawn<double>(1, nn::Index(labels.size()), 1);
    nn::detail::Findings findings;
    nn::detail::diagnose_labels(nn::Dataset{x, labels}, findings);
    return illnesses_of(findings);
  };
  CHECK(with(100) == Illnesses{Illness::unbalanced_classes});
  CHECK(with(99).empty());
}

TEST_CASE("percents have one digit after the point, numbers three digits that count") {
  CHECK(nn::detail::percent(1, 3) == 33.3);
  CHECK(nn::detail::percent(2, 3) == 66.7);
  CHECK(nn::detail::rounded(123456) == 123000);
  CHECK(nn::detail::rounded(-0.0123456) == Approx(-0.0123).epsilon(1e-14));
  CHECK(nn::detail::rounded(9.996) == Approx(10).epsilon(1e-14));
  CHECK(nn::detail::rounded(0) == 0);
  CHECK(std::isinf(nn::detail::rounded(test::infinity<double>)));
}

TEST_CASE("a diagnosis that is told nothing looks at 256 samples") { CHECK(nn::DiagnoseOptions{}.samples == 256); }
