// SPDX-License-Identifier: MIT
// The tensors of a layer in a list.
#pragma once

#include <vector>

#include <nn/core/tensor.hpp>

namespace test {

using TensorShapes = std::vector<nn::TensorShape>;

template <class L>
TensorShapes tensors_of(const L& layer, nn::Shape input) {
  TensorShapes all;
  nn::for_each_tensor(layer, input, [&](const nn::TensorShape& tensor) { all.push_back(tensor); });
  return all;
}

}  // namespace test
