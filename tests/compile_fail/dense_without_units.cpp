// expect: Dense: needs at least 1 unit
#include <nn/inference.hpp>

nn::Network<nn::Input<4>, nn::Dense<0>> network;
