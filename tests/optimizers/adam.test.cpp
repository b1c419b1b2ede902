// SPDX-License-Identifier: MIT
#include <nn/optimizers/adam.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "trajectory.hpp"

namespace {

// The gradient of f(w) = sum_i (i + 1) / 10 (w_i - 1)^4.
template <class T>
T slope(T w, std::size_t i) {
  return T(4) * T(i + 1) / 10 * (w - 1) * (w - 1) * (w - 1);
}

// 200 steps by the formulas in PyTorch's documentation of torch.optim.Adam (amsgrad and maximize False), in plain
// loops.
template <class T>
std::vector<T> by_formula(const nn::Adam& options, std::vector<T> w) {
  std::vector<T> m(w.size()), v(w.size());
  for (int step = 1; step <= 200; ++step)
    for (std::size_t i = 0; i < w.size(); ++i) {
      const T g = slope(w[i], i) + T(options.weight_decay) * w[i];
      m[i] = T(options.beta1) * m[i] + T(1 - options.beta1) * g;
      v[i] = T(options.beta2) * v[i] + T(1 - options.beta2) * g * g;
      const T corrected_m = m[i] / T(1 - std::pow(options.beta1, step));
      const T corrected_v = v[i] / T(1 - std::pow(options.beta2, step));
      w[i] -= T(options.learning_rate) * corrected_m / (std::sqrt(corrected_v) + T(options.epsilon));
    }
  return w;
}

// As a trainer calls it, the parameters cut into two parts.
template <class T>
std::vector<T> by_step(const nn::Adam& options, std::vector<T> w) {
  const auto count = static_cast<nn::Index>(w.size()), cut = count / 3;
  nn::Matrix<T> state = nn::Matrix<T>::Zero(count, options.state_count());
  std::vector<T> g(w.size());
  for (int step = 1; step <= 200; ++step) {
    for (std::size_t i = 0; i < w.size(); ++i) g[i] = slope(w[i], i);
    for (const auto& [first, size] : {std::pair{nn::Index(0), cut}, std::pair{cut, count - cut}})
      options.step(nn::VectorView<T>(w.data() + first, size), nn::ConstVectorView<T>(g.data() + first, size),
                   nn::OptimizerState<T>(state.data() + first, size, 2, Eigen::OuterStride<>(count)), step);
  }
  return w;
}

}  // namespace

TEMPLATE_TEST_CASE("Adam follows PyTorch's formulas for 200 steps", "", float, double) {
  for (const nn::Adam options : {nn::Adam{}, nn::Adam{.learning_rate = 0.05}, nn::Adam{.beta1 = 0, .beta2 = 0.5},
                                 nn::Adam{.learning_rate = 0.02, .epsilon = 0.1, .weight_decay = 0.05}}) {
    CAPTURE(options.learning_rate, options.beta1, options.weight_decay);
    std::vector<TestType> start;
    for (int i = 0; i < 37; ++i) start.push_back(TestType(i % 11) / 2 - TestType(2.25));
    const std::vector<TestType> expected = by_formula(options, start), got = by_step(options, start);
    for (std::size_t i = 0; i < start.size(); ++i) {
      CAPTURE(i);
      CHECK(std::abs(got[i] - expected[i]) < (sizeof(TestType) == 8 ? 1e-12 : 2e-5));
      CHECK(got[i] != start[i]);
    }
  }
}

TEST_CASE("Adam goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::Adam{.learning_rate = 0.02}, "adam");
  test::check_trajectory(
      nn::Adam{.learning_rate = 0.02, .beta1 = 0.8, .beta2 = 0.99, .epsilon = 1e-3, .weight_decay = 0.1}, "adam_decay");
}

TEST_CASE("Adam's first step goes by the learning rate, whatever the size of the gradient") {
  // m^ = g, v^ = g^2, so W -= rate g / (|g| + epsilon).
  nn::Vector<double> w{{1, 1, 1}}, g{{1e-3, -2, 0}};
  nn::Matrix<double> state = nn::Matrix<double>::Zero(3, 2);
  nn::Adam{.learning_rate = 0.25}.step(nn::VectorView<double>(w.data(), 3), nn::ConstVectorView<double>(g.data(), 3),
                                       nn::OptimizerState<double>(state.data(), 3, 2, Eigen::OuterStride<>(3)), 1);
  CHECK(w[0] == Approx(1 - 0.25 * 1e-3 / (1e-3 + 1e-8)).epsilon(1e-14));
  CHECK(w[1] == Approx(1 + 0.25 * 2 / (2 + 1e-8)).epsilon(1e-14));
  CHECK(w[2] == 1);
}

TEST_CASE("Adam refuses options that make no sense") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const double rate : {0.0, -1.0, nan, std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS((nn::Adam{.learning_rate = rate}.validate()), nn::data_error);
  for (const double beta : {-0.1, 1.0, nan}) {
    CHECK_THROWS_AS((nn::Adam{.beta1 = beta}.validate()), nn::data_error);
    CHECK_THROWS_AS((nn::Adam{.beta2 = beta}.validate()), nn::data_error);
  }
  CHECK_THROWS_AS((nn::Adam{.epsilon = 0}.validate()), nn::data_error);
  CHECK_THROWS_WITH((nn::Adam{.weight_decay = -1}.validate()),
                    "Adam: weight decay must not be negative, got -1; 1e-4 is usual, 0 is none");
  CHECK_NOTHROW(nn::Adam{}.validate());
}

TEST_CASE("Adam that is told nothing has the defaults of Kingma and Ba") {
  const auto [learning_rate, beta1, beta2, epsilon, weight_decay] = nn::Adam{};
  CHECK(learning_rate == 1e-3);
  CHECK(beta1 == 0.9);
  CHECK(beta2 == 0.999);
  CHECK(epsilon == 1e-8);
  CHECK(weight_decay == 0);
}
