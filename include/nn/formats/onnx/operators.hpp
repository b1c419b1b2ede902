// SPDX-License-Identifier: MIT
// Which operators of ONNX are read, and from which version on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/formats/onnx/model.hpp>

namespace nn::detail::onnx {

/// Of the format and of ai.onnx's operators, both included.
inline constexpr std::int64_t oldest_ir = 3, newest_ir = 14, oldest_opset = 6, newest_opset = 27;

struct Operator {
  std::string_view name;
  std::int64_t since = 1;        ///< the opset that it came with
  bool is_of_constants = false;  ///< computed when the model is read, as what is asked of shapes, and by no layer
};

/// In alphabetical order.
inline constexpr Operator operators[] = {
    {"Abs"},
    {"Add"},
    {"And", 1, true},
    {"AveragePool"},
    {"BatchNormalization"},
    {"Cast"},
    {"Celu", 12},
    {"Clip"},
    {"Concat"},
    {"Constant"},
    {"ConstantOfShape", 9},
    {"Conv"},
    {"ConvTranspose"},
    {"DepthToSpace"},
    {"Div"},
    {"Dropout"},
    {"Elu"},
    {"Equal", 1, true},
    {"Erf", 9},
    {"Exp"},
    {"Expand", 8},
    {"Flatten"},
    {"GRU"},
    {"Gather"},
    {"Gelu", 20},
    {"Gemm"},
    {"GlobalAveragePool"},
    {"GlobalMaxPool"},
    {"Greater", 1, true},
    {"GreaterOrEqual", 12, true},
    {"GroupNormalization", 18},
    {"HardSigmoid"},
    {"HardSwish", 14},
    {"Identity"},
    {"If"},
    {"InstanceNormalization"},
    {"LRN"},
    {"LSTM"},
    {"LayerNormalization", 17},
    {"LeakyRelu"},
    {"Less", 1, true},
    {"LessOrEqual", 12, true},
    {"Log"},
    {"LogSoftmax"},
    {"MatMul"},
    {"Max"},
    {"MaxPool"},
    {"Mean"},
    {"Min"},
    {"Mish", 18},
    {"Mul"},
    {"Neg"},
    {"Not", 1, true},
    {"Or", 1, true},
    {"PRelu"},
    {"Pad"},
    {"Pow"},
    {"RMSNormalization", 23},
    {"RNN"},
    {"Reciprocal"},
    {"ReduceMax"},
    {"ReduceMean"},
    {"ReduceSum"},
    {"Relu"},
    {"Reshape"},
    {"Resize", 10},
    {"Selu"},
    {"Shape"},
    {"Shrink", 9},
    {"Sigmoid"},
    {"Slice"},
    {"Softmax"},
    {"Softplus"},
    {"Softsign"},
    {"SpaceToDepth"},
    {"Split"},
    {"Sqrt"},
    {"Squeeze"},
    {"Sub"},
    {"Sum"},
    {"Swish", 24},
    {"Tanh"},
    {"ThresholdedRelu", 10},
    {"Transpose"},
    {"Unsqueeze"},
    {"Upsample", 7},
    {"Where", 9},
};

/// Null where there is none of this name.
constexpr const Operator* find_operator(std::string_view name) {
  for (const Operator& known : operators)
    if (known.name == name) return &known;
  return nullptr;
}

/// Why an operator of a domain and a version of it is out of the question; empty where it is not.
inline std::string why_not(const Node& node, std::int64_t opset) {
  if (!node.domain.empty()) return "operators of the domain " + in_quotes(node.domain) + " are not known";
  const Operator* known = find_operator(node.op_type);
  if (known == nullptr) return "there is no layer for it";
  if (opset < known->since && !node.is_recognised)
    return nn::text_of("it came with opset ", known->since, ", and the model says that it is of opset ", opset);
  return "";
}

}  // namespace nn::detail::onnx
