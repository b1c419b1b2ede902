// SPDX-License-Identifier: MIT
#include <nn/optimizers/sgd.hpp>

#include <cmath>
#include <limits>
#include <vector>

#include "trajectory.hpp"

using Catch::Matchers::Message;

namespace {

// 200 steps down f(w) = sum_i (i + 1) / 10 (w_i - 1)^4 by the formulas in PyTorch's documentation of torch.optim.SGD
// (dampening 0, maximize False), in plain loops.
template <class T>
std::vector<T> by_formula(const nn::SGD& options, std::vector<T> w) {
  const T rate = T(options.learning_rate), momentum = T(options.momentum), decay = T(options.weight_decay);
  std::vector<T> buffer(w.size());
  for (int step = 1; step <= 200; ++step)
    for (std::size_t i = 0; i < w.size(); ++i) {
      const T distance = w[i] - 1;
      T g = T(4) * T(i + 1) / 10 * distance * distance * distance;
      if (decay != 0) g = g + decay * w[i];
      if (momentum != 0) {
        buffer[i] = step > 1 ? momentum * buffer[i] + g : g;
        g = options.nesterov ? g + momentum * buffer[i] : buffer[i];
      }
      w[i] = w[i] - rate * g;
    }
  return w;
}

template <class T>
nn::Vector<T> by_step(const nn::SGD& options, nn::Vector<T> w) {
  nn::Vector<T> state = nn::Vector<T>::Zero(options.state_count() * w.size()), g(w.size());
  for (int step = 1; step <= 200; ++step) {
    for (nn::Index i = 0; i < w.size(); ++i) g[i] = T(4) * T(i + 1) / 10 * (w[i] - 1) * (w[i] - 1) * (w[i] - 1);
    options.step(nn::VectorView<T>(w.data(), w.size()), nn::ConstVectorView<T>(g.data(), g.size()),
                 nn::OptimizerState<T>(state.data(), w.size(), options.state_count(), Eigen::OuterStride<>(w.size())),
                 step);
  }
  return w;
}

}  // namespace

TEMPLATE_TEST_CASE("SGD follows PyTorch's formulas for 200 steps", "", float, double) {
  for (const nn::SGD options :
       {nn::SGD{.learning_rate = 0.02}, nn::SGD{.learning_rate = 0.02, .momentum = 0.9},
        nn::SGD{.learning_rate = 0.02, .momentum = 0.9, .nesterov = true},
        nn::SGD{.learning_rate = 0.02, .weight_decay = 0.05},
        nn::SGD{.learning_rate = 0.02, .momentum = 0.5, .weight_decay = 0.05},
        nn::SGD{.learning_rate = 0.01, .momentum = 0.8, .weight_decay = 0.1, .nesterov = true}}) {
    CAPTURE(options.momentum, options.weight_decay, options.nesterov);
    const std::vector<TestType> start{-1, TestType(-0.5), 0, TestType(0.25), 2, TestType(2.5), TestType(1.75)};
    const auto expected = by_formula<TestType>(options, start);
    const auto got =
        by_step<TestType>(options, nn::ConstVectorView<TestType>(start.data(), static_cast<nn::Index>(start.size())));
    for (std::size_t i = 0; i < start.size(); ++i) {
      CAPTURE(i);
      CHECK(std::abs(got[static_cast<nn::Index>(i)] - expected[i]) < (sizeof(TestType) == 8 ? 1e-13 : 2e-6));
      CHECK(std::abs(got[static_cast<nn::Index>(i)] - start[i]) > 0.1);  // it went somewhere
    }
  }
}

TEST_CASE("SGD goes where PyTorch's goes for 200 steps") {
  test::check_trajectory(nn::SGD{}, "sgd");
  test::check_trajectory(nn::SGD{.momentum = 0.9}, "sgd_momentum");
  test::check_trajectory(nn::SGD{.momentum = 0.9, .weight_decay = 0.05, .dampening = 0.25}, "sgd_dampening");
  test::check_trajectory(nn::SGD{.momentum = 0.8, .weight_decay = 0.1, .nesterov = true}, "sgd_nesterov");
}

TEST_CASE("SGD takes known steps") {
  // g = (1, -2), rate 1/2, momentum 1/2. First v = g, W -= v/2. Then v = g/2 + g = 1.5 g.
  const nn::SGD sgd{.learning_rate = 0.5, .momentum = 0.5};
  nn::Vector<double> w{{3, 3}}, g{{1, -2}}, state = nn::Vector<double>::Zero(2);
  const auto step = [&](const nn::SGD& options, int number) {
    options.step(
        nn::VectorView<double>(w.data(), 2), nn::ConstVectorView<double>(g.data(), 2),
        nn::OptimizerState<double>(state.data(), w.size(), options.state_count(), Eigen::OuterStride<>(w.size())),
        number);
  };
  step(sgd, 1);
  CHECK(w == nn::Vector<double>{{2.5, 4}});
  CHECK(state == g);
  step(sgd, 2);
  CHECK(w == nn::Vector<double>{{1.75, 5.5}});
  CHECK(state == 1.5 * g);
  // Dampening 3/4 takes a quarter of the gradient, but not at the first step: v = g, then v = g/2 + g/4.
  const nn::SGD damped{.learning_rate = 0.5, .momentum = 0.5, .dampening = 0.75};
  state.setZero();
  step(damped, 1);
  CHECK(state == g);
  step(damped, 2);
  CHECK(state == 0.75 * g);
  // Weight decay 1/4 adds w/4 to g: w -= (g + w/4) / 2. Nothing is remembered.
  state.resize(0);
  w << 4, 8;
  step({.learning_rate = 0.5, .weight_decay = 0.25}, 1);
  CHECK(w == nn::Vector<double>{{3, 8}});
}

TEST_CASE("SGD remembers a velocity only where it has momentum, and is plain only without any extra") {
  CHECK(nn::SGD{}.state_count() == 0);
  CHECK(nn::SGD{.momentum = 0.9}.state_count() == 1);
  CHECK(nn::SGD{}.is_plain());
  CHECK_FALSE(nn::SGD{.momentum = 0.9}.is_plain());
  CHECK_FALSE(nn::SGD{.weight_decay = 1e-4}.is_plain());
  CHECK(nn::SGD{}.learning_rate == 1e-2);
}

TEST_CASE("SGD refuses options that make no sense") {
  const double nan = test::not_a_number<double>, infinity = test::infinity<double>;
  CHECK_NOTHROW(nn::SGD{}.validate());
  CHECK_NOTHROW((nn::SGD{.learning_rate = 1e-3, .momentum = 0.9, .weight_decay = 1e-4, .nesterov = true}.validate()));
  CHECK_THROWS_MATCHES(nn::SGD{.learning_rate = 0}.validate(), nn::data_error,
                       Message("SGD: the learning rate must be a positive number, got 0; 1e-2 is a usual start"));
  CHECK_THROWS_MATCHES(nn::SGD{.learning_rate = nan}.validate(), nn::data_error,
                       Message("SGD: the learning rate must be a positive number, got nan; 1e-2 is a usual start"));
  for (const double rate : {-1e-3, -0.0, infinity, -infinity})
    CHECK_THROWS_AS(nn::SGD{.learning_rate = rate}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::SGD{.momentum = 1}.validate(), nn::data_error,
                       Message("SGD: momentum must be at least 0 and below 1, got 1; 0.9 is usual, 0 is none"));
  for (const double momentum : {-0.1, 1.5, nan, infinity})
    CHECK_THROWS_AS(nn::SGD{.momentum = momentum}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::SGD{.weight_decay = -1}.validate(), nn::data_error,
                       Message("SGD: weight decay must not be negative, got -1; 1e-4 is usual, 0 is none"));
  for (const double decay : {nan, infinity}) CHECK_THROWS_AS(nn::SGD{.weight_decay = decay}.validate(), nn::data_error);
  CHECK_THROWS_MATCHES(nn::SGD{.nesterov = true}.validate(), nn::data_error,
                       Message("SGD: Nesterov's form needs momentum, got 0; set momentum to 0.9 or nesterov to false"));
  CHECK_THROWS_MATCHES((nn::SGD{.momentum = 0.9, .dampening = 1}.validate()), nn::data_error,
                       Message("SGD: dampening must be at least 0 and below 1, got 1; 0 is none"));
  CHECK_THROWS_MATCHES(
      (nn::SGD{.momentum = 0.9, .nesterov = true, .dampening = 0.5}.validate()), nn::data_error,
      Message("SGD: Nesterov's form is without dampening, got 0.5; set dampening to 0 or nesterov to false"));
  CHECK_THROWS_MATCHES(nn::SGD{.dampening = 0.5}.validate(), nn::data_error,
                       Message("SGD: a dampening of 0.5 needs momentum, got 0; set momentum to 0.9 or dampening to 0"));
}

TEST_CASE("SGD that is told nothing has Keras's rate and PyTorch's other defaults: it is plain") {
  const auto [learning_rate, momentum, weight_decay, nesterov, dampening] = nn::SGD{};
  CHECK(learning_rate == 1e-2);
  CHECK(momentum == 0);
  CHECK(weight_decay == 0);
  CHECK_FALSE(nesterov);
  CHECK(dampening == 0);
}
