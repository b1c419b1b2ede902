// SPDX-License-Identifier: MIT
// A loss of your own: its value and its derivative. Here, a network learns what 90 of 100 deliveries do not exceed.
#include <nn/network.hpp>

#include <iostream>

// The quantile (or pinball) loss: being too low costs `share`, being too high costs 1 - `share`.
struct Quantile {
  double share = 0.9;

  // May be missing; is asked before training.
  void validate() const {
    if (!(share > 0 && share < 1))
      throw nn::data_error("Quantile: a share lies between 0 and 1, got ", share, "; 0.5 is the median");
  }

  // The loss of one sample with outputs y and targets t.
  template <class Y, class Target>
  typename Y::Scalar operator()(const Y& y, const Target& t) const {
    using T = typename Y::Scalar;
    T sum = 0;
    for (nn::Index i = 0; i < y.size(); ++i) {
      const T missing = t(i) - y(i);
      sum += missing > 0 ? T(share) * missing : T(share - 1) * missing;
    }
    return sum / static_cast<T>(y.size());
  }

  // Its derivative by every output.
  template <class Y, class Target, class Gradient>
  void gradient(const Y& y, const Target& t, Gradient& dy) const {
    using T = typename Y::Scalar;
    for (nn::Index i = 0; i < y.size(); ++i)
      dy(i) = (t(i) > y(i) ? T(-share) : T(1 - share)) / static_cast<T>(y.size());
  }
};

int main() {
  // Deliveries take longer the farther they go, and vary the more.
  nn::Random random(1);
  nn::Matrix<float> distance(1, 2000), duration(1, 2000);
  for (nn::Index i = 0; i < 2000; ++i) {
    distance(0, i) = static_cast<float>(random.uniform());
    duration(0, i) = (1 + distance(0, i)) * static_cast<float>(random.uniform(0.5, 1));
  }

  nn::Network<nn::Input<1>, nn::Dense<8>, nn::Tanh, nn::Dense<1>> network;
  const nn::GradientCheck check =
      nn::check_gradients(network, Quantile{}, distance.leftCols(20), duration.leftCols(20));
  std::cout << "worst relative error of a gradient: " << check.worst_relative_error << '\n';

  nn::Trainer trainer{network, Quantile{.share = 0.9}, nn::Adam{.learning_rate = 0.002}};
  trainer.fit(nn::Dataset(distance, duration), {.epochs = 100, .batch_size = 100});
  const nn::Matrix<float> predicted = network.predict(distance);
  const double share = (duration.array() <= predicted.array()).cast<double>().mean();
  std::cout << "deliveries within the predicted time: " << 100 * share << " %\n";
  return check.worst_relative_error < 1e-4 && share > 0.87 && share < 0.93 ? 0 : 1;
}
