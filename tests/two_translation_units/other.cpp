// SPDX-License-Identifier: MIT
#include "network.hpp"

Network make_network() { return {}; }

nn::Sequential<float> make_sequential() {
  return nn::Sequential<float>{nn::Input{7}, nn::Dense{5}, nn::BatchNorm{}, nn::Tanh{}};
}

nn::Dataset make_dataset(nn::ConstMatrixView<float> x, nn::ConstMatrixView<float> target) { return {x, target}; }

nn::Workspace<float> make_workspace(const Network& network, nn::ConstMatrixView<float> x) {
  nn::Workspace<float> workspace;
  network.predict(x.leftCols(1), workspace);
  return workspace;
}

Trainer make_trainer(Network& network) { return {network, nn::MeanSquaredError{}, nn::Adam{}, {.average_decay = 0.9}}; }

double train(Trainer& trainer, nn::ConstMatrixView<float> x, nn::ConstMatrixView<float> target) {
  return trainer.step(x, target);
}

void grow(nn::Sequential<float>& network) { network.add(nn::Dense{3}); }
