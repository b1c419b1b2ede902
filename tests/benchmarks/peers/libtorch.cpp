// SPDX-License-Identifier: MIT
// libtorch, its C++ frontend, eager: batches are tensors before the clock runs; inference is in InferenceMode, or in
// the older NoGradGuard where NN_BENCHMARK_NO_GRAD is set.
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
    for (std::size_t i = 0; i + 1 < work.widths.size(); ++i) {
      if (i > 0 && work.is_tiny) network_->push_back(torch::nn::Tanh());
      if (i > 0 && !work.is_tiny) network_->push_back(torch::nn::ReLU());
      linear_.push_back(torch::nn::Linear(work.widths[i], work.widths[i + 1]));
      network_->push_back(linear_.back());
    }
  }

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    return {torch::from_blob(const_cast<float*>(inputs), {samples, work_.widths[0]}),
            torch::from_blob(const_cast<int*>(labels), {samples}, torch::kInt).to(torch::kLong)};
  }

  void start(const std::vector<measure::LayerWeights>& weights) {
    const torch::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      linear_[i]->weight.copy_(
          torch::from_blob(const_cast<float*>(weights[i].W.data()), {weights[i].outputs, weights[i].inputs}));
      linear_[i]->bias.copy_(torch::from_blob(const_cast<float*>(weights[i].b.data()), {weights[i].outputs}));
    }
    if (work_.optimizer == measure::Optimizer::adam)
      optimizer_ =
          std::make_unique<torch::optim::Adam>(network_->parameters(), torch::optim::AdamOptions(work_.learning_rate));
    else
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
    if (uses_inference_mode_) {
      const c10::InferenceMode inference;
      predict(batch);
    } else {
      const torch::NoGradGuard no_gradient;
      predict(batch);
    }
    return output_.data_ptr<float>();
  }

 private:
  void predict(const Batch& batch) {
    output_ = network_->forward(batch.inputs);
    if (!work_.is_tiny) output_ = torch::softmax(output_, 1);
  }

  measure::Work work_;
  torch::nn::Sequential network_;
  std::vector<torch::nn::Linear> linear_;
  std::unique_ptr<torch::optim::Optimizer> optimizer_;
  torch::Tensor output_;
  bool uses_inference_mode_ = std::getenv("NN_BENCHMARK_NO_GRAD") == nullptr;
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("libtorch", count, arguments); }
