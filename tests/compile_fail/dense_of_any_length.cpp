// expect: let a GlobalAveragePool2D or LastStep come before layer
#include <nn/inference.hpp>

nn::Network<nn::Sequence<13>, nn::LSTM<8>, nn::Dense<5>> network;
