// expect first: targets are a matrix of Eigen's, outputs x samples, or class labels
#include <nn/training.hpp>

void train(nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Matrix<float>& x) {
  nn::Trainer trainer{network, nn::SoftmaxCrossEntropy{}, nn::SGD{}};
  trainer.step(x, std::vector<float>{0, 1, 2});
}
