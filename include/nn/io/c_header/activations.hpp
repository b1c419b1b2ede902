// SPDX-License-Identifier: MIT
// Activations in C: y[i] as an expression of x[i], and softmax over all of x.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <nn/io/c_header/layer.hpp>
#include <nn/io/c_header/text.hpp>

namespace nn::detail {

/// An activation of every number alone: f(v), what it calls, and statements before it; options stand for %option%.
/// Nothing that could trap is computed on one side of a ?: only, or compilers would make no vector instructions of it.
struct CElementwise {
  std::string_view name, value;
  std::vector<std::string_view> functions = {};
  std::string_view before = "";
  std::vector<std::string_view> options = {};
};

/// Each as its header in nn/activations has it; Identity is in the table of layers.
inline const std::vector<CElementwise>& c_elementwise() {
  static const std::vector<CElementwise> all{
      {"BinaryStep", "v >= 0 ? 1 : v < 0 ? 0 : v"},
      {"ELU", "v > 0 ? v : below", {"expm1"}, "    const @ below = %alpha% * $expm1(v > 0 ? 0 : v);\n", {"alpha"}},
      {"GELU", "$damped(v, 0.5~ * $erfc(-0.7071067811865475~ * v))", {"erfc", "damped"}},
      {"GELUTanh",
       "$damped(v, $sigmoid(v * (1.5957691216057308~ + 0.07135481627260025~ * v * v)))",
       {"sigmoid", "damped"}},
      {"HardSigmoid", "v >= 3 ? 1 : low", {}, "    const @ line = (v + 3) / 6, low = v <= -3 ? 0 : line;\n"},
      {"HardTanh",
       "low >= %highest% ? %highest% : low",
       {},
       "    const @ low = v <= %lowest% ? %lowest% : v;\n",
       {"lowest", "highest"}},
      {"LeakyReLU", "v > 0 ? v : below", {}, "    const @ below = %negative_slope% * v;\n", {"negative_slope"}},
      {"Mish",
       "$damped(v, v < 0 ? below : above)",
       {"exp", "damped"},
       "    const @ e = $exp(v < 0 ? v : -v);\n"
       "    const @ below = e * (e + 2) / (e * (e + 2) + 2), above = (1 + 2 * e) / (1 + 2 * e * (1 + e));\n"},
      {"ReLU", "v <= 0 ? 0 : v"},
      {"SELU",
       "v > 0 ? above : below",
       {"expm1"},
       "    const @ above = 1.0507009873554805~ * v, below = 1.7580993408473768~ * $expm1(v > 0 ? 0 : v);\n"},
      {"Sigmoid", "$sigmoid(v)", {"sigmoid"}},
      {"SiLU", "$damped(v, $sigmoid(v))", {"sigmoid", "damped"}},
      {"Softplus", "(v < 0 ? 0 : v) + tail", {"exp", "log1p"}, "    const @ tail = $log1p($exp(v < 0 ? v : -v));\n"},
      {"Softsign",
       "a < 1 ? near : v < 0 ? -far : far",
       {},
       "    const @ a = v < 0 ? -v : v, near = v / (1 + a), far = 1 / (1 + 1 / (a < 1 ? 1 : a));\n"},
      {"Tanh", "$tanh(v)", {"tanh"}}};
  return all;
}

inline CCode elementwise_c(const CElementwise& activation, const CLayer& layer, const CText& c) {
  std::string text = std::string(activation.before) + "    y[i] = " + std::string(activation.value) + ";\n";
  for (const std::string_view option : activation.options) {
    const std::string field = '%' + std::string(option) + '%';
    const std::string number = '(' + c.literal(layer.real(option)) + ')';
    for (std::size_t at; (at = text.find(field)) != std::string::npos;) text.replace(at, field.size(), number);
  }
  return {.body = c(R"(  for (long i = 0; i < %size%; ++i) {
    const @ v = x[i];
%text%  }
)",
                    {{"size", layer.output.size()}, {"text", c(text)}}),
          .functions = activation.functions,
          .is_in_place = true};
}

/// A slope below 0 for each channel, or one for all.
inline CCode prelu_c(const CLayer& layer, const CText& c) {
  const Index slopes = layer.is("per_channel") ? layer.input.channels : 1;
  return {.body = c(R"(  for (long i = 0; i < %size%; i += %slopes%)
    for (long j = 0; j < %slopes%; ++j) {
      const @ v = x[i + j];
      y[i + j] = v > 0 ? v : weight[j] * v;
    }
)",
                    {{"size", layer.output.size()}, {"slopes", slopes}}),
          .arrays = {{"weight", layer.tensor("weight", slopes).numbers}},
          .is_in_place = true};
}

inline constexpr std::string_view c_largest = R"(  @ largest = x[0], sum = 0;
  for (long i = 1; i < %size%; ++i) largest = x[i] > largest ? x[i] : largest;
)";

// What `body` does with the channels of one position, for each position.
inline std::string for_each_position(const CLayer& layer, const CText& c, const std::string& body) {
  const Index channels = layer.output.channels, size = layer.output.size();
  const std::string once = c(std::string(c_largest) + body, {{"size", channels}});
  if (size == channels) return once;
  return c("  for (long p = 0; p < %positions%; ++p, x += %size%, y += %size%) {\n",
           {{"positions", size / channels}, {"size", channels}}) +
         once + "  }\n";
}

inline CCode softmax_c(const CLayer& layer, const CText& c) {
  return {.body = for_each_position(layer, c, R"(  for (long i = 0; i < %size%; ++i) y[i] = $exp(x[i] - largest);
  for (long i = 0; i < %size%; ++i) sum += y[i];
  sum = 1 / sum;
  for (long i = 0; i < %size%; ++i) y[i] *= sum;
)"),
          .functions = {"exp"},
          .is_in_place = true};
}

inline CCode log_softmax_c(const CLayer& layer, const CText& c) {
  return {.body = for_each_position(layer, c, R"(  for (long i = 0; i < %size%; ++i) sum += $exp(x[i] - largest);
  sum = $log(sum);
  for (long i = 0; i < %size%; ++i) y[i] = x[i] - largest - sum;
)"),
          .functions = {"exp", "log"},
          .is_in_place = true};
}

}  // namespace nn::detail
