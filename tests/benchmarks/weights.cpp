// SPDX-License-Identifier: MIT
// weights folder size: writes the weights that all contenders begin with (He et al. 2015), and trained ones to infer
// with.
#include <fstream>
#include <string>

#include <nn/network.hpp>

namespace {

template <class Network>
void write(const Network& network, const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  for (nn::Index k = 0; k < network.weight_count(); ++k) {
    const Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> W = network.weight(k);
    const nn::Vector<float> b = network.bias(k);
    file.write(reinterpret_cast<const char*>(W.data()), W.size() * static_cast<std::streamsize>(sizeof(float)));
    file.write(reinterpret_cast<const char*>(b.data()), b.size() * static_cast<std::streamsize>(sizeof(float)));
  }
  if (!file.flush()) throw nn::load_error("weights: cannot write ", path, "; is there such a folder?");
}

}  // namespace

int main(int count, char** arguments) {
  const std::string folder = count > 1 ? arguments[1] : ".";
  const double size = count > 2 ? std::stod(arguments[2]) : 1;
  nn::Network<nn::Input<784>, nn::Dense<256>, nn::ReLU, nn::Dense<128>, nn::ReLU, nn::Dense<64>, nn::ReLU,
              nn::Dense<10>, nn::Softmax>
      network;
  network.initialize(nn::Random(42));
  write(network, folder + "/start");

  const char* mnist = std::getenv("NN_MNIST_DIR");
  const nn::Dataset train = nn::read_mnist(mnist == nullptr ? "." : mnist, nn::MnistPart::train);
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{.learning_rate = 0.01}};
  trainer.fit(train,
              {.epochs = 1, .batch_size = 64, .samples_per_epoch = std::max(nn::Index(64), nn::Index(60000 * size))});
  write(network, folder + "/trained");

  nn::Network<nn::Input<8>, nn::Dense<16>, nn::Tanh, nn::Dense<16>, nn::Tanh, nn::Dense<4>> tiny;
  tiny.initialize(nn::Random(42));
  write(tiny, folder + "/tiny");
}
