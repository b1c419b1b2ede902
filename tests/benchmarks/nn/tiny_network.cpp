// SPDX-License-Identifier: MIT
// W3t: a network of 8-16-16-4 with sizes in the types.
#include <nn/inference.hpp>

#include "digits.hpp"

class Contender {
 public:
  explicit Contender(const measure::Work&) {}

  nn::ConstVectorView<float, 8> make_batch(const float* inputs, const int*, int) {
    return nn::ConstVectorView<float, 8>(inputs);
  }
  void start(const std::vector<measure::LayerWeights>& weights) { set_weights(network_, weights); }
  void step(const nn::ConstVectorView<float, 8>&) {}
  const float* forward(const nn::ConstVectorView<float, 8>& x) { return network_.predict(x, workspace_).data(); }

 private:
  nn::Network<nn::Input<8>, nn::Dense<16>, nn::Tanh, nn::Dense<16>, nn::Tanh, nn::Dense<4>> network_;
  nn::Workspace<float> workspace_;
};

int main(int count, char** arguments) { return measure::run<Contender>("nn", count, arguments); }
