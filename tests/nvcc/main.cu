// SPDX-License-Identifier: MIT
// What nvcc accepts in a .cu: a network learns with its sizes in the types, at run time, and with layers added later.
#include <cstdio>

#include <nn/network.hpp>

struct Swish {
  auto operator()(auto x) const {
    using std::exp;
    return x / (1 + exp(-x));
  }
};

template <class Network>
bool learns(Network& network) {
  network.initialize(nn::Random{1});
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::AdamW{.learning_rate = 0.02}};
  const Eigen::MatrixXf x = Eigen::MatrixXf::Random(network.input_shape().size(), 3);
  const Eigen::MatrixXf target = Eigen::MatrixXf::Identity(3, 3);
  for (int i = 0; i < 500; ++i) trainer.step(x, target);
  const Eigen::MatrixXf y = network.predict(x);
  return y.diagonal().minCoeff() > 0.9F;
}

int main() {
  nn::Network<nn::Input<4>, nn::Dense<8>, nn::ReLU, nn::Dense<3>, nn::Softmax> small;
  nn::Network<nn::Input<12, 12, 1>, nn::Conv2D<4, 3>, nn::BatchNorm, nn::Activation<Swish>, nn::MaxPool2D<2>,
              nn::Flatten, nn::Dense<3>, nn::Softmax>
      images;
  nn::Network sized{nn::Input{4}, nn::Dense{5}, nn::Tanh{}, nn::Dense{3}, nn::Softmax{}};
  nn::Sequential<float> deep{nn::Input{4}};
  deep.add(nn::Residual{nn::Dense{4}, nn::Tanh{}}).add(nn::Dense{3}).add(nn::Softmax{});

  if (learns(small) && learns(images) && learns(sized) && learns(deep)) return 0;
  std::puts("a network compiled by nvcc does not learn");
  return 1;
}
