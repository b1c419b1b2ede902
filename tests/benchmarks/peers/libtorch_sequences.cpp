// SPDX-License-Identifier: MIT
// The works on sequences in libtorch, its C++ frontend, eager.
#include <torch/torch.h>

#include <cstdlib>

#include "../sequences.hpp"

namespace {

using torch::Tensor;
namespace layers = torch::nn;

void run(const measure::Arguments& arguments) {
  const measure::SequenceWork work(arguments.workload);
  const char* threads = std::getenv("OMP_NUM_THREADS");
  torch::set_num_threads(threads == nullptr ? 1 : std::atoi(threads));
  torch::manual_seed(1);
  measure::DrawnSequences drawn(work);
  const Tensor x = torch::from_blob(drawn.inputs.data(), {work.batch, work.steps, work.features});
  const Tensor labels = torch::from_blob(drawn.labels.data(), {work.batch}, torch::kInt).to(torch::kLong);

  layers::Linear head(work.units, measure::classes);
  std::vector<Tensor> parameters = head->parameters();
  const auto train = [&](auto layer, auto&& features) {
    for (const Tensor& parameter : layer->parameters()) parameters.push_back(parameter);
    torch::optim::Adam optimizer(parameters);
    measure::run_steps("libtorch", arguments, [&] {
      optimizer.zero_grad();
      const Tensor loss = layers::functional::cross_entropy(head->forward(features(layer)), labels);
      loss.backward();
      optimizer.step();
      return loss.template item<double>();
    });
  };
  const auto last_step = [&](auto& layer) { return std::get<0>(layer->forward(x)).select(1, work.steps - 1); };
  if (work.layer == "lstm")
    train(layers::LSTM(layers::LSTMOptions(work.features, work.units).batch_first(true)), last_step);
  else if (work.layer == "gru")
    train(layers::GRU(layers::GRUOptions(work.features, work.units).batch_first(true)), last_step);
  else  // this one has no batch_first
    train(layers::TransformerEncoderLayer(
              layers::TransformerEncoderLayerOptions(work.units, 4).dim_feedforward(256).dropout(0.0)),
          [&](auto& layer) { return layer->forward(x.transpose(0, 1)).mean(0); });
}

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] { run(measure::Arguments(count, arguments)); });
}
