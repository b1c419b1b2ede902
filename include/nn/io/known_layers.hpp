// SPDX-License-Identifier: MIT
// The table of all layers of this library.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include <nn/inference.hpp>
#include <nn/io/layer_table.hpp>

namespace nn {

/// What a file may name without being told: every layer, merge and activation but nn::Activation, whose function only
/// the program knows. With one more: known_layers<float>().add(Gated{}).
template <std::floating_point T = float>
LayerTable<T> known_layers() {
  using Layers = std::vector<AnyLayer<T>>;
  LayerTable<T> table;
  table.add(Dense{1}, Dense{1, no_bias}).add(Conv1D{1, 1}).add(Conv2D{1, 1});
  table.add(CausalConv1D{1, 1}).add(ConvTranspose1D{1, 1}).add(ConvTranspose2D{1, 1});
  table.add(MaxPool1D{1}).add(MaxPool2D{1}).add(AveragePool1D{1}).add(AveragePool2D{1}).add(GlobalAveragePool2D{});
  table.add(BatchNorm{}).add(LayerNorm{}).add(GroupNorm{1}).add(Normalize{}).add(Denormalize{});
  table.add(Dropout{}).add(Dropout2D{});
  table.add(Permute{}).add(Slice{});
  table.add(Flatten{}).add(Reshape{1, 1, 1}).add(UpSample2D{1}).add(ZeroPad2D{0});
  table.add(SimpleRNN{1}).add(LSTM{1}).add(GRU{1}).add(LastStep{}).add(MeanOverTime{}).add(MaxOverTime{});
  table.add(Bidirectional{SimpleRNN{1}}).add(Bidirectional{LSTM{1}}).add(Bidirectional{GRU{1}});
  table.add(Embedding{1, 1}).add(PositionalEncoding{}).add(LearnedPositions{1}).add(MultiHeadAttention{1});
  table.add(RMSNorm{}).add(GlobalAveragePool1D{});
  table.add_container("TimeDistributed", "layers", [](Layers layers) { return TimeDistributed{std::move(layers)}; });
  table.add_container("Chain", "layers", [](Layers layers) { return Chain{std::move(layers)}; });
  table.add_container("Residual", "layers", [](Layers layers) { return Residual{std::move(layers)}; });
  table.add_container("Concat", "branches", [](Layers branches) { return Concat{std::move(branches)}; });
  table.add(Add{}).add(Subtract{}).add(Multiply{}).add(Maximum{}).add(Minimum{}).add(Concatenate{});
  table.add(CrossAttention{1});
  table.add(BinaryStep{}).add(ELU{}).add(GELU{}).add(GELUTanh{}).add(HardSigmoid{}).add(HardTanh{}).add(Identity{});
  table.add(LeakyReLU{}).add(LogSoftmax{}).add(Mish{}).add(PReLU{}, PReLU{per_channel}).add(ReLU{}).add(SELU{});
  table.add(Sigmoid{}).add(SiLU{}).add(Softmax{}).add(Softplus{}).add(Softsign{}).add(Tanh{});
  return table;
}

}  // namespace nn
