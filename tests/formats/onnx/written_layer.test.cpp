// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/written_layer.hpp>

#include <nn/layers/conv2d.hpp>
#include <nn/layers/dense.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/residual.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

TEST_CASE("The layers of a network come with their options, shapes, levels and tensors") {
  const nn::Sequential<float> network{nn::Input{2, 2, 3}, nn::Conv2D{4, 2}, nn::Residual{nn::Dense{4, nn::no_bias}}};
  const auto layers = nn::detail::onnx::layers_of(network);
  REQUIRE(layers.size() == 3);
  CHECK(layers[0].type() == "Conv2D");
  CHECK(layers[0].whole("kernel_height") == 2);
  CHECK(layers[0].option("no such option") == 0);
  CHECK(layers[0].output == nn::Shape(1, 1, 4));
  REQUIRE(layers[0].find("weight") != nullptr);
  CHECK(layers[0].find("weight")->name == "0.weight");
  CHECK(layers[0].find("weight")->size() == 48);
  CHECK(layers[0].find("weight")->at(5) == static_cast<double>(network.parameters()[5]));
  CHECK(layers[0].find("bias")->at(0) == 0);
  CHECK(layers[1].level == 0);
  CHECK(layers[1].tensors.empty());
  CHECK(layers[2].level == 1);
  CHECK(layers[2].prefix == "1.0.");
  CHECK(layers[2].find("weight")->name == "1.0.weight");
  CHECK(layers[2].find("bias") == nullptr);
}
