// SPDX-License-Identifier: MIT
// The table of all layers that can be written in C, by their names.
#pragma once

#include <array>
#include <string_view>

#include <nn/io/c_header/activations.hpp>
#include <nn/io/c_header/attention.hpp>
#include <nn/io/c_header/images.hpp>
#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/merge.hpp>
#include <nn/io/c_header/normalization.hpp>
#include <nn/io/c_header/products.hpp>
#include <nn/io/c_header/recurrent.hpp>

namespace nn::detail {

/// Puts out what comes in, when a network is used.
inline CCode nothing_c(const CLayer&, const CText&) { return {}; }

struct CTableEntry {
  std::string_view name;
  CCode (*code)(const CLayer&, const CText&);
};
/// Activations of every number alone are in c_elementwise(); layers of several inputs in merge.hpp, containers of
/// layers in program.hpp.
inline constexpr std::array c_layers{CTableEntry{"Dense", dense_c},
                                     CTableEntry{"Conv2D", convolution_c},
                                     CTableEntry{"Conv1D", convolution_c},
                                     CTableEntry{"CausalConv1D", convolution_c},
                                     CTableEntry{"ConvTranspose2D", transposed_convolution_c},
                                     CTableEntry{"ConvTranspose1D", transposed_convolution_c},
                                     CTableEntry{"MaxPool2D", max_pool_c},
                                     CTableEntry{"MaxPool1D", max_pool_c},
                                     CTableEntry{"AveragePool2D", average_pool_c},
                                     CTableEntry{"AveragePool1D", average_pool_c},
                                     CTableEntry{"GlobalAveragePool2D", global_average_pool_c},
                                     CTableEntry{"GlobalAveragePool1D", global_average_pool_c},
                                     CTableEntry{"MeanOverTime", global_average_pool_c},
                                     CTableEntry{"MaxOverTime", max_over_time_c},
                                     CTableEntry{"LastStep", last_step_c},
                                     CTableEntry{"UpSample2D", up_sample_c},
                                     CTableEntry{"ZeroPad2D", zero_pad_c},
                                     CTableEntry{"Slice", slice_c},
                                     CTableEntry{"Permute", permute_c},
                                     CTableEntry{"SimpleRNN", simple_rnn_c},
                                     CTableEntry{"LSTM", lstm_c},
                                     CTableEntry{"GRU", gru_c},
                                     CTableEntry{"BidirectionalSimpleRNN", simple_rnn_c},
                                     CTableEntry{"BidirectionalLSTM", lstm_c},
                                     CTableEntry{"BidirectionalGRU", gru_c},
                                     CTableEntry{"Embedding", embedding_c},
                                     CTableEntry{"PositionalEncoding", positional_encoding_c},
                                     CTableEntry{"LearnedPositions", learned_positions_c},
                                     CTableEntry{"MultiHeadAttention", attention_c},
                                     CTableEntry{"BatchNorm", batch_norm_c},
                                     CTableEntry{"LayerNorm", layer_norm_c},
                                     CTableEntry{"GroupNorm", group_norm_c},
                                     CTableEntry{"RMSNorm", rms_norm_c},
                                     CTableEntry{"Normalize", normalize_c},
                                     CTableEntry{"Denormalize", denormalize_c},
                                     CTableEntry{"PReLU", prelu_c},
                                     CTableEntry{"Softmax", softmax_c},
                                     CTableEntry{"LogSoftmax", log_softmax_c},
                                     CTableEntry{"Identity", nothing_c},
                                     CTableEntry{"Flatten", nothing_c},
                                     CTableEntry{"Reshape", nothing_c},
                                     CTableEntry{"Dropout", nothing_c},
                                     CTableEntry{"Dropout2D", nothing_c}};

/// The C of a layer that is no container. Throws load_error where the layer is unknown.
inline CCode code_of(const CLayer& layer, const CText& c) {
  if (!layer.inputs.empty()) return merge_c(layer, c);
  for (const CTableEntry& entry : c_layers)
    if (entry.name == layer.name()) return entry.code(layer, c);
  for (const CElementwise& activation : c_elementwise())
    if (activation.name == layer.name()) return elementwise_c(activation, layer, c);
  layer.refuse_unknown();
}

}  // namespace nn::detail
