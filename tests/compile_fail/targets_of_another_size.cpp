// expect first: targets per sample do not fit the network's
#include <nn/inference.hpp>
#include <nn/losses/mean_squared_error.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

using Net = nn::Network<nn::Input<4>, nn::Dense<3>>;

void train(nn::Trainer<Net, nn::MeanSquaredError, nn::SGD>& trainer) {
  trainer.step(nn::Vector<float, 4>{1, 2, 3, 4}, nn::Vector<float, 2>{1, 2});
}
