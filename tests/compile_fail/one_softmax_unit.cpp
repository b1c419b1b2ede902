// expect: Softmax of a single output is 1 whatever the input
#include <nn/inference.hpp>
#include <nn/losses/binary_cross_entropy.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

nn::Network<nn::Input<4>, nn::Dense<1>, nn::Softmax> network;
nn::Trainer trainer{network, nn::BinaryCrossEntropy{}, nn::SGD{}};
