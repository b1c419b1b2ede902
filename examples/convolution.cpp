// SPDX-License-Identifier: MIT
// A convolutional network: it finds a bar wherever it is in a picture, and says whether it stands or lies.
#include <nn/network.hpp>

#include <iostream>
#include <utility>
#include <vector>

int main() {
  nn::Network<nn::Input<28, 28, 1>, nn::Conv2D<8, 5>, nn::ReLU, nn::MaxPool2D<2>, nn::Conv2D<16, 3>, nn::ReLU,
              nn::MaxPool2D<2>, nn::Flatten, nn::Dense<2>, nn::Softmax>
      network;

  // Bars of 3 x 12 pixels anywhere in 28 x 28; 0 lies, 1 stands.
  nn::Random random(1);
  const auto bars = [&](nn::Index count) {
    nn::Matrix<float> pictures = nn::Matrix<float>::Zero(28 * 28, count);
    std::vector<int> labels;
    for (nn::Index i = 0; i < count; ++i) {
      labels.push_back(static_cast<int>(random.below(2)));
      const auto [height, width] = labels.back() == 1 ? std::pair(12, 3) : std::pair(3, 12);
      const auto top = static_cast<nn::Index>(random.below(29 - static_cast<std::uint64_t>(height)));
      const auto left = static_cast<nn::Index>(random.below(29 - static_cast<std::uint64_t>(width)));
      for (nn::Index row = top; row < top + height; ++row) pictures.col(i).segment(28 * row + left, width).setOnes();
    }
    return nn::Dataset(std::move(pictures), std::move(labels), 2);
  };

  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{.learning_rate = 1e-3}};
  trainer.fit(bars(600), {.epochs = 4, .batch_size = 20});
  std::cout << "right: " << 100 * nn::evaluate(network, nn::CrossEntropy{}, bars(200)).accuracy << " % of 200\n";
}
