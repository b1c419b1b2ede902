// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/rearrangement_writer.hpp>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/tensor_numbers.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/permute.hpp>
#include <nn/layers/slice.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

namespace {

using namespace nn::detail::onnx;

// The model of a layer that reads an image of 4 x 5 x 6, written by `write`.
template <class L, class Write>
Model model_of_rearrangement(const L& layer, Layout layout, const Write& write) {
  const nn::Sequential<float> network{nn::Input{4, 5, 6}, layer};
  WrittenGraph graph(DataType::float32, 17);
  const auto layers = layers_of(network);
  graph.output(write(graph, layers[0], WrittenValue{"x", {4, 5, 6}, layout}), "y", {});
  std::string text;
  graph.write("test", 8, [&](std::string_view piece) { text += piece; });
  return model_of(Document("the test", text));
}

}  // namespace

TEST_CASE("Permute is a Transpose whose samples stay first") {
  const Model model = model_of_rearrangement(nn::Permute{2, 0, 1}, Layout::image_last, write_permute);
  REQUIRE(model.graph.nodes.size() == 1);
  CHECK(integers_of(message_of(*model.document, model.graph.nodes[0].attributes[0])) ==
        std::vector<std::int64_t>{0, 3, 1, 2});
}

TEST_CASE("Slice says its ranges in the order of the image that is there, and an open end as the largest number") {
  const nn::Slice layer{.rows = {1, -1}, .columns = {}, .channels = {-2}};
  constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
  const Model model = model_of_rearrangement(layer, Layout::image_first, write_slice);
  REQUIRE(model.graph.nodes.size() == 1);
  REQUIRE(model.graph.initializers.size() == 3);
  std::vector<std::vector<std::int64_t>> lists;
  for (std::size_t i = 1; i < 4; ++i)
    for (const Tensor& tensor : model.graph.initializers)
      if (tensor.name == model.graph.nodes[0].inputs[i])
        lists.push_back(numbers_of<std::int64_t>(*model.document, tensor));
  CHECK(lists == std::vector<std::vector<std::int64_t>>{{1, 0, -2}, {-1, end, end}, {2, 3, 1}});
}
