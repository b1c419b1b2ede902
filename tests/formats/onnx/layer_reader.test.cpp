// SPDX-License-Identifier: MIT
// Each operator of what save_onnx writes is read in load.test.cpp; here is what others write, and what is refused.
#include <nn/formats/onnx/layer_reader.hpp>

#include <sstream>
#include <string>
#include <vector>

#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"

using Catch::Matchers::ContainsSubstring;

namespace {

using namespace nn::detail::onnx;

// A model of an input x of these sizes and one node that reads it and the constants, which is then y.
struct OneNode {
  ModelWriter writer;
  std::vector<std::string> inputs{"x"};

  explicit OneNode(const std::vector<std::int64_t>& sizes) {
    WrittenShape shape{std::string("batch")};
    for (const std::int64_t size : sizes) shape.emplace_back(size);
    writer.input("x", DataType::float32, shape);
    writer.output("y", DataType::float32, {std::string("batch")});
  }
  OneNode& with(const std::vector<std::int64_t>& dims, const std::vector<float>& numbers) {
    inputs.push_back("constant_" + std::to_string(inputs.size()));
    writer.initializer(inputs.back(), dims, numbers);
    return *this;
  }
  nn::Graph<float> read(std::string_view type, const std::vector<WrittenAttribute>& attributes = {},
                        std::int64_t opset = 17) {
    writer.node(type, inputs, {"y"}, attributes);
    std::string text;
    writer.write(8, opset, [&](std::string_view piece) { text += piece; });
    std::istringstream stream(text);
    return nn::load_onnx<float>(stream, {.channels_last = true});
  }
};

}  // namespace

TEST_CASE("Gemm has factors and weights either way round") {
  const auto graph = OneNode({2}).with({2, 1}, {3, 4}).with({1}, {5}).read("Gemm", {{"alpha", 2.0}, {"beta", 10.0}});
  CHECK(graph.predict({1, 1})(0, 0) == 2 * 7 + 50);
  const auto turned = OneNode({2}).with({1, 2}, {3, 4}).read("Gemm", {{"transB", std::int64_t{1}}});
  CHECK(turned.predict({1, 10})(0, 0) == 43);
  CHECK_THROWS_WITH(OneNode({2}).with({2, 1}, {3, 4}).read("Gemm", {{"transA", std::int64_t{1}}}),
                    ContainsSubstring("transA"));
  CHECK_THROWS_WITH(OneNode({2}).with({2, 3}, {1, 2, 3, 4, 5, 6}).with({2}, {1, 2}).read("Gemm"),
                    ContainsSubstring("it adds 2 numbers to 3 outputs"));
}

TEST_CASE("A convolution reads its channels first, with groups and a padding of other sizes before and behind") {
  // One channel of 1 x 3, a kernel of 1 x 2 and a zero before the first column.
  const auto graph =
      OneNode({1, 1, 3}).with({1, 1, 1, 2}, {10, 1}).read("Conv", {{"pads", std::vector<std::int64_t>{0, 1, 0, 0}}});
  CHECK(graph.predict({1, 2, 3}) == nn::Vector<float>{{1, 12, 23}});
  CHECK_THROWS_WITH(OneNode({2, 3, 3}).with({2, 2, 1, 1}, {1, 2, 3, 4}).read("Conv", {{"group", std::int64_t{2}}}),
                    ContainsSubstring("its weights are for 2 channels in 2 groups, and its input has 2"));
}

TEST_CASE("Softmax is over the channels, and Clip has both bounds") {
  CHECK(OneNode({2, 3}).read("Softmax", {{"axis", std::int64_t{1}}}).depth() == 1);
  CHECK_THROWS_WITH(OneNode({2, 3}).read("Softmax", {{"axis", std::int64_t{2}}}), ContainsSubstring("channels"));
  CHECK(OneNode({2}).read("Softmax", {}, 11).depth() == 1);
  const auto clipped = OneNode({1}).with({}, {-2}).with({}, {3}).read("Clip");
  CHECK(clipped.predict({7})(0, 0) == 3);
  CHECK_THROWS_WITH(OneNode({1}).with({}, {-2}).read("Clip"), ContainsSubstring("it has no max"));
}

TEST_CASE("A mean over padding that does not count, and a maximum that is asked for its place, are refused") {
  const WrittenAttribute kernel("kernel_shape", std::vector<std::int64_t>{2, 2}),
      pads("pads", std::vector<std::int64_t>{1, 1, 1, 1});
  CHECK_THROWS_WITH(OneNode({1, 4, 4}).read("AveragePool", {kernel, pads}), ContainsSubstring("does not count"));
  CHECK(OneNode({1, 4, 4}).read("AveragePool", {kernel, pads, {"count_include_pad", std::int64_t{1}}}).depth() == 1);
  CHECK(OneNode({1, 4, 4}).read("MaxPool", {kernel, pads}).output_shape() == nn::Shape(5, 5, 1));
}

TEST_CASE("Numbers of other sizes than the layer needs are refused before it is made") {
  CHECK_THROWS_WITH(OneNode({1 << 20, 1 << 20})
                        .with({1}, {1})
                        .with({1}, {1})
                        .with({1}, {1})
                        .with({1}, {1})
                        .read("BatchNormalization"),
                    ContainsSubstring("1 numbers"));
  CHECK_THROWS_WITH(OneNode({3, 4, 3}).with({1, 1, 3}, {1, 2, 3}).read("PRelu"),
                    ContainsSubstring("its slopes are not one for each channel"));
}
