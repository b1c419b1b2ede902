// SPDX-License-Identifier: MIT
// W1 alone with libtorch, to be compiled.
#include <torch/torch.h>

#include "../measure.hpp"

using Layer = torch::nn::Linear;

class Contender {
 public:
  struct Batch {
    torch::Tensor input, label;
  };

  explicit Contender(const measure::Work& work) : optimizer_(network_->parameters(), work.learning_rate) {}

  Batch make_batch(const float* inputs, const int* labels, int) {
    return {torch::from_blob(const_cast<float*>(inputs), {1, 784}), torch::tensor({*labels}, torch::kLong)};
  }

  void start(const std::vector<measure::LayerWeights>& weights) {
    const torch::NoGradGuard no_gradient;
    std::size_t i = 0;
    for (torch::Tensor& parameter : network_->parameters()) {
      const std::vector<float>& from = i % 2 == 0 ? weights[i / 2].W : weights[i / 2].b;
      parameter.copy_(torch::from_blob(const_cast<float*>(from.data()), parameter.sizes()));
      ++i;
    }
  }

  void step(const Batch& batch) {
    optimizer_.zero_grad();
    torch::nn::functional::cross_entropy(network_->forward(batch.input), batch.label).backward();
    optimizer_.step();
  }

  const float* forward(const Batch& batch) {
    output_ = network_->forward(batch.input);
    return output_.data_ptr<float>();
  }

 private:
  torch::nn::Sequential network_{Layer(784, 256), torch::nn::ReLU(), Layer(256, 128), torch::nn::ReLU(),
                                 Layer(128, 64),  torch::nn::ReLU(), Layer(64, 10)};
  torch::optim::SGD optimizer_;
  torch::Tensor output_;
};

int main(int count, char** arguments) { return measure::run<Contender>("libtorch", count, arguments); }
