// expect: Residual: its layers make
#include <nn/inference.hpp>

nn::Network<nn::Input<8, 8, 16>, nn::Residual<nn::Conv2D<16, 3>, nn::ReLU>> network;
