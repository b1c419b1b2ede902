// SPDX-License-Identifier: MIT
// A variational autoencoder (Kingma and Welling 2014): a loss on an inner layer pulls the codes to the normal
// distribution, so that the decoder makes a new sample of any normal numbers. The codes are outputs of the graph, too.
#include <Eigen/QR>
#include <nn/network.hpp>

#include <cmath>
#include <iostream>

namespace {

constexpr nn::Index size = 16, code_size = 2;

// Waves of any height and phase: a two-dimensional normal distribution in sixteen dimensions.
const nn::Matrix<float>& basis() {
  static const nn::Matrix<float> waves = [] {
    nn::Matrix<float> both(size, 2);
    for (nn::Index k = 0; k < size; ++k)
      both.row(k) << std::sin(0.4F * static_cast<float>(k)), std::cos(0.4F * static_cast<float>(k));
    return both;
  }();
  return waves;
}

nn::Matrix<float> normal(nn::Index rows, nn::Index columns, nn::Random& random) {
  nn::Matrix<float> numbers(rows, columns);
  for (float& number : numbers.reshaped()) number = static_cast<float>(random.normal());
  return numbers;
}

struct Exponential {
  auto operator()(auto x) const {
    using std::exp;
    return exp(x);
  }
};

// How far a normal distribution of this mean m and logarithm s of the deviation is from the standard one:
// KL = sum (m^2 + e^2s - 1) / 2 - s. There is no target.
struct DivergenceFromNormal {
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target&) const {
    using std::exp;
    typename Y::Scalar sum = 0;
    for (nn::Index i = 0; i < code_size; ++i)
      sum += (y(i) * y(i) + exp(y(code_size + i) * 2) - 1) / 2 - y(code_size + i);
    return sum;
  }
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target&, Gradient& dy) const {
    using std::exp;
    for (nn::Index i = 0; i < code_size; ++i) {
      dy(i) = y(i);
      dy(code_size + i) = exp(y(code_size + i) * 2) - 1;
    }
  }
};

}  // namespace

int main() {
  nn::Graph<float> graph;
  const auto x = graph.input({size}), noise = graph.input({code_size});
  const auto hidden = graph.add(nn::Tanh{}, graph.add(nn::Dense{32}, x));
  const auto mean = graph.add(nn::Dense{code_size}, hidden), logarithm = graph.add(nn::Dense{code_size}, hidden);
  const auto deviation = graph.add(nn::Activation<Exponential>{}, logarithm);
  const auto code = graph.add(nn::Add{}, mean, graph.add(nn::Multiply{}, noise, deviation));
  const nn::Chain decoder_layers{nn::Dense{32}, nn::Tanh{}, nn::Dense{size}};
  graph.output(graph.add("decoder", decoder_layers, code));
  graph.output(graph.add(nn::Concatenate{}, mean, logarithm));

  // The squares are summed and divided by twice the variance of what the decoder leaves open, 0.1.
  const nn::OutputLosses losses{nn::OutputLoss{nn::MeanSquaredError{}, size, size / 0.2},
                                nn::OutputLoss{DivergenceFromNormal{}, 2 * code_size}};
  nn::Trainer trainer{graph, losses, nn::Adam{.learning_rate = 3e-3}};
  nn::Random random(1);
  nn::Matrix<float> targets = nn::Matrix<float>::Zero(size + 2 * code_size, 32);
  for (int step = 0; step < 2500; ++step) {
    const nn::Matrix<float> samples = basis() * normal(2, 32, random);
    targets.topRows(size) = samples;
    trainer.step({samples, normal(code_size, 32, random)}, targets);
  }

  nn::Sequential<float> decoder{nn::Input{code_size}, decoder_layers};
  for (const auto& tensor : graph.tensors())
    if (tensor.name.starts_with("decoder.")) decoder.tensor("0" + tensor.name.substr(7)) = tensor.values;
  const nn::Matrix<float> made = decoder.predict(normal(code_size, 2000, random));
  const nn::Matrix<float> heights = basis().householderQr().solve(made);
  const float waves = 1 - (basis() * heights - made).squaredNorm() / made.squaredNorm();
  const float variance = heights.array().square().mean();  // of what it learned from: 1
  std::cout << "made of noise: " << 100 * waves << " % is waves, with a variance of " << variance << " instead of 1\n";
  return waves > 0.9F && variance > 0.7F && variance < 1.3F ? 0 : 1;
}
