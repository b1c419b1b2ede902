// This one is right and must compile, so that the others cannot fail for a reason of their own.
#include <nn/inference.hpp>

nn::Network<nn::Input<4>, nn::Dense<3>> network;

auto predict(const nn::Vector<float, 4>& sample) { return network.predict(sample); }
