// SPDX-License-Identifier: MIT
// That each layer computes what ONNX says is tested through save_onnx, in load.test.cpp and save.test.cpp.
#include <nn/formats/onnx/activation_reader.hpp>

#include <string>
#include <string_view>
#include <vector>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"

namespace {

using namespace nn::detail::onnx;

std::optional<nn::AnyLayer<float>> layer_of(std::string_view type,
                                            const std::vector<WrittenAttribute>& attributes = {}) {
  ModelWriter writer;
  writer.node(type, {"x"}, {"y"}, attributes);
  std::string text;
  writer.write(8, 20, [&](std::string_view piece) { text += piece; });
  const Model model = model_of(Document("the test", text));
  return activation_of<float>(NodeOptions(*model.document, model.graph.nodes[0]));
}

}  // namespace

TEST_CASE("Operators without attributes are the activations of their names") {
  CHECK(layer_of("Relu")->is<nn::ReLU>());
  CHECK(layer_of("Tanh")->is<nn::Tanh>());
  CHECK(layer_of("Sigmoid")->is<nn::Sigmoid>());
  CHECK(layer_of("Softplus")->is<nn::Softplus>());
  CHECK(layer_of("Softsign")->is<nn::Softsign>());
  CHECK(layer_of("Mish")->is<nn::Mish>());
}

TEST_CASE("Operators with attributes are activations with options, by ONNX's defaults") {
  CHECK(*layer_of("LeakyRelu") == nn::AnyLayer<float>(nn::LeakyReLU{0.01}));
  CHECK(*layer_of("LeakyRelu", {{"alpha", 0.25}}) == nn::AnyLayer<float>(nn::LeakyReLU{0.25}));
  CHECK(*layer_of("Elu", {{"alpha", 2.0}}) == nn::AnyLayer<float>(nn::ELU{2}));
  CHECK(layer_of("Gelu")->is<nn::GELU>());
  CHECK(layer_of("Gelu", {{"approximate", "tanh"}})->is<nn::GELUTanh>());
  CHECK(layer_of("Selu")->is<nn::SELU>());
  CHECK_FALSE(layer_of("Conv"));
}

TEST_CASE("Options that no layer has are formulas, or refused") {
  const auto formula_of = [](std::string_view type, const std::vector<WrittenAttribute>& attributes = {}) {
    return layer_of(type, attributes)->is<nn::Activation<Formula>>();
  };
  CHECK(formula_of("HardSigmoid"));  // ONNX's default slope is 0.2, PyTorch's 1 / 6
  CHECK(layer_of("HardSigmoid", {{"alpha", 1.0 / 6}})->is<nn::HardSigmoid>());
  CHECK(formula_of("Selu", {{"gamma", 2.0}}));
  CHECK(formula_of("Celu"));
  CHECK_THROWS_AS(layer_of("Gelu", {{"approximate", "other"}}), unsupported);
}
