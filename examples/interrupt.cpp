// SPDX-License-Identifier: MIT
// Ctrl-C ends the training after the batch it is in and leaves a checkpoint; started again, the program goes on from
// it, with the same bits as one that was never interrupted.
#include <nn/network.hpp>

#include <csignal>
#include <iostream>
#include <vector>

namespace {

volatile std::sig_atomic_t is_interrupted = 0;  // a signal handler may write no more than this

nn::Dataset points_in_a_circle(nn::Index count) {
  nn::Random random(1);
  nn::Matrix<float> x(2, count);
  std::vector<int> labels;
  for (nn::Index i = 0; i < count; ++i) {
    x.col(i) << static_cast<float>(random.normal()), static_cast<float>(random.normal());
    labels.push_back(x.col(i).norm() < 1 ? 1 : 0);
  }
  return {x, labels};
}

}  // namespace

int main(int argc, char**) {
  std::signal(SIGINT, [](int) { is_interrupted = 1; });
  const bool presses_ctrl_c = argc > 1;  // as the tests do, after 50 updates

  nn::Network<nn::Input<2>, nn::Dense<16>, nn::Tanh, nn::Dense<2>, nn::Softmax> network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}};
  const nn::Dataset data = points_in_a_circle(1000);

  int updates = 0;
  const auto interrupted = [&] {
    ++updates;
    if (presses_ctrl_c && trainer.step_count() % 50 == 0) std::raise(SIGINT);
    return is_interrupted != 0;
  };
  const nn::History history =
      trainer.fit(data, {.checkpoint = "interrupt.checkpoint",
                         .stop_when = interrupted,
                         .fit = {.epochs = 20, .schedule = nn::OneCycle{.learning_rate = 0.02}}});
  if (history.is_stopped)
    std::cout << "stopped after update " << trainer.step_count() << "; start it again to go on\n";
  else
    std::cout << "right after " << trainer.step_count() << " updates, " << updates
              << " of them in this run: " << nn::evaluate(network, nn::CrossEntropy{}, data).accuracy * 100 << " %\n";
}
