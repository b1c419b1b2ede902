// SPDX-License-Identifier: MIT
// Layers that exporters spell out in their parts, found among the nodes of a model: GELU, SiLU, Mish, HardSwish and
// layer normalization.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <numbers>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/formats/onnx/attribute.hpp>
#include <nn/formats/onnx/constant.hpp>
#include <nn/formats/onnx/model.hpp>
#include <nn/formats/onnx/model_writer.hpp>

namespace nn::detail::onnx {

/// Puts the operator in place of the last of its parts. The others then lead to nothing, or to what else reads them.
class Recogniser {
 public:
  Recogniser(Document& document, Graph& graph, std::int64_t opset) : document_(document), graph_(graph), opset_(opset) {
    for (const Tensor& tensor : graph_.initializers) tensors_[tensor.name] = &tensor;
    for (const Node& node : graph_.nodes)
      for (const std::string_view output : node.outputs)
        if (!output.empty()) producers_[output] = &node;
  }

  void run() {
    for (Node& node : graph_.nodes) {
      if (!node.domain.empty() || node.outputs.size() != 1) continue;
      try {
        std::optional<Found> found;
        if (node.op_type == "Mul" || node.op_type == "Div") found = activation(node.outputs[0]);
        if (node.op_type == "Add" && node.inputs.size() == 2) found = layer_norm(node);
        if (found) put(node, *found);
      } catch (const unsupported&) {  // then it is read as it stands
      }
    }
  }

 private:
  struct Found {
    std::string_view op_type;
    std::vector<std::string_view> inputs;
    std::vector<WrittenAttribute> attributes = {};
  };
  /// factor times all values
  struct Product {
    double factor = 1;
    std::vector<std::string_view> values = {};
  };

  void put(Node& node, const Found& found) {
    node.op_type = found.op_type;
    node.inputs = found.inputs;
    node.is_recognised = true;
    node.attributes.clear();
    for (const WrittenAttribute& attribute : found.attributes)
      node.attributes.push_back(
          attribute_of(Message(document_, document_.keep(attribute.message().text()), "AttributeProto")));
  }

  const Node* made_by(std::string_view name, std::string_view op_type) const {
    const auto found = producers_.find(name);
    if (found == producers_.end() || found->second->op_type != op_type || !found->second->domain.empty() ||
        found->second->inputs.empty())
      return nullptr;
    return found->second;
  }
  /// The input of the node of this operator that makes the value; empty where another one does.
  std::string_view argument(std::string_view name, std::string_view op_type) const {
    const Node* node = made_by(name, op_type);
    return node == nullptr ? std::string_view() : node->inputs[0];
  }
  /// A constant of the model: an initializer, or of a Constant node.
  std::optional<Tensor> tensor(std::string_view name) const {
    if (const auto found = tensors_.find(name); found != tensors_.end()) return *found->second;
    const auto found = producers_.find(name);
    if (found == producers_.end() || found->second->op_type != "Constant" || found->second->find("value") == nullptr)
      return {};
    return NodeOptions(document_, *found->second).whole_tensor("value");
  }
  std::optional<double> number(std::string_view name) const {
    const std::optional<Tensor> constant = tensor(name);
    if (constant && constant->count == 1 && constant->dims.size() <= 1 && !is_integer(constant->type))
      return constant_of(document_, *constant).number(0);
    const auto found = producers_.find(name);
    if (constant || found == producers_.end() || found->second->op_type != "Constant" ||
        found->second->find("value_float") == nullptr)
      return {};
    return NodeOptions(document_, *found->second).real("value_float", 0);
  }
  static bool is_near(double a, double b) { return std::abs(a - b) <= 1e-6 * std::max(std::abs(b), 1e-3); }

  /// The x of which the value is a x + b, by way of sums, products and quotients with one number each.
  std::string_view line(std::string_view name, double a, double b) const {
    double slope = 1, shift = 0;
    for (int step = 0; step < 4; ++step) {
      if (is_near(slope, a) && is_near(shift, b)) return name;
      const auto found = producers_.find(name);
      if (found == producers_.end() || found->second->inputs.size() != 2) return {};
      const Node& node = *found->second;
      const bool is_first = number(node.inputs[0]).has_value();
      const std::optional<double> c = number(node.inputs[is_first ? 0 : 1]);
      if (!c) return {};
      if (node.op_type == "Add")
        shift += slope * *c;
      else if (node.op_type == "Mul")
        slope *= *c;
      else if (node.op_type == "Sub" && !is_first)
        shift -= slope * *c;
      else if (node.op_type == "Div" && !is_first)
        slope /= *c;
      else
        return {};
      name = node.inputs[is_first ? 1 : 0];
    }
    return {};
  }

  /// What the value is the product of; `whole` is not looked into.
  void multiply(Product& product, std::string_view name, std::string_view whole, int depth = 0) const {
    constexpr int deepest = 6;
    const Node* times = made_by(name, "Mul");
    const Node* over = made_by(name, "Div");
    if (const std::optional<double> c = number(name)) {
      product.factor *= *c;
    } else if (name != whole && depth < deepest && times != nullptr && times->inputs.size() == 2) {
      for (const std::string_view input : times->inputs) multiply(product, input, whole, depth + 1);
    } else if (name != whole && depth < deepest && over != nullptr && over->inputs.size() == 2 &&
               number(over->inputs[1])) {
      product.factor /= *number(over->inputs[1]);
      multiply(product, over->inputs[0], whole, depth + 1);
    } else {
      product.values.push_back(name);
    }
  }
  Product product(std::string_view name, std::string_view whole = "") const {
    Product result;
    multiply(result, name, whole);
    return result;
  }
  bool is_product(std::string_view name, double factor, std::string_view x, std::string_view other) const {
    const Product found = product(name, x);
    return found.values.size() == 2 && is_near(found.factor, factor) &&
           ((found.values[0] == x && found.values[1] == other) || (found.values[1] == x && found.values[0] == other));
  }

  /// x times a function of x
  std::optional<Found> activation(std::string_view y) const {
    for (const std::string_view other : product(y).values) {
      const auto found = [&](std::string_view op_type, std::string_view x, double factor) -> std::optional<Found> {
        if (x.empty() || !is_product(y, factor, x, other)) return {};
        return Found{op_type, {x}};
      };
      if (const auto silu = found("Swish", argument(other, "Sigmoid"), 1)) return silu;
      if (const auto mish = found("Mish", argument(argument(other, "Tanh"), "Softplus"), 1)) return mish;
      const std::string_view erf = argument(line(other, 1, 1), "Erf"), tanh = argument(line(other, 1, 1), "Tanh");
      if (const auto gelu = found("Gelu", line(erf, 1 / std::numbers::sqrt2, 0), 0.5)) return gelu;
      if (auto gelu = found("Gelu", cubic(tanh), 0.5)) {
        gelu->attributes.emplace_back("approximate", "tanh");
        return gelu;
      }
      if (const auto hard = found("HardSwish", ramp(other, 1, 3, 6), 1.0 / 6)) return hard;
      if (const auto hard = found("HardSwish", ramp(other, 1.0 / 6, 0.5, 1), 1)) return hard;
    }
    return {};
  }
  /// The x of sqrt(2 / pi) (x + 0.044715 x^3); empty where it is something else.
  std::string_view cubic(std::string_view name) const {
    const Product scaled = product(name);
    if (scaled.values.size() != 1 || !is_near(scaled.factor, std::sqrt(2 / std::numbers::pi))) return {};
    const Node* sum = made_by(scaled.values[0], "Add");
    if (sum == nullptr || sum->inputs.size() != 2) return {};
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const std::string_view x = sum->inputs[i];
      const Product cube = product(sum->inputs[1 - i], x);
      if (!is_near(cube.factor, 0.044715)) continue;
      if (cube.values == std::vector<std::string_view>{x, x, x}) return x;
      const Node* power = cube.values.size() == 1 ? made_by(cube.values[0], "Pow") : nullptr;
      if (power != nullptr && power->inputs.size() == 2 && power->inputs[0] == x && number(power->inputs[1]) == 3.0)
        return x;
    }
    return {};
  }
  /// The x of a x + b between 0 and `most`; empty where it is something else.
  std::string_view ramp(std::string_view name, double a, double b, double most) const {
    if (const Node* node = made_by(name, "HardSigmoid")) {
      const NodeOptions options(document_, *node);
      const bool is_it = is_near(options.real("alpha", 0.2), a) && is_near(options.real("beta", 0.5), b) && most == 1;
      return is_it ? node->inputs[0] : std::string_view();
    }
    const Node* clip = made_by(name, "Clip");
    if (clip == nullptr) return {};
    const NodeOptions options(document_, *clip);
    const auto bound = [&](std::size_t i, const char* attribute) -> std::optional<double> {
      if (opset_ < 11) return options.has(attribute) ? std::optional<double>(options.real(attribute, 0)) : std::nullopt;
      return i < clip->inputs.size() ? number(clip->inputs[i]) : std::nullopt;
    };
    const bool is_it = bound(1, "min") == 0.0 && bound(2, "max") == most;
    return is_it ? line(clip->inputs[0], a, b) : std::string_view();
  }

  /// The last dimensions over which a ReduceMean is, as -1 or (-2, -1) ...; 0 where it is over others.
  std::int64_t last_axes(const Node& mean) const {
    const NodeOptions options(document_, mean);
    if (options.integer("keepdims", 1) == 0) return 0;
    Sizes axes = options.integers("axes");
    if (opset_ >= 18 && mean.inputs.size() == 2)
      if (const std::optional<Tensor> given = tensor(mean.inputs[1]); given && given->count <= 4)
        axes = constant_of(document_, *given).integers;
    std::sort(axes.begin(), axes.end());
    for (std::size_t i = 0; i < axes.size(); ++i)
      if (axes[i] != static_cast<std::int64_t>(i) - static_cast<std::int64_t>(axes.size())) return 0;
    return -static_cast<std::int64_t>(axes.size());
  }
  /// The x of x - mean(x).
  std::string_view centred(std::string_view name, std::int64_t axis) const {
    const Node* difference = made_by(name, "Sub");
    if (difference == nullptr || difference->inputs.size() != 2) return {};
    const Node* mean = made_by(difference->inputs[1], "ReduceMean");
    const bool is_it = mean != nullptr && mean->inputs[0] == difference->inputs[0] && last_axes(*mean) == axis;
    return is_it ? difference->inputs[0] : std::string_view();
  }
  /// (x - mean(x)) / sqrt(mean((x - mean(x))^2) + epsilon) scale + shift
  std::optional<Found> layer_norm(const Node& sum) const {
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}}) {
      const Node* scaled = made_by(sum.inputs[i], "Mul");
      if (scaled == nullptr || scaled->inputs.size() != 2) continue;
      for (const std::size_t k : {std::size_t{0}, std::size_t{1}}) {
        const Node* quotient = made_by(scaled->inputs[k], "Div");
        if (quotient == nullptr || quotient->inputs.size() != 2) continue;
        const std::string_view scale = scaled->inputs[1 - k], shift = sum.inputs[1 - i];
        const Node* variance = made_by(argument(quotient->inputs[1], "Sqrt"), "Add");
        if (variance == nullptr || variance->inputs.size() != 2) continue;
        const bool is_first = number(variance->inputs[0]).has_value();
        const std::optional<double> epsilon = number(variance->inputs[is_first ? 0 : 1]);
        const Node* mean = made_by(variance->inputs[is_first ? 1 : 0], "ReduceMean");
        if (!epsilon || mean == nullptr) continue;
        const std::int64_t axis = last_axes(*mean);
        const std::string_view x = centred(quotient->inputs[0], axis);
        if (axis == 0 || x.empty() || centred(square_of(mean->inputs[0]), axis) != x) continue;
        const std::optional<Tensor> of_scale = tensor(scale), of_shift = tensor(shift);
        if (!of_scale || !of_shift || of_scale->dims != of_shift->dims || of_scale->count < 2 ||
            static_cast<std::int64_t>(of_scale->dims.size()) != -axis)
          continue;
        return Found{"LayerNormalization", {x, scale, shift}, {{"axis", axis}, {"epsilon", *epsilon}}};
      }
    }
    return {};
  }
  std::string_view square_of(std::string_view name) const {
    if (const Node* power = made_by(name, "Pow"))
      return power->inputs.size() == 2 && number(power->inputs[1]) == 2.0 ? power->inputs[0] : std::string_view();
    const Node* times = made_by(name, "Mul");
    const bool is_square = times != nullptr && times->inputs.size() == 2 && times->inputs[0] == times->inputs[1];
    return is_square ? times->inputs[0] : std::string_view();
  }

  Document& document_;
  Graph& graph_;
  std::int64_t opset_;
  std::map<std::string_view, const Tensor*> tensors_;
  std::map<std::string_view, const Node*> producers_;
};

}  // namespace nn::detail::onnx
