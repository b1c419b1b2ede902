// expect: Input: every size must be at least 1
#include <nn/inference.hpp>

nn::Network<nn::Input<0>, nn::Dense<3>> network;
