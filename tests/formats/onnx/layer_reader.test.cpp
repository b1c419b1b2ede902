// SPDX-License-Identifier: MIT
// Each operator of what save_onnx writes is read in load.test.cpp; here is what others write, and what is refused.
#include <nn/formats/onnx/layer_reader.hpp>

#include <sstream>
#include <string>
#include <vector>

#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/model_writer.hpp>

#include "../../catch.hpp"
#include "../../numbers.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;

using namespace nn::detail::onnx;
using test::OneNode;

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

TEST_CASE("Clip has both bounds, or one") {
  CHECK(OneNode({1}).with({}, {-2}).with({}, {3}).read("Clip").predict({7})(0, 0) == 3);
  CHECK(OneNode({1}).with({}, {-2}).read("Clip").predict({7})(0, 0) == 7);
  CHECK(OneNode({1}).with({}, {-2}).read("Clip").predict({-7})(0, 0) == -2);
  CHECK(OneNode({1}).with({}, {-2}).with({}, {test::infinity<float>}).read("Clip").predict({1e30F})(0, 0) == 1e30F);
  CHECK(OneNode({1}).with({}, {-test::infinity<float>}).with({}, {3}).read("Clip").predict({7})(0, 0) == 3);
}

TEST_CASE("A product of a sequence is one of each step, and slopes of PRelu may be for single numbers") {
  const auto product = OneNode({2, 2}).with({2, 1}, {1, 10}).read("MatMul");
  CHECK(product.predict({1, 2, 3, 4}) == nn::Vector<float>{{21, 43}});
  const auto bent = OneNode({2, 2}).with({1, 2}, {2, 3}).read("PRelu");
  CHECK(bent.predict({-1, -1, 5, -2}) == nn::Vector<float>{{-2, -3, 5, -6}});
}

TEST_CASE("Positions that are computed take rows of a table") {
  ModelWriter writer;
  writer.input("x", DataType::int64, {std::string("batch"), 2});
  writer.initializer("table", {3, 2}, std::vector<float>{0, 1, 10, 11, 20, 21});
  writer.node("Gather", {"table", "x"}, {"y"});
  writer.output("y", DataType::float32, {std::string("batch"), 2, 2});
  std::string text;
  writer.write(8, 17, [&](std::string_view piece) { text += piece; });
  std::istringstream stream(text);
  CHECK(nn::load_onnx<float>(stream).predict({2, 0}) == nn::Vector<float>{{20, 21, 0, 1}});

  const auto read = [](std::int64_t axis, const std::vector<std::int64_t>& sizes) {
    ModelWriter other;
    other.input("x", DataType::int64, {std::string("batch"), 2});
    other.initializer("table", sizes, std::vector<float>{0, 1, 10, 11, 20, 21});
    other.node("Gather", {"table", "x"}, {"y"}, {{"axis", axis}});
    other.output("y", DataType::float32, {std::string("batch"), 2, 2});
    std::istringstream of_model(other.text(8, 17));
    return nn::load_onnx<float>(of_model);
  };
  CHECK(read(-2, {3, 2}).predict({2, 0}) == nn::Vector<float>{{20, 21, 0, 1}});
  CHECK_THROWS_WITH(read(1, {3, 2}), ContainsSubstring("it takes what is not the rows of a table"));
  CHECK_THROWS_WITH(read(0, {3, 2, 1}), ContainsSubstring("it takes what is not the rows of a table"));
}

TEST_CASE("A transposed convolution is cut where its padding is of other sizes before and behind") {
  const auto graph =
      OneNode({1, 2}).with({1, 1, 3}, {1, 2, 3}).read("ConvTranspose", {{"pads", std::vector<std::int64_t>{1, 0}}});
  CHECK(graph.predict({1, 10}) == nn::Vector<float>{{12, 23, 30}});

  // As ONNX says it: of the one pixel that is cut off, SAME_UPPER leaves the first and SAME_LOWER the last.
  const auto same = [](const char* automatic, std::int64_t dilation) {
    return OneNode({1, 2})
        .with({1, 1, 2}, {1, 2})
        .read("ConvTranspose", {{"auto_pad", automatic}, {"dilations", std::vector<std::int64_t>{dilation}}});
  };
  CHECK(same("SAME_UPPER", 1).predict({1, 10}) == nn::Vector<float>{{1, 12}});  // of 1, 12, 20
  CHECK(same("SAME_LOWER", 1).predict({1, 10}) == nn::Vector<float>{{12, 20}});
  CHECK(same("SAME_UPPER", 2).predict({1, 10}) == nn::Vector<float>{{10, 2}});  // of 1, 10, 2, 20
}

TEST_CASE("Pools have padding") {
  const WrittenAttribute kernel("kernel_shape", std::vector<std::int64_t>{2, 2}),
      pads("pads", std::vector<std::int64_t>{1, 1, 1, 1});
  for (const char* type : {"AveragePool", "MaxPool"})
    CHECK(OneNode({1, 4, 4}).read(type, {kernel, pads}).output_shape() == nn::Shape(1, 5, 5));
}

TEST_CASE("Numbers of other sizes than the layer needs are refused before it is made") {
  CHECK_THROWS_WITH(OneNode({1 << 20, 1 << 20})
                        .with({1}, {1})
                        .with({1}, {1})
                        .with({1}, {1})
                        .with({1}, {1})
                        .read("BatchNormalization"),
                    ContainsSubstring("1 numbers"));
}

TEST_CASE("MatMul multiplies values with each other, and constants from the left") {
  OneNode square({2, 2});
  square.inputs.push_back("x");
  CHECK(square.read("MatMul").predict({1, 2, 3, 4}) == nn::Vector<float>{{7, 10, 15, 22}});
  OneNode left({2, 2});
  left.inputs.clear();
  left.with({1, 1, 2}, {1, 10});
  left.inputs.push_back("x");
  CHECK(left.read("MatMul").predict({1, 2, 3, 4}) == nn::Vector<float>{{31, 42}});
  OneNode other({2, 3});
  other.inputs.push_back("x");
  CHECK_THROWS_WITH(other.read("MatMul"), ContainsSubstring("a product of 3 columns and 2 rows"));
}
