// SPDX-License-Identifier: MIT
// Ctrl-C ends the training after the batch it is in and saves it; started again, the program goes on, with the same
// bits as one that was never interrupted.
#include <nn/network.hpp>

#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

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

  const std::string path = "interrupt.checkpoint";
  if (std::ifstream(path)) {
    trainer.resume(path);
    std::cout << "goes on after update " << trainer.step_count() << '\n';
  }
  const nn::History history = trainer.fit(data, {.epochs = 20,
                                                 .on_batch =
                                                     [&](const nn::Progress&) {
                                                       if (presses_ctrl_c && trainer.step_count() % 50 == 0)
                                                         std::raise(SIGINT);
                                                       return is_interrupted == 0;  // false ends the training
                                                     },
                                                 .schedule = nn::OneCycle{.learning_rate = 0.02}});
  if (history.is_stopped) {
    trainer.save_checkpoint(path);
    std::cout << "stopped after update " << trainer.step_count() << "; start it again to go on\n";
  } else {
    std::remove(path.c_str());
    std::cout << "right after " << trainer.step_count()
              << " updates: " << nn::evaluate(network, nn::CrossEntropy{}, data).accuracy * 100 << " %\n";
  }
}
