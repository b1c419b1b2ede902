// expect: ends in Denormalize, which puts out numbers
#include <nn/inference.hpp>
#include <nn/losses/cross_entropy.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

nn::Network<nn::Input<4>, nn::Dense<3>, nn::Denormalize> network;
nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
