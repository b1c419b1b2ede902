// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/window_reader.hpp>

#include <utility>
#include <vector>

#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"

namespace {

using namespace nn::detail::onnx;

// The window that a node with these attributes has over an image of 6 x 6, or over 6 steps.
ImportedWindow window_with(const std::vector<WrittenAttribute>& attributes, bool is_over_time = false) {
  ModelWriter writer;
  writer.node("MaxPool", {"x"}, {"y"}, attributes);
  std::string text;
  writer.write(8, 17, [&](std::string_view piece) { text += piece; });
  const Model model = model_of(Document("the test", text));
  const NodeOptions options(*model.document, model.graph.nodes[0]);
  return window_of(options, is_over_time ? nn::Shape(1, 6, 2) : nn::Shape(6, 6, 2), is_over_time,
                   is_over_time ? Sizes{2} : Sizes{2, 2});
}

}  // namespace

TEST_CASE("A window has ONNX's defaults, and what the attributes say") {
  const ImportedWindow plain = window_with({});
  CHECK(plain.kernel == nn::Sides(2, 2));
  CHECK(plain.stride == nn::Sides(1, 1));
  CHECK(plain.dilation == nn::Sides(1, 1));
  CHECK(plain.padding == nn::Padding());
  CHECK_FALSE(plain.needs_zeros);
  const ImportedWindow told =
      window_with({{"strides", Sizes{2, 3}}, {"dilations", Sizes{1, 2}}, {"pads", Sizes{1, 0, 1, 0}}});
  CHECK(told.stride == nn::Sides(2, 3));
  CHECK(told.dilation == nn::Sides(1, 2));
  CHECK(told.padding == nn::Padding(nn::Sides(1, 0), false));
  const ImportedWindow time = window_with({{"strides", Sizes{2}}, {"pads", Sizes{1, 1}}}, true);
  CHECK(time.stride == nn::Sides(1, 2));
  CHECK(time.padding == nn::Padding(nn::Sides(0, 1), false));
}

TEST_CASE("Padding of other sizes before and behind is zeros before the layer, and SAME_UPPER is ours") {
  const ImportedWindow uneven = window_with({{"pads", Sizes{0, 1, 2, 3}}});
  CHECK(uneven.needs_zeros);
  CHECK(uneven.borders == nn::Borders(0, 2, 1, 3));
  const ImportedWindow above = window_with({{"pads", Sizes{1, 0, 0, 0}}});
  CHECK(above.needs_zeros);
  CHECK(above.borders == nn::Borders(1, 0, 0, 0));
  CHECK(window_with({{"auto_pad", "SAME_UPPER"}}).padding.is_same);
  CHECK(window_with({{"auto_pad", "VALID"}}).padding == nn::Padding());
}

TEST_CASE("A window that has no place here is refused") {
  CHECK_THROWS_AS(window_with({{"strides", Sizes{1}}}), unsupported);
  CHECK_THROWS_AS(window_with({{"strides", Sizes{-1, 1}}}), unsupported);
  CHECK_THROWS_AS(window_with({{"pads", Sizes{1, 1}}}), unsupported);
  CHECK_THROWS_AS(window_with({{"kernel_shape", Sizes{3, 3}}}), unsupported);
}

TEST_CASE("SAME_LOWER has the larger half of its padding before the image") {
  const ImportedWindow lower = window_with({{"auto_pad", "SAME_LOWER"}});
  CHECK(lower.needs_zeros);
  CHECK(lower.borders == nn::Borders(1, 0, 1, 0));
}

TEST_CASE("With ceil_mode the last window may leave the image, and what it sees is counted") {
  const WindowAxis axis{.input = 6, .kernel = 3, .stride = 2, .before = 1, .behind = 1, .output = 4};
  CHECK_FALSE(axis.is_whole());
  CHECK(axis.count(0, false) == 2);
  CHECK(axis.count(0, true) == 3);
  CHECK(axis.count(3, true) == 2);
  CHECK(axis.count(3, false) == 1);
}
