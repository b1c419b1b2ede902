// SPDX-License-Identifier: MIT
// A network that PyTorch trained (train.py) comes in twice, by its weights and by its graph; both give PyTorch's
// output, are trained on new pictures, and go back.
#include <nn/network.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

namespace {

std::vector<float> numbers_in(std::istream& file, std::size_t count) {
  std::vector<float> numbers(count);
  for (float& number : numbers) file >> number;
  return numbers;
}

// PyTorch's pictures have their channels first; with a single one that is nn's order, too.
template <class Network>
bool train_on(Network& network, const std::string& name, const std::string& folder) {
  std::ifstream example(folder + "/example.txt");
  const std::vector<float> x = numbers_in(example, 144), wanted = numbers_in(example, 3);
  float difference = 0;
  const nn::Vector<float> y = network.predict(x);
  for (std::size_t k = 0; k < 3; ++k)
    difference = std::max(difference, std::abs(y[static_cast<nn::Index>(k)] - wanted[k]));

  const nn::Table table = nn::read_csv(folder + "/new.csv");
  const nn::Schema schema{table, "kind"};
  const nn::Dataset pictures = schema.dataset(table);
  nn::Trainer trainer{network, nn::SoftmaxCrossEntropy{}, nn::Adam{.learning_rate = 0.005}};
  const double before = nn::evaluate(network, nn::SoftmaxCrossEntropy{}, pictures).accuracy;
  trainer.fit(pictures, {.epochs = 8, .batch_size = 30});
  const double after = nn::evaluate(network, nn::SoftmaxCrossEntropy{}, pictures).accuracy;
  std::cout << name << ": PyTorch's output but for " << difference << "; right of new pictures: " << before
            << ", after "
            << "training " << after << '\n';

  nn::save_tensors(network, folder + '/' + name + ".safetensors");
  nn::save_onnx(network, folder + '/' + name + ".onnx");
  std::ofstream output(folder + '/' + name + ".txt");
  output.precision(9);
  for (const float number : network.predict(x)) output << number << ' ';
  return difference < 1e-4F && after > 0.9;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string folder = argc > 1 ? argv[1] : ".";
  // The layers of PyTorch's nn.Sequential, so that the names of the tensors are the same.
  nn::Sequential<float> network{nn::Input{12, 12, 1}, nn::Conv2D{8, 3, {.padding = 1}},
                                nn::BatchNorm{},      nn::ReLU{},
                                nn::MaxPool2D{2},     nn::Conv2D{16, 3},
                                nn::ReLU{},           nn::Flatten{},
                                nn::Dense{3}};
  nn::load_tensors(network, folder + "/model.safetensors");
  nn::Graph<float> graph = nn::load_onnx<float>(folder + "/model.onnx");  // whose layers the file says
  const bool is_right = train_on(network, "from_tensors", folder) && train_on(graph, "from_onnx", folder);
  return is_right ? 0 : 1;
}
