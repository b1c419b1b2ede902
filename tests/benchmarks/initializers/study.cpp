// SPDX-License-Identifier: MIT
// How much the first weights matter: one task, learned from the weights of each rule; prints RULE MEAN DEVIATION per
// rule. study FILE.csv|mnist KIND DEPTH ACTIVATION EPOCHS SEEDS, KIND classify, regress or convolve
#include <nn/network.hpp>

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

namespace {

struct Task {
  std::string file, kind;
  nn::Index depth;
  std::string activation;
  nn::Index epochs;
  bool is_regression() const { return kind == "regress"; }
};

/// What is drawn: the weights of hidden layers, the factor on those of the last one, and whether biases are drawn too.
struct Rule {
  std::string name;
  nn::Initializer initializer;
  double last = 1;
  bool draws_biases = false;
};

const nn::Initializer pytorch{.distribution = nn::Initializer::Distribution::uniform, .gain = 1. / 3};
const std::vector<Rule> rules{{"he_normal", nn::he_normal},
                              {"he_uniform", nn::he_uniform},
                              {"glorot_normal", nn::glorot_normal},
                              {"glorot_uniform", nn::glorot_uniform},
                              {"lecun_normal", nn::lecun_normal},
                              {"pytorch", pytorch, 1, true},
                              {"he, last 1", nn::he_normal, std::sqrt(0.5)},
                              {"he, last 1/10", nn::he_normal, std::sqrt(0.05)},
                              {"he, last 1/100", nn::he_normal, std::sqrt(0.005)}};

nn::Dataset read(const Task& task) {
  if (task.file == "mnist") {
    const nn::Dataset all = nn::read_mnist(std::getenv("NN_MNIST_DIR"), nn::MnistPart::train);
    return all.subset(0, 6000);
  }
  const nn::Table table =
      nn::read_csv(task.file, task.is_regression() ? nn::CsvOptions{} : nn::CsvOptions{.categories = {"target"}});
  if (task.kind != "convolve") return table.dataset("target");
  return nn::Dataset(nn::Shape(8, 8, 1), table.inputs({.drop = {"target"}}), table.column("target").labels, 10);
}

void add_activation(nn::Sequential<float>& network, const std::string& name) {
  if (name == "relu") network.add(nn::ReLU{});
  if (name == "tanh") network.add(nn::Tanh{});
  if (name == "sigmoid") network.add(nn::Sigmoid{});
  if (name == "gelu") network.add(nn::GELU{});
  if (name == "selu") network.add(nn::SELU{});
}

nn::Sequential<float> make_network(const Task& task, const nn::Dataset& data) {
  nn::Sequential<float> network{nn::Input{data.sample_shape()}, nn::Normalize{}};
  for (nn::Index i = 0; i < task.depth; ++i) {
    if (task.kind == "convolve")
      network.add(nn::Conv2D{16, 3, {.padding = 1}});
    else
      network.add(nn::Dense{64});
    add_activation(network, task.activation);
  }
  if (task.kind == "convolve") network.add(nn::MaxPool2D{2}).add(nn::Flatten{});
  network.add(nn::Dense{task.is_regression() ? 1 : data.class_count()});
  if (task.is_regression())
    network.add(nn::Denormalize{});
  else
    network.add(nn::Softmax{});
  return network;
}

void draw(nn::Sequential<float>& network, const Rule& rule, std::uint64_t seed) {
  nn::Random random(seed);
  network.initialize(random, rule.initializer);
  std::string last;
  for (const auto& tensor : network.tensors()) {
    if (tensor.name.ends_with("weight")) last = tensor.name;
    if (!rule.draws_biases || !tensor.name.ends_with("bias")) continue;
    const double limit = 1 / std::sqrt(static_cast<double>(network.tensor(last).cols()));
    for (float& number : network.tensor(tensor.name).reshaped())
      number = static_cast<float>(random.uniform(-limit, limit));
  }
  network.tensor(last) *= static_cast<float>(rule.last);
}

double score(const Task& task, const nn::Dataset& data, const Rule& rule, std::uint64_t seed) {
  const auto parts = nn::split(data, {}, nn::Random(seed));
  nn::Sequential<float> network = make_network(task, data);
  draw(network, rule, seed);
  nn::set_normalization(network, parts.train);
  const nn::FitOptions options{.epochs = task.epochs, .random = nn::Random(seed)};
  if (task.is_regression()) {
    nn::Trainer(network, nn::MeanSquaredError{}, nn::Adam{}).fit(parts.train, options);
    return nn::regression_report(network, *parts.test).r2;
  }
  nn::Trainer(network, nn::CrossEntropy{}, nn::Adam{}).fit(parts.train, options);
  return nn::evaluate(network, nn::CrossEntropy{}, *parts.test).accuracy;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 7) return 2;
  const Task task{arguments[1], arguments[2], std::atoll(arguments[3]), arguments[4], std::atoll(arguments[5])};
  const nn::Dataset data = read(task);
  const int seeds = std::atoi(arguments[6]);
  for (const Rule& rule : rules) {
    double sum = 0, squares = 0;
    for (int seed = 0; seed < seeds; ++seed) {
      const double s = score(task, data, rule, static_cast<std::uint64_t>(seed));
      sum += s;
      squares += s * s;
    }
    const double mean = sum / seeds;
    std::cout << rule.name << '\t' << mean << '\t' << std::sqrt(std::max(0.0, squares / seeds - mean * mean)) << '\n';
  }
}
