// expect first: the weights of samples are doubles
#include <nn/training.hpp>

void train(nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Matrix<float>& x, const nn::Matrix<float>& t) {
  nn::Trainer trainer{network, nn::MeanSquaredError{}, nn::SGD{}};
  trainer.step(x, t, std::vector<float>{1, 2});
}
