// SPDX-License-Identifier: MIT
// One training step by Adam of recurrent networks and of a transformer block, on drawn sequences.
#include <nn/training.hpp>

#include "../sequences.hpp"

namespace {

template <nn::Index Features, nn::Index Steps, class Layer>
using Classifier =
    nn::Network<nn::Sequence<Features, Steps>, Layer, nn::LastStep, nn::Dense<measure::classes>, nn::Softmax>;
using Transformer = nn::Network<nn::Sequence<64, 64>, nn::TransformerBlock<4, 256>, nn::MeanOverTime,
                                nn::Dense<measure::classes>, nn::Softmax>;

template <class Net>
void train(const measure::Arguments& arguments, const measure::SequenceWork& work) {
  Net network;
  nn::Trainer trainer{network, nn::CrossEntropy{}, nn::Adam{}, {.threads = work.threads}};
  const measure::DrawnSequences drawn(work);
  const nn::Matrix<float> x = nn::ConstMatrixView<float>(drawn.inputs.data(), work.features * work.steps, work.batch);
  measure::run_steps("nn", arguments, [&] { return trainer.step(x, drawn.labels); });
}

void run(const measure::Arguments& arguments) {
  const measure::SequenceWork work(arguments.workload);
  const auto is = [&](const char* layer, int units) { return work.layer == layer && work.units == units; };
  if (work.layer == "transformer") return train<Transformer>(arguments, work);
  if (is("lstm", 32)) return train<Classifier<1, 100, nn::LSTM<32>>>(arguments, work);
  if (is("lstm", 64)) return train<Classifier<28, 28, nn::LSTM<64>>>(arguments, work);
  if (is("lstm", 128)) return train<Classifier<28, 28, nn::LSTM<128>>>(arguments, work);
  train<Classifier<28, 28, nn::GRU<64>>>(arguments, work);
}

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] { run(measure::Arguments(count, arguments)); });
}
