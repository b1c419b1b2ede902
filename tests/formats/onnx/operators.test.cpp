// SPDX-License-Identifier: MIT
#include <algorithm>

#include <nn/formats/onnx/operators.hpp>

#include "../../catch.hpp"

namespace {

std::string why_not_operator(std::string_view op_type, std::int64_t opset, std::string_view domain = "") {
  nn::detail::onnx::Node node;
  node.op_type = op_type;
  node.domain = domain;
  return nn::detail::onnx::why_not(node, opset);
}

}  // namespace

TEST_CASE("Operators are listed in their order, each once") {
  using nn::detail::onnx::Operator;
  CHECK(std::adjacent_find(std::begin(nn::detail::onnx::operators), std::end(nn::detail::onnx::operators),
                           [](const Operator& a, const Operator& b) { return a.name >= b.name; }) ==
        std::end(nn::detail::onnx::operators));
}

TEST_CASE("An operator is unknown by its name, its domain, or because it came later") {
  CHECK(why_not_operator("Relu", 6).empty());
  CHECK(why_not_operator("LayerNormalization", 17).empty());
  CHECK(why_not_operator("LayerNormalization", 16) ==
        "it came with opset 17, and the model says that it is of opset 16");
  CHECK(why_not_operator("NonMaxSuppression", 17) == "there is no layer for it");
  CHECK(why_not_operator("Relu", 1, "com.microsoft") == "operators of the domain \"com.microsoft\" are not known");
}

TEST_CASE("Comparisons are computed for shapes, and are no layers") {
  for (const auto& known : nn::detail::onnx::operators) {
    const bool compares = known.name.starts_with("Greater") || known.name.starts_with("Less") || known.name == "Equal";
    CAPTURE(known.name);
    if (compares) CHECK(known.is_of_constants);
  }
}
