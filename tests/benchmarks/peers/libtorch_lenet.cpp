// SPDX-License-Identifier: MIT
// LeNet-5 in libtorch, its C++ frontend, eager: batches are tensors before the clock runs.
#include <torch/torch.h>

#include <cstdlib>
#include <memory>

#include "../measure.hpp"

namespace {

class Contender {
 public:
  struct Batch {
    torch::Tensor inputs, labels;
  };

  explicit Contender(const measure::Work& work) : work_(work) {
    const char* threads = std::getenv("OMP_NUM_THREADS");
    torch::set_num_threads(threads == nullptr ? 1 : std::atoi(threads));
  }

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return {torch::from_blob(const_cast<float*>(inputs), {samples, 1, 28, 28}),
            torch::from_blob(const_cast<int*>(labels), {samples}, torch::kInt).to(torch::kLong)};
  }

  void start(const std::vector<measure::LayerWeights>&) {
    using namespace torch::nn;
    torch::manual_seed(1);
    network_ = Sequential(Conv2d(Conv2dOptions(1, 6, 5).padding(2)), ReLU(), MaxPool2d(2), Conv2d(6, 16, 5), ReLU(),
                          MaxPool2d(2), Flatten(), Linear(400, 120), ReLU(), Linear(120, 84), ReLU(), Linear(84, 10));
    for (torch::Tensor& parameter : network_->parameters()) {  // He et al. 2015
      const torch::NoGradGuard no_gradient;
      if (parameter.dim() > 1)
        init::kaiming_normal_(parameter);
      else
        parameter.zero_();
    }
    optimizer_ =
        std::make_unique<torch::optim::SGD>(network_->parameters(), torch::optim::SGDOptions(work_.learning_rate));
  }

  void step(const Batch& batch) {
    optimizer_->zero_grad();
    const torch::Tensor loss = torch::nn::functional::cross_entropy(network_->forward(batch.inputs), batch.labels);
    loss.backward();
    optimizer_->step();
  }

  const float* forward(const Batch& batch) {
    const c10::InferenceMode inference;
    output_ = torch::softmax(network_->forward(batch.inputs), 1);
    return output_.data_ptr<float>();
  }

 private:
  measure::Work work_;
  torch::nn::Sequential network_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
  torch::Tensor output_;
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("libtorch", count, arguments); }
