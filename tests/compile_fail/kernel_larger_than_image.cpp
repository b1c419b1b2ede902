// expect: does not fit an input of
#include <nn/inference.hpp>

nn::Network<nn::Input<4, 4, 16>, nn::Conv2D<6, 5>> network;
