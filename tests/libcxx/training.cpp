// SPDX-License-Identifier: MIT
#include <nn/training.hpp>

double train_through_training_door();

double train_through_training_door() {
  const nn::Matrix<float> x{{0, 0, 1, 1}, {0, 1, 0, 1}}, target{{0, 1, 1, 0}};
  nn::Network<nn::Input<2>, nn::Dense<8>, nn::Tanh, nn::Dense<1>, nn::Sigmoid> network;
  nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::Adam{.learning_rate = 0.05}};
  double loss = 0;
  for (int i = 0; i < 500; ++i) loss = trainer.step(x, target);
  return loss;
}
