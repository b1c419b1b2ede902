// SPDX-License-Identifier: MIT
// What a network looks at: the gradient of its loss by the pixels of a digit (Simonyan et al. 2014). A 3 and an 8
// differ in a few pixels on the left, and those are what the network has found.
#include <nn/network.hpp>

#include <array>
#include <cmath>
#include <iostream>
#include <string_view>
#include <vector>

constexpr nn::Index side = 8;
constexpr std::array<std::string_view, side> three{"........", "..####..", ".....##.", "..####..",
                                                   ".....##.", ".....##.", "..####..", "........"};
constexpr std::array<std::string_view, side> eight{"........", "..####..", ".##..##.", "..####..",
                                                   ".##..##.", ".##..##.", "..####..", "........"};

nn::Vector<float> noisy(const std::array<std::string_view, side>& digit, nn::Random& random) {
  nn::Vector<float> pixels(side * side);
  for (nn::Index i = 0; i < pixels.size(); ++i) {
    const bool has_ink = digit[static_cast<std::size_t>(i / side)][static_cast<std::size_t>(i % side)] == '#';
    pixels[i] = (has_ink ? 1.0F : 0.0F) + 0.3F * static_cast<float>(random.normal());
  }
  return pixels;
}

int main() {
  nn::Random random(1);
  nn::Matrix<float> x(side * side, 1000);
  std::vector<int> labels(1000);
  for (nn::Index i = 0; i < x.cols(); ++i) {
    labels[static_cast<std::size_t>(i)] = static_cast<int>(i % 2);
    x.col(i) = noisy(i % 2 == 0 ? three : eight, random);
  }
  nn::Network<nn::Input<side * side>, nn::Dense<16>, nn::Tanh, nn::Dense<2>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  trainer.fit(nn::Dataset(x, labels), {.epochs = 20});

  // The mean over some threes, as one alone is noisy (Smilkov et al. 2017).
  nn::Matrix<float> threes(side * side, 50);
  for (nn::Index i = 0; i < threes.cols(); ++i) threes.col(i) = noisy(three, random);
  const auto g = nn::gradients(network, nn::CrossEntropy{}, threes, std::vector<int>(50, 0));
  const nn::Vector<float> saliency = g.input.cwiseAbs().rowwise().mean();

  std::cout << "what tells a 3 from an 8:\n";
  double where_they_differ = 0;
  for (nn::Index i = 0; i < saliency.size(); ++i) {
    constexpr std::string_view shades = " .:-=+*#@";
    const auto shade = static_cast<std::size_t>(std::lround(8 * saliency[i] / saliency.maxCoeff()));
    std::cout << shades[shade] << shades[shade] << (i % side == side - 1 ? "\n" : "");
    const auto row = static_cast<std::size_t>(i / side), column = static_cast<std::size_t>(i % side);
    if (three[row][column] != eight[row][column]) where_they_differ += static_cast<double>(saliency[i]);
  }
  const double share = where_they_differ / static_cast<double>(saliency.sum());
  std::cout << "of the gradient, " << 100 * share << " % lies in the 6 of 64 pixels in which they differ\n";
  return share > 0.3 ? 0 : 1;
}
