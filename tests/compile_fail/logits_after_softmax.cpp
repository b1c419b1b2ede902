// expect: this loss takes logits, but
#include <nn/inference.hpp>
#include <nn/losses/softmax_cross_entropy.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

nn::Network<nn::Input<4>, nn::Dense<3>, nn::Softmax> network;
nn::Trainer trainer{network, nn::SoftmaxCrossEntropy{}, nn::SGD{}};
