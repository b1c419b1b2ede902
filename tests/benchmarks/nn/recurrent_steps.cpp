// SPDX-License-Identifier: MIT
// One step of a recurrent layer of 1 feature and H units and a Dense<1>, as an audio plug-in runs it: "step-lstm-16".
#include <nn/inference.hpp>

#include <array>
#include <string>

#include "../measure.hpp"

namespace {

template <class Layer>
void run_steps(const measure::Arguments& arguments) {
  const nn::Network<nn::Sequence<1>, Layer, nn::LastStep, nn::Dense<1>> network;
  nn::Stream stream{network};
  constexpr int block = 1000;
  std::array<float, block> x{};
  for (int i = 0; i < block; ++i) x[static_cast<std::size_t>(i)] = static_cast<float>(i * 37 % 101) / 50.0f - 1.0f;
  for (int repetition = 0; repetition < arguments.repetitions; ++repetition) {
    double time = 0, sum = 0;
    int blocks = 0;
    for (; time < 0.3 * arguments.size || blocks == 0; ++blocks)
      time += measure::seconds([&] {
        for (const float& number : x)
          sum += static_cast<double>(stream.step(nn::ConstVectorView<float>(&number, 1))[0]);
      });
    measure::report(arguments.workload, "nn", 1e9 * time / block / blocks, "ns", "mean", sum / block / blocks);
  }
}

template <nn::Index Units, nn::Index... More>
void run(const measure::Arguments& arguments) {
  const std::string units = std::to_string(Units);
  if (arguments.workload == "step-lstm-" + units) return run_steps<nn::LSTM<Units>>(arguments);
  if (arguments.workload == "step-gru-" + units) return run_steps<nn::GRU<Units>>(arguments);
  if constexpr (sizeof...(More) > 0)
    run<More...>(arguments);
  else
    throw std::runtime_error("there is no work called " + arguments.workload);
}

}  // namespace

int main(int count, char** arguments) {
  return measure::main_of([&] { run<8, 16, 20, 24, 32, 40, 64>(measure::Arguments(count, arguments)); });
}
