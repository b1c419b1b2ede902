// SPDX-License-Identifier: MIT
// W5 (MNIST): LeNet-5 in mini-batches of 64 with plain gradient descent.
#include <nn/network.hpp>
#include <optional>

#include "digits.hpp"

namespace {

using LeNet = nn::Network<nn::Input<28, 28, 1>, nn::Conv2D<6, 5, nn::ConvOptions{.padding = 2}>, nn::ReLU,
                          nn::MaxPool2D<2>, nn::Conv2D<16, 5>, nn::ReLU, nn::MaxPool2D<2>, nn::Flatten, nn::Dense<120>,
                          nn::ReLU, nn::Dense<84>, nn::ReLU, nn::Dense<10>, nn::Softmax>;

class Contender {
 public:
  explicit Contender(const measure::Work& work) : rate_(work.learning_rate), threads_(work.threads) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return make_digits_batch(inputs, labels, samples);
  }
  // Each contender draws its own weights (He et al. 2015): they are laid out differently.
  void start(const std::vector<measure::LayerWeights>&) {
    network_.initialize(nn::Random(1));
    if (rate_ > 0)
      trainer_.emplace(network_, nn::CrossEntropy{}, nn::SGD{.learning_rate = rate_},
                       nn::TrainerOptions{.threads = threads_});
  }
  void step(const Batch& batch) { trainer_->step(batch.inputs, batch.labels); }
  const float* forward(const Batch& batch) { return network_.predict(batch.inputs, workspace_).data(); }

 private:
  double rate_;
  nn::Index threads_;
  LeNet network_;
  std::optional<nn::Trainer<LeNet, nn::CrossEntropy, nn::SGD>> trainer_;
  nn::Workspace<float> workspace_;
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("nn", count, arguments); }
