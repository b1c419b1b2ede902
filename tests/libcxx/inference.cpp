// SPDX-License-Identifier: MIT
#include <nn/inference.hpp>

bool predict_through_inference_door();

bool predict_through_inference_door() {
  nn::Network<nn::Input<2>, nn::Dense<1, false>> network;
  network.parameters() << 10, 1;
  return network.predict(nn::Vector<float>{{1, 4}})(0) == 14;
}
