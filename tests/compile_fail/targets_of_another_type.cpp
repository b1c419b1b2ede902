// expect first: do not fit a network of type
#include <nn/training.hpp>

void train(nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Matrix<float>& x, const nn::Matrix<double>& t) {
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  trainer.step(x, t);
}
