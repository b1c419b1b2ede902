// SPDX-License-Identifier: MIT
// dlib: its networks on the level below dnn_trainer, which would add a thread and a copy per step.
#include <dlib/dnn.h>

#include "../measure.hpp"

namespace {

using namespace dlib;
using Input = input<matrix<float>>;
using DigitsNetwork = loss_multiclass_log<fc<10, relu<fc<64, relu<fc<128, relu<fc<256, Input>>>>>>>>;
using TinyNetwork = loss_mean_squared_multioutput<fc<4, htan<fc<16, htan<fc<16, Input>>>>>>;

template <class Network, class Solver>
class Contender {
  static constexpr bool is_tiny = std::is_same_v<Network, TinyNetwork>;

 public:
  struct Batch {
    resizable_tensor inputs;
    std::vector<unsigned long> labels;
  };

  explicit Contender(const measure::Work& work)
      : work_(work), solvers_(Network::num_computational_layers, make_solver()) {}

  Batch make_batch(const float* inputs, const int* labels, int samples) {
    Batch batch{resizable_tensor(samples, 1, work_.widths[0], 1), std::vector<unsigned long>(labels, labels + samples)};
    std::copy_n(inputs, samples * work_.widths[0], batch.inputs.host());
    return batch;
  }

  void start(const std::vector<measure::LayerWeights>& weights) {
    // Once through, so that the layers allocate their parameters.
    const matrix<float> nothing = zeros_matrix<float>(work_.widths[0], 1);
    resizable_tensor input;
    network_.to_tensor(&nothing, &nothing + 1, input);
    network_.subnet().forward(input);
    set<1>(weights[weights.size() - 1]);
    set<3>(weights[weights.size() - 2]);
    set<5>(weights[weights.size() - 3]);
    if constexpr (!is_tiny) set<7>(weights[0]);
    solvers_.assign(Network::num_computational_layers, make_solver());
  }

  void step(Batch& batch) {
    if constexpr (!is_tiny) {
      network_.compute_parameter_gradients(batch.inputs, batch.labels.begin());
      network_.update_parameters(make_sstack(solvers_), work_.learning_rate);
    }
  }

  const float* forward(Batch& batch) {
    const tensor& output = network_.subnet().forward(batch.inputs);
    if constexpr (is_tiny) return output.host();
    probabilities_.copy_size(output);
    tt::softmax(probabilities_, output);
    return probabilities_.host();
  }

 private:
  static Solver make_solver() {
    if constexpr (std::is_same_v<Solver, sgd>)
      return sgd(0, 0);
    else
      return adam(0, 0.9f, 0.999f);
  }

  // dlib keeps W as inputs x outputs, row after row, then b. It counts layers from the output; the loss is 0.
  template <unsigned long Number>
  void set(const measure::LayerWeights& weights) {
    float* to = layer<Number>(network_).layer_details().get_layer_params().host();
    for (int input = 0; input < weights.inputs; ++input)
      for (int output = 0; output < weights.outputs; ++output)
        *to++ = weights.W[static_cast<std::size_t>(output) * static_cast<std::size_t>(weights.inputs) +
                          static_cast<std::size_t>(input)];
    std::copy(weights.b.begin(), weights.b.end(), to);
  }

  measure::Work work_;
  Network network_;
  std::vector<Solver> solvers_;
  resizable_tensor probabilities_;
};

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] {
    const measure::Arguments given(count, arguments);
    const measure::Work work(given);
    if (work.is_tiny)
      measure::Driver<Contender<TinyNetwork, sgd>>("dlib", given).run();
    else if (work.optimizer == measure::Optimizer::adam)
      measure::Driver<Contender<DigitsNetwork, adam>>("dlib", given).run();
    else
      measure::Driver<Contender<DigitsNetwork, sgd>>("dlib", given).run();
  });
}
