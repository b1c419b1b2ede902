// SPDX-License-Identifier: MIT
// Sixteen numbers go through two and come out again; then each half of the network is used apart: the encoder says
// where a curve lies, the decoder draws the curve of any place.
#include <nn/network.hpp>

#include <cmath>
#include <iostream>

namespace {

// A wave of its own height and phase: two numbers say all of a sample.
nn::Matrix<float> waves(nn::Index count, nn::Random random) {
  nn::Matrix<float> x(16, count);
  for (nn::Index i = 0; i < count; ++i) {
    const double height = random.uniform(0.5, 2), phase = random.uniform(0, 3);
    for (nn::Index k = 0; k < 16; ++k)
      x(k, i) = static_cast<float>(height * std::sin(0.4 * static_cast<double>(k) + phase));
  }
  return x;
}

double mean_square(const nn::Matrix<float>& x) { return static_cast<double>(x.array().square().mean()); }

}  // namespace

int main() {
  const nn::Matrix<float> train = waves(2000, nn::Random(1)), test = waves(500, nn::Random(2));

  nn::Sequential<float> network{nn::Input{16}, nn::Dense{32}, nn::Tanh{},   nn::Dense{2},
                                nn::Dense{32}, nn::Tanh{},    nn::Dense{16}};
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::Adam{.learning_rate = 0.005}};
  trainer.fit(train, train, {.epochs = 60});  // the targets are the inputs

  const nn::Sequential<float> encoder = network.first(3), decoder = network.last(3);
  const nn::Matrix<float> codes = encoder.predict(test);  // 2 x 500
  const double unexplained = mean_square(decoder.predict(codes) - test) / mean_square(test);
  std::cout << "16 numbers as " << codes.rows() << ": " << 100 * (1 - unexplained) << " % of the variance come back\n";

  // Half the way between the codes of two waves there is a wave again, not their mean.
  const nn::Matrix<float> between = decoder.predict((codes.col(0) + codes.col(1)) / 2);
  const nn::Matrix<float> back = network.predict(between);
  const double left = mean_square(back - between) / mean_square(between);
  std::cout << "a wave drawn from a code of its own: " << 100 * (1 - left) << " % come back\n";
  return unexplained < 0.02 && left < 0.05 ? 0 : 1;
}
