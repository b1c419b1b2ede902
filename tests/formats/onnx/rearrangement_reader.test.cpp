// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/rearrangement_reader.hpp>

#include <cstdint>
#include <limits>

#include "../../catch.hpp"
#include "one_node.hpp"

using Catch::Matchers::ContainsSubstring;
using test::OneNode;
using Row = nn::Vector<float>;

TEST_CASE("Slices go forward and backward, but never along the samples") {
  const auto slice = [](std::int64_t axis) {
    return OneNode({4}).with({-1}).with({-9}).with({axis}).with({-2}).read("Slice");
  };
  CHECK(slice(1).predict({1, 2, 3, 4}) == Row{{4, 2}});
  CHECK_THROWS_WITH(slice(0), ContainsSubstring("it takes some of the samples"));
  // Along all axes, which are not named: all samples, and some numbers of each.
  constexpr std::int64_t end = std::numeric_limits<std::int64_t>::max();
  CHECK(OneNode({4}).with({0, 1}).with({end, 3}).read("Slice").predict({1, 2, 3, 4}) == Row{{2, 3}});
  CHECK_THROWS_WITH(OneNode({4}).with({1, 1}).with({end, 3}).read("Slice"), ContainsSubstring("some of the samples"));
}

TEST_CASE("Gather takes positions along a dimension, and leaves it out for a single one") {
  using Attributes = std::vector<test::WrittenAttribute>;
  const Attributes along{{"axis", std::int64_t{2}}};
  CHECK(OneNode({2, 3}).with({2, 0}).read("Gather", along).predict({1, 2, 3, 4, 5, 6}) == Row{{3, 1, 6, 4}});
  CHECK_THROWS_WITH(OneNode({2}).with({0}).read("Gather"), ContainsSubstring("along the samples"));
}

TEST_CASE("Flatten counts its axis from the front or the back, and never joins samples") {
  const auto flattened = [](std::int64_t axis) { return OneNode({2, 3}).read("Flatten", {{"axis", axis}}); };
  for (const std::int64_t axis : {1, -2}) CHECK(flattened(axis).predict({1, 2, 3, 4, 5, 6}) == Row{{1, 2, 3, 4, 5, 6}});
  for (const std::int64_t axis : {0, 2, -1})
    CHECK_THROWS_WITH(flattened(axis), ContainsSubstring("would join samples"));
  for (const std::int64_t axis : {4, -4}) CHECK_THROWS_WITH(flattened(axis), ContainsSubstring("of 3 dimensions"));
}

TEST_CASE("Transposed samples keep their order, and other borders their numbers") {
  CHECK(OneNode({2, 2}).read("Transpose", {{"perm", std::vector<std::int64_t>{0, 2, 1}}}).predict({1, 2, 3, 4}) ==
        Row{{1, 3, 2, 4}});
  CHECK(OneNode({3}).with({0, 2, 0, 1}).read("Pad", {{"mode", "reflect"}}).predict({1, 2, 3}) ==
        Row{{3, 2, 1, 2, 3, 2}});
  CHECK(OneNode({2}).with({0, 1, 0, 0}).with({}, {7}).read("Pad").predict({1, 2}) == Row{{7, 1, 2}});
  CHECK(OneNode({2, 2}).with({0, 1, 0, 0, 0, 1}).read("Pad").predict({1, 2, 3, 4}) == Row{{0, 0, 0, 1, 2, 0, 3, 4, 0}});
}

TEST_CASE("An order of axes that the image has in memory costs no layer") {
  const std::vector<std::int64_t> channels_last{0, 2, 3, 1}, channels_first{0, 3, 1, 2};
  OneNode model({3, 1, 2});
  model.writer.node("Relu", {"x"}, {"image"});
  model.writer.node("Transpose", {"image"}, {"moved"}, {{"perm", channels_last}});
  model.inputs[0] = "moved";
  const auto graph = model.read("Transpose", {{"perm", channels_first}});
  CHECK(graph.predict({1, 2, 3, 4, 5, 6}) == Row{{1, 2, 3, 4, 5, 6}});
  CHECK(graph.depth() == 3);  // into nn's order, ReLU and back
}

TEST_CASE("Depth becomes space and the other way") {
  const std::vector<test::WrittenAttribute> by_two{{"blocksize", std::int64_t{2}}};
  CHECK(OneNode({4, 1, 1}).read("DepthToSpace", by_two).predict({1, 2, 3, 4}) == Row{{1, 2, 3, 4}});
  CHECK(OneNode({1, 2, 4}).read("SpaceToDepth", by_two).predict({1, 2, 3, 4, 5, 6, 7, 8}) ==
        Row{{1, 3, 2, 4, 5, 7, 6, 8}});
  // The channels of a block come first, or those of the depth: 8 channels become 2 images of 2 x 2, ...
  CHECK(OneNode({8, 1, 1}).read("DepthToSpace", by_two).predict({1, 2, 3, 4, 5, 6, 7, 8}) ==
        Row{{1, 3, 5, 7, 2, 4, 6, 8}});
  const std::vector<test::WrittenAttribute> depth_first{{"blocksize", std::int64_t{2}}, {"mode", "CRD"}};
  CHECK(OneNode({8, 1, 1}).read("DepthToSpace", depth_first).predict({1, 2, 3, 4, 5, 6, 7, 8}) ==
        Row{{1, 2, 3, 4, 5, 6, 7, 8}});
  // ... and 4 channels of 1 x 2 one of 2 x 4.
  for (const auto& mode : {by_two, depth_first})
    CHECK(OneNode({4, 1, 2}).read("DepthToSpace", mode).predict({1, 2, 3, 4, 5, 6, 7, 8}) ==
          Row{{1, 3, 2, 4, 5, 7, 6, 8}});
  CHECK_THROWS_WITH(OneNode({4, 1, 1}).read("DepthToSpace", {{"blocksize", std::int64_t{0}}}),
                    ContainsSubstring("blocksize is 0"));
  CHECK_THROWS_WITH(OneNode({4, 1, 1}).read("DepthToSpace", {{"blocksize", std::int64_t{32769}}}),
                    ContainsSubstring("blocksize is 32769"));
}

TEST_CASE("Expand repeats what has one number along a dimension") {
  CHECK(OneNode({1, 2}).with({1, 3, 2}).read("Expand").predict({1, 2}) == Row{{1, 2, 1, 2, 1, 2}});
  CHECK(OneNode({2, 1}).with({1, 1, 3}).read("Expand").predict({1, 2}) == Row{{1, 1, 1, 2, 2, 2}});
}

TEST_CASE("Pad has borders along some axes, and mirrors also a single number") {
  CHECK(OneNode({1}).with({0, 1, 0, 2}).read("Pad", {{"mode", "reflect"}}).predict({5}) == Row{{5, 5, 5, 5}});
  CHECK(OneNode({1, 2}).with({0, 1}).with({}, {7}).with({-1}).read("Pad", {}, 18).predict({1, 2}) == Row{{1, 2, 7}});
}

TEST_CASE("Flattened branches of different sizes are put together") {
  test::ModelWriter writer;
  writer.input("a", test::DataType::float32, {std::string("batch"), 2, 2});
  writer.input("b", test::DataType::float32, {std::string("batch"), 3});
  writer.node("Flatten", {"a"}, {"flat"});
  writer.node("Concat", {"flat", "b"}, {"y"}, {{"axis", std::int64_t{1}}});
  writer.output("y", test::DataType::float32, {std::string("batch"), 7});
  std::string text;
  writer.write(8, 17, [&](std::string_view piece) { text += piece; });
  std::istringstream stream(text);
  CHECK(nn::load_onnx<float>(stream).predict({1, 2, 3, 4, 5, 6, 7}) == Row{{1, 2, 3, 4, 5, 6, 7}});
}

TEST_CASE("Images are put together side by side") {
  OneNode twice({2, 2, 1});
  twice.inputs.emplace_back("x");
  CHECK(twice.read("Concat", {{"axis", std::int64_t{2}}}).predict({1, 2, 3, 4}) == Row{{1, 2, 1, 2, 3, 4, 3, 4}});
}

TEST_CASE("Different images are put together by rows") {
  test::ModelWriter writer;
  for (const char* name : {"a", "b"}) writer.input(name, test::DataType::float32, {std::string("batch"), 2, 1, 1});
  writer.node("Concat", {"a", "b"}, {"y"}, {{"axis", std::int64_t{2}}});
  writer.output("y", test::DataType::float32, {std::string("batch"), 2, 2, 1});
  std::string text;
  writer.write(8, 17, [&](std::string_view piece) { text += piece; });
  std::istringstream stream(text);
  CHECK(nn::load_onnx<float>(stream).predict({1, 2, 3, 4}) == Row{{1, 3, 2, 4}});
}

TEST_CASE("A part of a Split is read alone") {
  OneNode node({5});
  node.outputs = {"nobody", "y"};
  CHECK(node.with({2, 3}).read("Split", {{"axis", std::int64_t{1}}}).predict({1, 2, 3, 4, 5}) == Row{{3, 4, 5}});
}

TEST_CASE("Where a condition is known the numbers of one input or the other come") {
  const auto chosen = [](const std::vector<std::int64_t>& condition, bool is_first, const std::vector<float>& numbers) {
    OneNode node({3});
    node.inputs.clear();
    node.with(condition);
    if (is_first) node.inputs.push_back("x");
    node.with({static_cast<std::int64_t>(numbers.size())}, numbers);
    if (!is_first) node.inputs.push_back("x");
    return node.read("Where");
  };
  CHECK(chosen({1, 0, 1}, true, {-1}).predict({5, 6, 7}) == nn::Vector<float>{{5, -1, 7}});
  CHECK(chosen({1, 0, 1}, false, {-1, -2, -3}).predict({5, 6, 7}) == nn::Vector<float>{{-1, 6, -3}});
  CHECK(chosen({0}, true, {-1, -2, -3}).predict({5, 6, 7}) == nn::Vector<float>{{-1, -2, -3}});
  OneNode both({3});
  both.inputs.clear();
  both.with({std::int64_t{0}, 1, 0});
  both.inputs.insert(both.inputs.end(), {"x", "x"});
  CHECK(both.read("Where").predict({5, 6, 7}) == nn::Vector<float>{{5, 6, 7}});
}
