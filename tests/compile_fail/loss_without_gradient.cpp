// expect first: lacks `void gradient\(
#include <nn/inference.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

struct Mine {
  auto operator()(const auto& y, const auto& t) const { return y(0) - t(0); }
};
nn::Network<nn::Input<4>, nn::Dense<3>> network;
nn::Trainer trainer{network, Mine{}, nn::SGD{}};
double train(const nn::Vector<float, 4>& x) { return trainer.step(x, 1); }
