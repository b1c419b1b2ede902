// SPDX-License-Identifier: MIT
// Operators that work number by number, as activations.
#pragma once

#include <cmath>
#include <optional>
#include <string_view>

#include <nn/activations/elu.hpp>
#include <nn/activations/gelu.hpp>
#include <nn/activations/gelu_tanh.hpp>
#include <nn/activations/hard_sigmoid.hpp>
#include <nn/activations/hard_tanh.hpp>
#include <nn/activations/leaky_relu.hpp>
#include <nn/activations/mish.hpp>
#include <nn/activations/relu.hpp>
#include <nn/activations/selu.hpp>
#include <nn/activations/sigmoid.hpp>
#include <nn/activations/silu.hpp>
#include <nn/activations/softplus.hpp>
#include <nn/activations/softsign.hpp>
#include <nn/activations/tanh.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/formats/onnx/imported_layers.hpp>
#include <nn/networks/any_layer.hpp>

namespace nn::detail::onnx {

inline bool is_near(double number, double wanted) { return std::abs(number - wanted) <= 1e-6 * std::abs(wanted); }

/// The layer of an operator that needs nothing but its attributes; nothing where it is none of them.
template <class T>
std::optional<AnyLayer<T>> activation_of(const NodeOptions& options) {
  const std::string_view type = options.node().op_type;
  const auto layer = [](const auto& made) { return std::optional<AnyLayer<T>>(AnyLayer<T>(made)); };
  if (type == "Relu") return layer(ReLU{});
  if (type == "Tanh") return layer(Tanh{});
  if (type == "Sigmoid") return layer(Sigmoid{});
  if (type == "Softplus") return layer(Softplus{});
  if (type == "Softsign") return layer(Softsign{});
  if (type == "Mish") return layer(Mish{});
  if (type == "LeakyRelu") return layer(LeakyReLU{options.real("alpha", 0.01)});
  if (type == "Elu") return layer(ELU{options.real("alpha", 1)});
  using Kind = Formula::Kind;
  const auto formula = [&](Kind kind, double a, double b = 0) { return layer(Activation<Formula>{{kind, a, b}}); };
  if (type == "Selu") {
    const double alpha = options.real("alpha", SELU::alpha), scale = options.real("gamma", SELU::scale);
    if (is_near(alpha, SELU::alpha) && is_near(scale, SELU::scale)) return layer(SELU{});
    return formula(Kind::scaled_elu, alpha, scale);
  }
  if (type == "HardSigmoid") {
    const double slope = options.real("alpha", 0.2), shift = options.real("beta", 0.5);
    if (is_near(slope, 1.0 / 6) && is_near(shift, 0.5)) return layer(HardSigmoid{});
    return formula(Kind::clamped_line, slope, shift);
  }
  if (type == "Celu") return formula(Kind::celu, options.real("alpha", 1));
  if (type == "ThresholdedRelu") return formula(Kind::above, options.real("alpha", 1));
  if (type == "Shrink") return formula(Kind::shrunk, options.real("lambd", 0.5), options.real("bias", 0));
  if (type == "Swish") {
    const double alpha = options.real("alpha", 1);
    if (!is_near(alpha, 1)) throw unsupported("alpha is ", alpha, ", and only 1 has a layer");
    return layer(SiLU{});
  }
  if (type == "Gelu") {
    const std::string_view kind = options.text("approximate", "none");
    if (kind == "tanh") return layer(GELUTanh{});
    if (kind != "none") throw unsupported("the approximation ", in_quotes(kind), " is unknown");
    return layer(GELU{});
  }
  return {};
}

}  // namespace nn::detail::onnx
