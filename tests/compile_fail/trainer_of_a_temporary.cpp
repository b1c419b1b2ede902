// expect first: refers to the network, which must outlive it; give it a name
#include <nn/training.hpp>

auto trainer = nn::Trainer{nn::Network<nn::Input<2>, nn::Dense<1>>{}, nn::MeanSquaredError{}, nn::SGD{}};
