// expect first: lacks `auto operator\(\)
#include <nn/inference.hpp>
#include <nn/optimizers/sgd.hpp>
#include <nn/training/trainer.hpp>

struct Mine {
  void gradient(const auto& y, const auto& t, auto& dy) const { dy(0) = y(0) - t(0); }
};
double loss(const nn::Network<nn::Input<4>, nn::Dense<3>>& network, const nn::Dataset& data) {
  return nn::evaluate(network, Mine{}, data).loss;
}
