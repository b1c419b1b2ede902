// SPDX-License-Identifier: MIT
// Learning from rewards: REINFORCE (Williams 1992) balances a pole on a cart. What turned out better than usual is made
// more likely and what turned out worse less, by weights of samples that may be negative.
#include <nn/network.hpp>

#include <cmath>
#include <iostream>
#include <vector>

// Barto, Sutton and Anderson 1983: a push to the left or to the right every 0.02 s, in metres, radians and seconds.
struct CartPole {
  double position = 0, speed = 0, angle = 0, turning = 0;

  explicit CartPole(nn::Random& random)
      : position(random.uniform(-0.05, 0.05)),
        speed(random.uniform(-0.05, 0.05)),
        angle(random.uniform(-0.05, 0.05)),
        turning(random.uniform(-0.05, 0.05)) {}

  void push(bool to_the_right) {
    const double force = to_the_right ? 10 : -10, mass = 1.1, pole_mass = 0.1, half_length = 0.5, time = 0.02;
    const double along = (force + pole_mass * half_length * turning * turning * std::sin(angle)) / mass;
    const double angular = (9.8 * std::sin(angle) - std::cos(angle) * along) /
                           (half_length * (4.0 / 3 - pole_mass * std::cos(angle) * std::cos(angle) / mass));
    const double acceleration = along - pole_mass * half_length * angular * std::cos(angle) / mass;
    position += time * speed;
    speed += time * acceleration;
    angle += time * turning;
    turning += time * angular;
  }
  bool stands() const { return std::abs(position) < 2.4 && std::abs(angle) < 0.2094; }  // 12 degrees
  nn::Vector<float> state() const { return nn::Vector<double>{{position, speed, 5 * angle, turning}}.cast<float>(); }
};

using Policy = nn::Network<nn::Input<4>, nn::Dense<32>, nn::Tanh, nn::Dense<2>, nn::Softmax>;
constexpr int longest = 200;  // pushes of an episode

// Plays until the pole falls; calls seen(state, push) before each push. Returns how many there were.
template <class Seen>
int play(const Policy& policy, nn::Random& random, Seen&& seen) {
  CartPole game(random);
  for (int step = 0; step < longest; ++step) {
    const nn::Vector<float> state = game.state();
    const int push = random.uniform() < static_cast<double>(policy.predict(state)(1)) ? 1 : 0;
    seen(state, push);
    game.push(push == 1);
    if (!game.stands()) return step + 1;
  }
  return longest;
}

double mean_length(const Policy& policy) {
  nn::Random random(99);
  int sum = 0;
  for (int episode = 0; episode < 20; ++episode) sum += play(policy, random, [](const auto&, int) {});
  return sum / 20.0;
}

int main() {
  Policy policy;
  nn::Random random(1);
  nn::Trainer trainer{policy, nn::CrossEntropy{}, nn::Adam{.learning_rate = 0.01}, {.negative_weights = true}};
  const double before = mean_length(policy);
  std::cout << "untrained, the pole stands for " << before << " pushes\n";

  for (int round = 1; round <= 60; ++round) {
    std::vector<nn::Vector<float>> states;
    std::vector<int> pushes;
    std::vector<double> returns;  // what came after each push, later rewards counting less
    for (int episode = 0; episode < 10; ++episode) {
      const int length = play(policy, random, [&](const nn::Vector<float>& state, int push) {
        states.push_back(state);
        pushes.push_back(push);
      });
      returns.resize(states.size());
      double sum = 0;
      for (std::size_t i = states.size(); i-- > states.size() - static_cast<std::size_t>(length);)
        returns[i] = sum = 1 + 0.99 * sum;
    }

    // Better or worse than the mean, in standard deviations.
    const Eigen::Map<Eigen::ArrayXd> weights(returns.data(), static_cast<nn::Index>(returns.size()));
    const double mean = weights.mean();
    const double deviation = std::sqrt((weights - mean).square().mean()) + 1e-6;
    for (double& weight : returns) weight = (weight - mean) / deviation;

    nn::Matrix<float> x(4, static_cast<nn::Index>(states.size()));
    for (std::size_t i = 0; i < states.size(); ++i) x.col(static_cast<nn::Index>(i)) = states[i];
    trainer.step(x, pushes, returns);
    if (round % 20 == 0) std::cout << "after " << round << " updates for " << mean_length(policy) << '\n';
  }
  return mean_length(policy) > 3 * before ? 0 : 1;
}
