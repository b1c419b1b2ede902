// SPDX-License-Identifier: MIT
#include <nn/formats/onnx/load.hpp>
#include <nn/formats/onnx/model_reader.hpp>
#include <nn/formats/onnx/written_graph.hpp>

#include "../../catch.hpp"

namespace {

using namespace nn::detail::onnx;

// The operators that bring a value of a layout into another.
std::vector<std::string> moves_between(nn::Shape shape, Layout from, Layout to) {
  WrittenGraph graph(DataType::float32, 17);
  const WrittenValue moved = graph.in({"input", shape, from, shape}, to);
  CHECK(moved.layout == to);
  CHECK(moved.shape == shape);
  graph.output(moved, "output", {});
  std::string text;
  graph.write("test", 8, [&](std::string_view piece) { text += piece; });
  const Model model = model_of(Document("the test", text));
  std::vector<std::string> names;
  for (const Node& node : model.graph.nodes) names.emplace_back(node.op_type);
  return names;
}

using Moves = std::vector<std::string>;

}  // namespace

TEST_CASE("A value is brought into another layout by as few nodes as it takes") {
  const nn::Shape image(4, 5, 3), grey(4, 5, 1), pixel(1, 1, 3), row(1, 5, 3);
  CHECK(moves_between(image, Layout::image_first, Layout::image_last) == Moves{"Transpose"});
  CHECK(moves_between(image, Layout::image_first, Layout::flat_first) == Moves{"Flatten"});
  CHECK(moves_between(image, Layout::image_first, Layout::flat_last) == Moves{"Transpose", "Flatten"});
  CHECK(moves_between(image, Layout::flat_last, Layout::image_first) == Moves{"Reshape", "Transpose"});
  CHECK(moves_between(image, Layout::flat_first, Layout::flat_last) == Moves{"Reshape", "Transpose", "Flatten"});
  CHECK(moves_between(grey, Layout::image_last, Layout::image_first) == Moves{"Reshape"});
  CHECK(moves_between(grey, Layout::image_first, Layout::flat_last) == Moves{"Flatten"});
  CHECK(moves_between(pixel, Layout::flat_first, Layout::flat_last) == Moves{"Identity"});
  CHECK(moves_between(row, Layout::time_first, Layout::image_first) == Moves{"Reshape"});
  CHECK(moves_between(row, Layout::time_first, Layout::image_last) == Moves{"Transpose", "Reshape"});
}

TEST_CASE("The nodes of a layer have its name before theirs") {
  WrittenGraph graph(DataType::float32, 17);
  graph.enter("2.0.");
  CHECK(graph.node("Relu", {"input"}).starts_with("2.0.Relu"));
}

TEST_CASE("Numbers of a flattened image change places as the image's") {
  WrittenGraph graph(DataType::float32, 17);
  const nn::Shape image(1, 2, 3);
  graph.input("input", {std::string("batch"), 6});
  const WrittenValue moved = graph.in({"input", nn::Shape(6), Layout::flat_first, image}, Layout::flat_last);
  graph.output(moved, "output", {std::string("batch"), 6});
  std::stringstream stream;
  graph.write("test", 8, [&](std::string_view piece) { stream << piece; });
  CHECK(nn::load_onnx<float>(stream).predict({1, 2, 3, 4, 5, 6}) == nn::Vector<float>{{1, 3, 5, 2, 4, 6}});
}

TEST_CASE("A feature of a value whose channels come first is found in nn's order") {
  const nn::Shape image(2, 2, 3);
  const WrittenValue first{"", image, Layout::image_first}, last{"", image, Layout::image_last};
  CHECK(feature_at(last, 5) == 5);
  CHECK(feature_at(first, 0) == 0);
  CHECK(feature_at(first, 1) == 3);  // the second pixel of the first channel
  CHECK(feature_at(first, 4) == 1);  // the first pixel of the second
  CHECK(feature_at(first, 11) == 11);
  CHECK(feature_at({"", nn::Shape(12), Layout::flat_first, image}, 1) == 3);
}

TEST_CASE("A number of a tensor is found in nn's order, along all of its dimensions") {
  const nn::Dimensions by_columns{{.size = 2, .stride = 1}, {.size = 3, .stride = 2}};
  CHECK(place_of_number(by_columns, {}, 1) == 2);
  CHECK(place_of_number(by_columns, {}, 3) == 1);
  CHECK(place_of_number(by_columns, {}, 5) == 5);
}

TEST_CASE("An output has a name of its own, under which other nodes read it, too") {
  WrittenGraph graph(DataType::float32, 17);
  const std::string middle = graph.node("Relu", {"input"}), last = graph.node("Add", {middle, "input"});
  graph.output({middle, nn::Shape(2)}, "first", {});
  graph.output({last, nn::Shape(2)}, "second", {});
  std::string text;
  graph.write("test", 8, [&](std::string_view piece) { text += piece; });
  const Model model = model_of(Document("the test", text));
  using Names = std::vector<std::string_view>;
  REQUIRE(model.graph.nodes.size() == 2);
  CHECK(model.graph.nodes[0].inputs == Names{"input"});
  CHECK(model.graph.nodes[0].outputs == Names{"first"});
  CHECK(model.graph.nodes[1].inputs == Names{"first", "input"});
  CHECK(model.graph.nodes[1].outputs == Names{"second"});
}

TEST_CASE("Plain features, time and images have their own dimensions outside") {
  CHECK(outer_layout(nn::Shape(7), true) == Layout::flat_last);
  CHECK(outer_layout({1, 5, 3}, true) == Layout::time_first);
  CHECK(outer_layout({4, 5, 3}, true) == Layout::image_first);
  CHECK(outer_layout({4, 5, 3}, false) == Layout::image_last);
  CHECK(sizes_of(Layout::time_first, {1, 5, 3}) == std::vector<std::int64_t>{3, 5});
  CHECK(sizes_of(Layout::image_first, {4, 5, 3}) == std::vector<std::int64_t>{3, 4, 5});
}

TEST_CASE("Features of a flattened image are counted in nn's order where an image is asked for") {
  WrittenGraph graph(DataType::float32, 17);
  graph.input("input", {std::string("batch"), 6});
  const WrittenValue features{"input", nn::Shape(6), Layout::flat_first, nn::Shape(1, 2, 3)};
  const WrittenValue moved = graph.in(features, Layout::image_first);
  CHECK(moved.shape == nn::Shape(6));
  graph.output(graph.in(moved, Layout::flat_last), "output", {std::string("batch"), 6});
  std::stringstream stream;
  graph.write("test", 8, [&](std::string_view piece) { stream << piece; });
  CHECK(nn::load_onnx<float>(stream).predict({1, 2, 3, 4, 5, 6}) == nn::Vector<float>{{1, 3, 5, 2, 4, 6}});
}
