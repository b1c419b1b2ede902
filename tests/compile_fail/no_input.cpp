// expect: nn::Network: the first entry must be nn::Input
#include <nn/inference.hpp>

nn::Network<nn::Dense<3>> network;
