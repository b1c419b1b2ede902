// SPDX-License-Identifier: MIT
// W1 alone with dlib, to be compiled.
#include <dlib/dnn.h>

#include "../measure.hpp"

using namespace dlib;

class Contender {
 public:
  struct Batch {
    resizable_tensor inputs;
    std::vector<unsigned long> labels;
  };

  explicit Contender(const measure::Work& work) : rate_(work.learning_rate) {}

  Batch make_batch(const float* inputs, const int* labels, int) {
    Batch batch{resizable_tensor(1, 1, 784, 1), {static_cast<unsigned long>(*labels)}};
    std::copy_n(inputs, 784, batch.inputs.host());
    return batch;
  }
  void start(const std::vector<measure::LayerWeights>&) {}  // from dlib's own random weights
  void step(Batch& batch) {
    network_.compute_parameter_gradients(batch.inputs, batch.labels.begin());
    network_.update_parameters(make_sstack(solvers_), rate_);
  }
  const float* forward(Batch& batch) { return network_.subnet().forward(batch.inputs).host(); }

 private:
  using Network = loss_multiclass_log<fc<10, relu<fc<64, relu<fc<128, relu<fc<256, input<matrix<float>>>>>>>>>>;
  double rate_;
  Network network_;
  std::vector<sgd> solvers_{Network::num_computational_layers, sgd(0, 0)};
};

int main(int count, char** arguments) { return measure::run<Contender>("dlib", count, arguments); }
