// SPDX-License-Identifier: MIT
// An activation of your own: write the function, and its derivative is worked out. Here, swish learns a parabola.
#include <nn/network.hpp>

#include <iostream>

struct Swish {
  static constexpr std::string_view name() { return "Swish"; }  // what files and messages call it
  auto operator()(auto x) const {
    using std::exp;
    return x / (1 + exp(-x));
  }
};

int main() {
  nn::Network<nn::Input<1>, nn::Dense<16>, nn::Activation<Swish>, nn::Dense<1>> network;

  const nn::Matrix<float> x = nn::Vector<float>::LinSpaced(21, -1, 1).transpose();
  const nn::Matrix<float> target = x.cwiseAbs2();

  // Every gradient against dual numbers and against central differences, over all parameters and inputs.
  const nn::GradientCheck check = nn::check_gradients(network, nn::MeanSquaredError{}, x, target);
  std::cout << "worst relative error of a gradient: " << check.worst_relative_error << '\n';

  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{.learning_rate = 0.05}};
  const double before = trainer.step(x, target);
  double after = before;
  for (int step = 0; step < 2000; ++step) after = trainer.step(x, target);
  std::cout << "loss before training " << before << ", after " << after << '\n';
  return check.worst_relative_error < 1e-4 && after < before / 10 ? 0 : 1;
}
