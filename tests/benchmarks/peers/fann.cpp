// SPDX-License-Identifier: MIT
// FANN has no ReLU, softmax or cross entropy: sigmoid and squared error with a learning rate of 0.7, and 10,000 samples
// forward are one by one. The tiny network is the same as the others'.
#include <fann.h>

#include <vector>

#include "../measure.hpp"

namespace {

class Contender {
 public:
  struct Batch {
    float* inputs;
    int samples;
    std::vector<float> targets;
  };

  explicit Contender(const measure::Work& work) : work_(work) {
    const std::vector<unsigned> widths(work.widths.begin(), work.widths.end());
    network_ = fann_create_standard_array(static_cast<unsigned>(widths.size()), widths.data());
    fann_set_activation_function_hidden(network_, work.is_tiny ? FANN_SIGMOID_SYMMETRIC : FANN_SIGMOID);
    fann_set_activation_function_output(network_, work.is_tiny ? FANN_LINEAR : FANN_SIGMOID);
    if (work.is_tiny) fann_set_activation_steepness_hidden(network_, 1);
    if (work.is_tiny) fann_set_activation_steepness_output(network_, 1);
    fann_set_learning_rate(network_, 0.7f);
  }
  ~Contender() { fann_destroy(network_); }
  Contender(const Contender&) = delete;
  Contender& operator=(const Contender&) = delete;

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    Batch batch{const_cast<float*>(inputs), samples, {}};
    if (work_.is_tiny) return batch;
    batch.targets.resize(static_cast<std::size_t>(10 * samples));
    for (int i = 0; i < samples; ++i) batch.targets[static_cast<std::size_t>(10 * i + labels[i])] = 1;
    return batch;
  }

  // FANN keeps the weights of each neuron and then its bias, neuron after neuron.
  void start(const std::vector<measure::LayerWeights>& weights) {
    float* to = network_->weights;
    for (const measure::LayerWeights& layer : weights)
      for (std::size_t output = 0; output < layer.b.size(); ++output) {
        to = std::copy_n(layer.W.data() + output * static_cast<std::size_t>(layer.inputs), layer.inputs, to);
        *to++ = layer.b[output];
      }
  }

  void step(Batch& batch) { fann_train(network_, batch.inputs, batch.targets.data()); }

  const float* forward(Batch& batch) {
    const int outputs = work_.widths.back();
    outputs_.resize(static_cast<std::size_t>(batch.samples * outputs));
    for (int i = 0; i < batch.samples; ++i)
      std::copy_n(fann_run(network_, batch.inputs + i * work_.widths[0]), outputs, outputs_.data() + i * outputs);
    return outputs_.data();
  }

 private:
  measure::Work work_;
  fann* network_;
  std::vector<float> outputs_;
};

}  // namespace

int main(int count, char** arguments) { return measure::run<Contender>("fann-sigmoid", count, arguments); }
