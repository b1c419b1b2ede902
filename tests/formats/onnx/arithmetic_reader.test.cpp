// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/arithmetic_reader.hpp>

#include "../../catch.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;
using test::OneNode;

TEST_CASE("A constant of one number is a formula, before or behind the value") {
  CHECK(OneNode({2}).with({}, {3}).read("Sub").predict({1, 5}) == nn::Vector<float>{{-2, 2}});
  auto before = OneNode({2}).with({}, {3});
  std::swap(before.inputs[0], before.inputs[1]);
  CHECK(before.read("Sub").predict({1, 5}) == nn::Vector<float>{{2, -2}});
  CHECK(OneNode({2}).with({}, {3}).read("Pow").predict({-1, 2}) == nn::Vector<float>{{-1, 8}});
}

TEST_CASE("A weight beside a value is learned, and repeated along dimensions of 1") {
  nn::Graph<float> graph = OneNode({2, 2}).with({2, 1}, {10, 20}).read("Mul");
  CHECK(graph.predict({1, 2, 3, 4}) == nn::Vector<float>{{10, 20, 60, 80}});
  CHECK(graph.parameter_count() == 2);
  CHECK_THROWS_WITH(OneNode({2}).with({3, 2}, {1, 2, 3, 4, 5, 6}).read("Add"),
                    ContainsSubstring("its input 1 has other numbers for each sample"));
}

TEST_CASE("Dimensions of a sample are summed up, those of the samples are not") {
  using Attributes = std::vector<test::WrittenAttribute>;
  const Attributes over_rows{{"axes", std::vector<std::int64_t>{1}}},
      over_samples{{"axes", std::vector<std::int64_t>{0}}};
  CHECK(OneNode({2, 3}).read("ReduceMean", over_rows).predict({1, 2, 3, 5, 6, 7}) == nn::Vector<float>{{3, 4, 5}});
  CHECK(OneNode({2, 3}).read("ReduceMax", {{"axes", std::vector<std::int64_t>{-1}}}).predict({1, 9, 3, 5, 6, 7}) ==
        nn::Vector<float>{{9, 7}});
  CHECK_THROWS_WITH(OneNode({2}).read("ReduceMax", over_samples), ContainsSubstring("along the samples"));
  CHECK(OneNode({2, 2}, false).read("ReduceMax", over_samples).predict({1, 4, 3, 2}) == nn::Vector<float>{{3, 4}});
}

TEST_CASE("Softmax is along any dimension of a sample") {
  const auto graph = OneNode({2, 2}).read("Softmax", {{"axis", std::int64_t{1}}});
  const nn::Vector<float> y = graph.predict({0, 7, 0, 7});
  CHECK(y == nn::Vector<float>::Constant(4, 0.5F));
  CHECK(OneNode({2}).read("Softmax", {}, 11).depth() == 1);
}

TEST_CASE("Flattened images of other shapes are added number by number, in the order of the model") {
  test::ModelWriter writer;
  writer.input("a", test::DataType::float32, {std::string("batch"), 2, 1, 3});
  writer.input("b", test::DataType::float32, {std::string("batch"), 3, 1, 2});
  for (const std::string name : {"a", "b"}) {
    writer.node("MaxPool", {name}, {"image_" + name}, {{"kernel_shape", std::vector<std::int64_t>{1, 1}}});
    writer.node("Flatten", {"image_" + name}, {"flat_" + name});
  }
  writer.node("Add", {"flat_a", "flat_b"}, {"y"});
  writer.output("y", test::DataType::float32, {std::string("batch"), 6});
  std::string text;
  writer.write(8, 17, [&](std::string_view piece) { text += piece; });
  std::istringstream stream(text);
  CHECK(nn::load_onnx<float>(stream).predict({1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60}) ==
        nn::Vector<float>{{11, 22, 33, 44, 55, 66}});
}
