// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/window_writer.hpp>

#include <nn/core/sequential.hpp>
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/max_pool.hpp>

#include "../../catch.hpp"

namespace {

// The pads that a pool of these options has over an image.
std::vector<std::int64_t> pads_of_pool(nn::Shape shape, nn::Sides size, nn::PoolOptions options) {
  using namespace nn::detail::onnx;
  const nn::Sequential<float> network{nn::Input{shape.height, shape.width, shape.channels},
                                      nn::MaxPool2D{size, options}};
  const auto layers = layers_of(network);
  const auto attributes = write_window(layers[0], {"x", shape, Layout::image_first}, size, nn::Sides(1));
  Document document("the test", attributes[2].message().text());
  return integers_of(Message(document, document.bytes(), "AttributeProto"));
}

}  // namespace

TEST_CASE("Pads are what was given on both sides, and what keeps the size is more behind than before") {
  using Pads = std::vector<std::int64_t>;
  CHECK(pads_of_pool({6, 6, 1}, 2, {}) == Pads{0, 0, 0, 0});
  CHECK(pads_of_pool({6, 6, 1}, {3, 2}, {.padding = {1, 0}}) == Pads{1, 0, 1, 0});
  CHECK(pads_of_pool({6, 5, 1}, 2, {.stride = 1, .padding = nn::same_padding}) == Pads{0, 0, 1, 1});
  CHECK(pads_of_pool({6, 5, 1}, {3, 2}, {.stride = 2, .padding = nn::same_padding}) == Pads{0, 0, 1, 1});
  CHECK(pads_of_pool({5, 5, 1}, 3, {.stride = 2, .padding = nn::same_padding}) == Pads{1, 1, 1, 1});
}
