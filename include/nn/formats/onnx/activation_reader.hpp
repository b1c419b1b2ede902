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
#include <nn/core/any_layer.hpp>
#include <nn/formats/onnx/constant.hpp>

namespace nn::detail::onnx {

inline void require_near(double number, double wanted, const char* what) {
  if (!(std::abs(number - wanted) <= 1e-6 * std::abs(wanted)))
    throw unsupported(what, " is ", number, ", and only ", wanted, " has a layer");
}

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
  if (type == "Selu") {
    require_near(options.real("alpha", SELU::alpha), SELU::alpha, "alpha");
    require_near(options.real("gamma", SELU::scale), SELU::scale, "gamma");
    return layer(SELU{});
  }
  if (type == "HardSigmoid") {
    require_near(options.real("alpha", 0.2), 1.0 / 6, "alpha");
    require_near(options.real("beta", 0.5), 0.5, "beta");
    return layer(HardSigmoid{});
  }
  if (type == "Swish") {
    require_near(options.real("alpha", 1), 1, "alpha");
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
