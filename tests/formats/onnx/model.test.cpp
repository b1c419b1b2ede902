// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/model.hpp>

#include "../../catch.hpp"

TEST_CASE("A model knows the version of the operators of each domain") {
  nn::detail::onnx::Model model;
  model.opsets = {{"", 17}, {"ai.onnx.ml", 3}};
  CHECK(model.opset() == 17);
  CHECK(model.opset("ai.onnx.ml") == 3);
  CHECK(model.opset("com.microsoft") == 0);
  CHECK(nn::detail::onnx::plain_domain("ai.onnx").empty());
  CHECK(nn::detail::onnx::plain_domain("ai.onnx.ml") == "ai.onnx.ml");
}

TEST_CASE("A node finds its attributes by their names") {
  nn::detail::onnx::Node node;
  node.attributes.resize(2);
  node.attributes[0].name = "axis";
  node.attributes[1].name = "alpha";
  REQUIRE(node.find("alpha") != nullptr);
  CHECK(node.find("alpha")->name == "alpha");
  CHECK(node.find("beta") == nullptr);
}
