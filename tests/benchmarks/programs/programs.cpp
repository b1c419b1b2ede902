// SPDX-License-Identifier: MIT
// Whole programs as a user writes them, one for each kind of task: from files to a score. references.py has the same
// for scikit-learn, in the same order. programs KIND FOLDER EPOCHS SEED INITIALIZER prints the score and the seconds of
// training.
#include <nn/network.hpp>

#include <cstdlib>
#include <iostream>
#include <numeric>
#include <string>

namespace {

nn::Initializer initializer = nn::he_normal;

struct Result {
  double score, seconds;
};

double seconds_of(const nn::History& history) {
  return std::accumulate(history.epochs.begin(), history.epochs.end(), 0.0,
                         [](double sum, const nn::Epoch& epoch) { return sum + epoch.seconds; });
}

// begin classify
Result classify(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const nn::Table table = nn::read_csv(folder + "/train.csv", {.categories = {"target"}});
  const nn::Table new_rows = nn::read_csv(folder + "/test.csv", {.like = &table});
  const nn::Dataset train = table.dataset("target"), test = new_rows.dataset("target");
  nn::Sequential<float> network{nn::Input{train.sample_shape()}, nn::Normalize{}, nn::Dense{64}, nn::ReLU{},
                                nn::Dense{train.class_count()},  nn::Softmax{}};
  network.initialize(nn::Random(seed), initializer);
  nn::set_normalization(network, train);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  return {nn::evaluate(network, nn::CrossEntropy{}, test).accuracy, seconds_of(history)};
}
// end

// begin imbalanced
Result imbalanced(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const nn::Table table = nn::read_csv(folder + "/train.csv", {.categories = {"target"}});
  const nn::Table new_rows = nn::read_csv(folder + "/test.csv", {.like = &table});
  const nn::Dataset train = table.dataset("target"), test = new_rows.dataset("target");
  nn::Sequential<float> network{nn::Input{train.sample_shape()}, nn::Normalize{}, nn::Dense{64}, nn::ReLU{},
                                nn::Dense{train.class_count()},  nn::Softmax{}};
  network.initialize(nn::Random(seed), initializer);
  nn::set_normalization(network, train);
  nn::Trainer trainer{network, nn::ClassWeighted{nn::CrossEntropy{}, nn::balanced_weights(train)}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  return {nn::classification_report(network, test).balanced_accuracy, seconds_of(history)};
}
// end

// begin regress
Result regress(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const nn::Table table = nn::read_csv(folder + "/train.csv");
  const nn::Table new_rows = nn::read_csv(folder + "/test.csv", {.like = &table});
  const nn::Dataset train = table.dataset("target"), test = new_rows.dataset("target");
  nn::Sequential<float> network{
      nn::Input{train.sample_shape()}, nn::Normalize{}, nn::Dense{64}, nn::ReLU{}, nn::Dense{1}, nn::Denormalize{}};
  network.initialize(nn::Random(seed), initializer);
  nn::set_normalization(network, train);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  return {nn::regression_report(network, test).r2, seconds_of(history)};
}
// end

// begin several_labels
Result several_labels(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const std::vector<std::string> labels{"label 0", "label 1", "label 2", "label 3", "label 4"};
  const auto read = [&](const std::string& name) {
    const nn::Table table = nn::read_csv(folder + name);
    return nn::Dataset(table.inputs({.drop = labels}), table.inputs({.keep = labels}));
  };
  const nn::Dataset train = read("/train.csv"), test = read("/test.csv");
  nn::Sequential<float> network{nn::Input{train.sample_shape()}, nn::Normalize{}, nn::Dense{64}, nn::ReLU{},
                                nn::Dense{train.target_size()},  nn::Sigmoid{}};
  network.initialize(nn::Random(seed), initializer);
  nn::set_normalization(network, nn::Standardize::fit(train));
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  return {nn::multi_label_report(network, test).exact_match_ratio, seconds_of(history)};
}
// end

// begin compress
Result compress(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const auto read = [&](const std::string& name) {
    const nn::Matrix<double> x = nn::read_csv(folder + name).inputs({.drop = {"target"}}) / 16;
    return nn::Dataset(x, x);
  };
  const nn::Dataset train = read("/train.csv"), test = read("/test.csv");
  nn::Sequential<float> network{nn::Input{64}, nn::Dense{8}, nn::ReLU{}, nn::Dense{64}};
  network.initialize(nn::Random(seed), initializer);
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  const nn::Matrix<double> x = test.inputs<double>(), y = network.predict(test.inputs()).cast<double>();
  return {1 - (y - x).squaredNorm() / (x.colwise() - x.rowwise().mean()).squaredNorm(), seconds_of(history)};
}
// end

// begin convolve
Result convolve(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const auto read = [&](const std::string& name) {
    const nn::Table table = nn::read_csv(folder + name, {.categories = {"target"}});
    return nn::Dataset(nn::Shape(8, 8, 1), table.inputs({.drop = {"target"}}), table.column("target").labels, 10);
  };
  const nn::Dataset train = read("/train.csv"), test = read("/test.csv");
  nn::Sequential<float> network{nn::Input{8, 8, 1}, nn::Normalize{},  nn::Conv2D{16, 3, {.padding = 1}},
                                nn::ReLU{},         nn::MaxPool2D{2}, nn::Flatten{},
                                nn::Dense{64},      nn::ReLU{},       nn::Dense{10},
                                nn::Softmax{}};
  network.initialize(nn::Random(seed), initializer);
  nn::set_normalization(network, train);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .random = nn::Random(seed)});
  return {nn::evaluate(network, nn::CrossEntropy{}, test).accuracy, seconds_of(history)};
}
// end

// begin mnist
Result mnist(const std::string& folder, nn::Index epochs, std::uint64_t seed) {
  const nn::Dataset train = nn::read_mnist(folder, nn::MnistPart::train),
                    test = nn::read_mnist(folder, nn::MnistPart::test);
  nn::Sequential<float> network{nn::Input{784}, nn::Dense{64}, nn::ReLU{}, nn::Dense{10}, nn::Softmax{}};
  network.initialize(nn::Random(seed), initializer);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  const nn::History history = trainer.fit(train, {.epochs = epochs, .batch_size = 200, .random = nn::Random(seed)});
  return {nn::evaluate(network, nn::CrossEntropy{}, test).accuracy, seconds_of(history)};
}
// end

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) return 2;
  if (arguments[5] == std::string("glorot_uniform")) initializer = nn::glorot_uniform;
  const std::string kind = arguments[1];
  const auto run = kind == "classify"         ? classify
                   : kind == "imbalanced"     ? imbalanced
                   : kind == "regress"        ? regress
                   : kind == "several_labels" ? several_labels
                   : kind == "compress"       ? compress
                   : kind == "convolve"       ? convolve
                                              : mnist;
  const Result result =
      run(arguments[2], std::atoll(arguments[3]), static_cast<std::uint64_t>(std::atoll(arguments[4])));
  std::cout << result.score << ' ' << result.seconds << '\n';
}
