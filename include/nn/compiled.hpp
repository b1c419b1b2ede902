// SPDX-License-Identifier: MIT
// What the target nn::compiled has compiled, so that programs linked with it need not: the usual work of
// Sequential<float>.
#pragma once

#include <nn/network.hpp>

// In one source of the target each of these is `template`, and what it stands before is compiled there.
#ifndef NN_COMPILE_LAYERS
#define NN_COMPILE_LAYERS extern template
#endif
#ifndef NN_COMPILE_FILES
#define NN_COMPILE_FILES extern template
#endif
#ifndef NN_COMPILE_ONNX
#define NN_COMPILE_ONNX extern template
#endif
#ifndef NN_COMPILE_TRAINING
#define NN_COMPILE_TRAINING extern template
#endif

namespace nn {

// Functions that are in the program and in the target must be the same: with other flags it does not link.
namespace kernels {
inline namespace NN_LEVEL {
template <int EigenAlignment>
void nn_compiled_needs_the_flags_of_the_program() {}
NN_COMPILE_LAYERS void nn_compiled_needs_the_flags_of_the_program<EIGEN_MAX_ALIGN_BYTES>();
namespace {
[[gnu::used]] void (*const flags)() = &nn_compiled_needs_the_flags_of_the_program<EIGEN_MAX_ALIGN_BYTES>;
}
}  // namespace NN_LEVEL
}  // namespace kernels

// What is not in these lists is compiled where it is used.
#define NN_LAYER(...) NN_COMPILE_LAYERS struct AnyLayer<float>::Holder<decltype(__VA_ARGS__)>;
NN_LAYER(Dense{1})
NN_LAYER(Dense{1, no_bias})
NN_LAYER(Conv1D{1, 1})
NN_LAYER(Conv2D{1, 1})
NN_LAYER(MaxPool1D{1})
NN_LAYER(MaxPool2D{1})
NN_LAYER(AveragePool2D{1})
NN_LAYER(GlobalAveragePool2D{})
NN_LAYER(BatchNorm{})
NN_LAYER(LayerNorm{})
NN_LAYER(Normalize{})
NN_LAYER(Denormalize{})
NN_LAYER(Dropout{})
NN_LAYER(Flatten{})
NN_LAYER(SimpleRNN{1})
NN_LAYER(LSTM{1})
NN_LAYER(GRU{1})
NN_LAYER(LastStep{})
NN_LAYER(Embedding{1, 1})
NN_LAYER(MultiHeadAttention{1})
NN_LAYER(ELU{})
NN_LAYER(GELU{})
NN_LAYER(LeakyReLU{})
NN_LAYER(ReLU{})
NN_LAYER(SELU{})
NN_LAYER(Sigmoid{})
NN_LAYER(SiLU{})
NN_LAYER(Softmax{})
NN_LAYER(Tanh{})
#undef NN_LAYER
NN_COMPILE_LAYERS class Sequential<float>;
NN_COMPILE_LAYERS class LayerStack<Sequential<float>, float>;

namespace detail {
NN_COMPILE_FILES void parse_json(JsonSax&, ByteSource&, std::uint64_t, bool);
NN_COMPILE_FILES void parse_json_text(JsonSax&, const std::string&);
NN_COMPILE_FILES bool is_utf8(const std::string&);
}  // namespace detail
NN_COMPILE_FILES Table read_csv(std::istream&, const CsvOptions&, const std::string&);
NN_COMPILE_FILES LayerTable<float> known_layers<float>();
NN_COMPILE_FILES Sequential<float> load_network<float>(const std::string&, const LoadNetworkOptions<float>&);
NN_COMPILE_FILES Sequential<float> load_network<float>(std::istream&, const LoadNetworkOptions<float>&);
NN_COMPILE_FILES class Model<float>;
NN_COMPILE_FILES std::vector<Prediction> Model<float>::predict_csv(std::istream&, const CsvRowOptions&,
                                                                   const std::string&) const;
NN_COMPILE_FILES Model<float> load_model<float>(const std::string&, const LoadNetworkOptions<float>&);
NN_COMPILE_FILES void load(Sequential<float>&, const std::string&, const LoadOptions&);
NN_COMPILE_FILES void load(Sequential<float>&, std::istream&, const LoadOptions&);
NN_COMPILE_FILES void save(const Sequential<float>&, const std::string&, const SaveOptions&);
NN_COMPILE_FILES void save(const Sequential<float>&, std::ostream&, const SaveOptions&);
NN_COMPILE_ONNX Graph<float> load_onnx<float>(const std::string&, const LoadOnnxOptions&);
NN_COMPILE_ONNX void save_onnx(const Sequential<float>&, const std::string&, const SaveOnnxOptions&);

NN_COMPILE_TRAINING class BatchGradient<Sequential<float>>;
NN_COMPILE_TRAINING void set_normalization(Sequential<float>&, const Standardize&);
#define NN_LOSS(Loss)                                                                            \
  NN_COMPILE_TRAINING class Trainer<Sequential<float>, Loss, SGD>;                               \
  NN_COMPILE_TRAINING class Trainer<Sequential<float>, Loss, Adam>;                              \
  NN_COMPILE_TRAINING class Trainer<Sequential<float>, Loss, AdamW>;                             \
  NN_COMPILE_TRAINING Evaluation evaluate(const Sequential<float>&, const Loss&, const Dataset&, \
                                          const EvaluateOptions&);
NN_LOSS(CrossEntropy)
NN_LOSS(BinaryCrossEntropy)
NN_LOSS(MeanSquaredError)
#undef NN_LOSS
NN_COMPILE_TRAINING ClassificationReport classification_report(const Sequential<float>&, const Dataset&,
                                                               const ClassificationReportOptions&);
NN_COMPILE_TRAINING std::ostream& operator<<(std::ostream&, const ClassificationReport&);
NN_COMPILE_TRAINING std::ostream& operator<<(std::ostream&, const History&);
NN_COMPILE_TRAINING std::string summary(const Sequential<float>&);

}  // namespace nn
