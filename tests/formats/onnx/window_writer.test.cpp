// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/window_writer.hpp>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/layers/causal_conv1d.hpp>
#include <nn/layers/conv_transpose1d.hpp>
#include <nn/layers/conv_transpose2d.hpp>
#include <nn/layers/input.hpp>
#include <nn/layers/max_pool.hpp>
#include <nn/networks/sequential.hpp>

#include "../../catch.hpp"

namespace {

// The whole numbers of the attribute of this number.
std::vector<std::int64_t> numbers_of(const nn::detail::onnx::WrittenAttribute& attribute) {
  nn::detail::onnx::Document document("the test", attribute.message().text());
  return integers_of(nn::detail::onnx::Message(document, document.bytes(), "AttributeProto"));
}

// The pads that a pool of these options has over an image.
std::vector<std::int64_t> pads_of_pool(nn::Shape shape, nn::Sides size, nn::PoolOptions options) {
  using namespace nn::detail::onnx;
  const nn::Sequential<float> network{nn::Input{shape.height, shape.width, shape.channels},
                                      nn::MaxPool2D{size, options}};
  const auto layers = layers_of(network);
  return numbers_of(write_window(layers[0], {"x", shape, Layout::image_first}, size, nn::Sides(1))[2]);
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

TEST_CASE("The pads of what sees no later step all come first") {
  using namespace nn::detail::onnx;
  const nn::Sequential<float> network{nn::Input{1, 9, 2}, nn::CausalConv1D{4, 3, {.stride = 2, .dilation = 5}}};
  const auto attributes =
      write_window(layers_of(network)[0], {"x", {1, 9, 2}, Layout::time_first}, {1, 3}, nn::Sides(1, 5));
  CHECK(numbers_of(attributes[2]) == std::vector<std::int64_t>{10, 0});
}

TEST_CASE("A transposed window says all that ONNX asks, of both sides or of time") {
  using namespace nn::detail::onnx;
  using Numbers = std::vector<std::int64_t>;
  const nn::ConvTranspose2D layer{6, {2, 3}, {.stride = {1, 4}, .padding = {1, 2}, .output_padding = {0, 3}}};
  const nn::Sequential<float> network{nn::Input{4, 5, 2}, layer};
  const auto of_image = write_transposed_window(layers_of(network)[0], {"x", {4, 5, 2}, Layout::image_first});
  CHECK(numbers_of(of_image[0]) == Numbers{2, 3});
  CHECK(numbers_of(of_image[1]) == Numbers{1, 4});
  CHECK(numbers_of(of_image[2]) == Numbers{1, 2, 1, 2});
  CHECK(numbers_of(of_image[3]) == Numbers{0, 3});
  CHECK(numbers_of(of_image[4]) == Numbers{1, 1});
  const nn::Sequential<float> over_time{nn::Input{1, 5, 2}, nn::ConvTranspose1D{6, 3, {.padding = 1}}};
  const auto of_time = write_transposed_window(layers_of(over_time)[0], {"x", {1, 5, 2}, Layout::time_first});
  CHECK(numbers_of(of_time[0]) == Numbers{3});
  CHECK(numbers_of(of_time[2]) == Numbers{1, 1});
}
