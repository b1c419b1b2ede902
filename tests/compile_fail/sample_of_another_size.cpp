// expect first: does not fit the network's Input of
#include <nn/inference.hpp>

auto predict(const nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Vector<float, 5>& sample) {
  return network.predict(sample);
}
