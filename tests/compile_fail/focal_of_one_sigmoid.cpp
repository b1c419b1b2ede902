// expect: this loss compares classes and a single output tells none apart
#include <nn/inference.hpp>
#include <nn/losses/focal.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

nn::Network<nn::Input<4>, nn::Dense<1>, nn::Sigmoid> network;
nn::Trainer trainer{network, nn::Focal{}, nn::SGD{}};
