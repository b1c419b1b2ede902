// SPDX-License-Identifier: MIT
// What a library hands out and takes, which may be compiled for another processor than the program.
#pragma once

#include <nn/network.hpp>

using Network = nn::Network<nn::Input<7>, nn::Dense<5>, nn::BatchNorm, nn::Tanh, nn::Dense<3>>;
using Trainer = nn::Trainer<Network, nn::MeanSquaredError, nn::Adam>;

Network make_network();
nn::Sequential<float> make_sequential();
nn::Dataset make_dataset(nn::ConstMatrixView<float> x, nn::ConstMatrixView<float> target);
nn::Workspace<float> make_workspace(const Network& network, nn::ConstMatrixView<float> x);
Trainer make_trainer(Network& network);
double train(Trainer& trainer, nn::ConstMatrixView<float> x, nn::ConstMatrixView<float> target);
void grow(nn::Sequential<float>& network);
