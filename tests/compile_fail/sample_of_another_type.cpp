// expect first: do not fit a network of type
#include <nn/inference.hpp>

auto predict(const nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Vector<double, 4>& sample) {
  return network.predict(sample);
}
