// expect first: needs the loss; write nn::evaluate.network, loss, data.
#include <nn/training.hpp>

auto evaluate(const nn::Network<nn::Input<2>, nn::Dense<1>>& network, const nn::Dataset& data) {
  return nn::evaluate(network, data);
}
