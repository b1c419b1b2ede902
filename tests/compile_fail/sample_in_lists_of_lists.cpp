// expect first: samples are a matrix of Eigen's, features x samples
#include <nn/inference.hpp>

auto predict(const nn::Network<nn::Input<4>, nn::Dense<3>>& network, const std::vector<std::vector<float>>& samples) {
  return network.predict(samples);
}
