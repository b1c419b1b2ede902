// SPDX-License-Identifier: MIT
#include <nn/io/load_graph.hpp>

#include <cstdint>
#include <sstream>
#include <string>
#include <utility>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"
#include "files.hpp"

namespace {

// Of the program's own: y = factor x, and of several inputs y = a + share b.
struct ScaledInFile {
  double factor = 1;
  static constexpr std::string_view name() { return "Scaled"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const {
    y = static_cast<typename std::remove_cvref_t<decltype(x)>::Scalar>(factor) * x;
  }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  static void for_each_option(auto& layer, auto option) { option("factor", layer.factor); }
  constexpr bool operator==(const ScaledInFile&) const = default;
};
struct BlendInFile {
  double share = 1;
  static constexpr std::string_view name() { return "Blend"; }
  nn::Shape output_shape(nn::Shapes inputs) const { return inputs[0]; }
  void forward(nn::Shapes, const auto&, const auto& inputs, auto&& y) const {
    using T = typename std::remove_cvref_t<decltype(y)>::Scalar;
    for (nn::Index i = 0; i < y.size(); ++i) y.data()[i] = inputs[0].data()[i] + T(share) * inputs[1].data()[i];
  }
  void input_gradient(nn::Shapes, const auto&, auto& gradients) const {
    for (nn::Index k = 0; k < 2; ++k) gradients.input[k] = gradients.output;
  }
  static void for_each_option(auto& layer, auto option) { option("share", layer.share); }
  constexpr bool operator==(const BlendInFile&) const = default;
};

template <class T = float>
nn::LoadNetworkOptions<T> with_own_layers() {
  return {.layers = nn::known_layers<T>().add(ScaledInFile{}).add(BlendInFile{})};
}

// Two inputs and outputs, values used twice, blocks, merges, state, tensors of other names, layers of the program.
nn::Graph<float> rich_graph() {
  nn::Graph<float> graph;
  const auto image = graph.input({4, 4, 2}, "image"), angle = graph.input({6});
  const auto seen = graph.add("eye", nn::Residual{nn::Conv2D{2, 1}, nn::Chain{nn::Tanh{}, nn::BatchNorm{}}}, image);
  const auto features = graph.add(nn::Dense{6}, graph.add(nn::Flatten{}, graph.add(nn::Multiply{}, seen, image)));
  const auto turned = graph.add("own", ScaledInFile{0.5}, angle);
  const auto both = graph.add("blend", BlendInFile{0.25}, features, turned);
  const auto joined = graph.add(nn::Concatenate{}, both, features, angle);
  const auto time = graph.add(nn::Reshape{1, 6, 3}, joined);
  const auto said = graph.add("memory", nn::GRU{3}, time);
  graph.output(graph.add("classes", nn::Softmax{}, graph.add(nn::LastStep{}, said)));
  graph.output(both);
  graph.initialize(nn::Random{1});
  graph.state().setConstant(0.5F);
  return graph;
}

nn::Graph<float> graph_of(const std::string& text, const nn::LoadNetworkOptions<float>& options = {}) {
  std::istringstream stream(text);
  return nn::load_graph<float>(stream, options);
}
std::string graph_refusal_of(const std::string& text) {
  return test::load_error_of([&] { graph_of(text); });
}

const std::string two_inputs = R"({"type": "Input", "height": 1, "width": 1, "channels": 2, "name": "a"},
  {"type": "Input", "height": 1, "width": 1, "channels": 2})";

// A file without parameters of these layers after two inputs of 2.
std::string graph_file_of(const std::string& layers, const std::string& more = "") {
  const std::string zeros = R"("W": [[0, 0, 0, 0]], "B": [[0, 0, 0, 0]])";
  return R"({"layers": [)" + two_inputs + ", " + layers + "], " + zeros + more + "}";
}

}  // namespace

TEST_CASE("a file gives back the graph that was saved, with its names, from its path and from a stream") {
  const nn::Graph<float> graph = rich_graph();
  const test::Folder folder;
  nn::save(graph, folder / "graph.json", {.self_test = true});
  const nn::Graph<float> loaded = nn::load_graph<float>(folder / "graph.json", with_own_layers());
  CHECK(loaded.descriptions() == graph.descriptions());
  CHECK(test::have_same_bits(loaded.parameters(), graph.parameters()));
  CHECK(test::have_same_bits(loaded.state(), graph.state()));
  CHECK(loaded.input_count() == 2);
  CHECK(loaded.output_count() == 2);
  CHECK(loaded.layer_name(0) == "eye");
  const nn::Matrix<float> x = test::drawn<float>(38, 5, 2);
  CHECK(test::have_same_bits(loaded.predict(x), graph.predict(x)));

  const std::string text = test::text_of(graph);
  CHECK(text.find("\"version\": 4,") != std::string::npos);
  CHECK(text.find("\"name\": \"image\"") != std::string::npos);
  CHECK(test::text_of(graph_of(text, with_own_layers())) == text);
  std::istringstream stream(text);
  const auto precise = nn::load_graph<double>(stream, with_own_layers<double>());
  CHECK((precise.parameters().cast<float>().array() == graph.parameters().array()).all());
}

TEST_CASE("load() reads a graph's file with names and one of before without") {
  nn::Graph<float> named, plain;
  for (nn::Graph<float>* graph : {&named, &plain}) {
    const auto x = graph->input({2}, graph == &named ? "x" : "");
    const auto y = graph->add(graph == &named ? "first" : "", nn::Dense{2}, x);
    graph->output(graph->add(nn::Add{}, x, y));
  }
  named.initialize(nn::Random{3});
  plain.initialize(nn::Random{4});
  const std::string of_named = test::text_of(named), of_plain = test::text_of(plain);
  CHECK(of_plain.find("\"version\": 1,") != std::string::npos);
  CHECK(of_plain.find("\"name\"") == std::string::npos);
  nn::Graph<float> copy = plain;
  test::load_text(copy, of_named);
  CHECK(copy.parameters() == named.parameters());
  test::load_text(named, of_plain);
  CHECK(named.parameters() == plain.parameters());
  CHECK(graph_of(of_plain) == plain);
}

TEST_CASE("a file of a row of layers gives the graph of the row, and load_network names load_graph for a graph") {
  nn::Network row{nn::Input{3}, nn::Normalize{}, nn::Residual{nn::Dense{3}, nn::Tanh{}}, nn::Dense{2}, nn::Softmax{}};
  row.initialize(nn::Random{5});
  const nn::Graph<float> graph = graph_of(test::text_of(row));
  const nn::Matrix<float> x = test::drawn<float>(3, 4, 6);
  CHECK(test::have_same_bits(graph.predict(x), row.predict(x)));
  CHECK(graph_of(R"({"W": [[0, 0], [[1, 2]]], "B": [[0, 0], [3]]})").parameters() == nn::Vector<float>{{1, 2, 3}});

  const auto refusal = [](const nn::Graph<float>& of) {
    std::istringstream stream(test::text_of(of));
    return test::load_error_of([&] { nn::load_network<float>(stream); });
  };
  CHECK_THAT(
      refusal(rich_graph()),
      Catch::Matchers::StartsWith("load: the stream: layers[1] cannot be made: Input (height 1, width 1, channels "
                                  "6): belongs to a graph; take nn::load_graph<float>"));
  CHECK_THAT(refusal(graph), Catch::Matchers::StartsWith(
                                 "load: the stream: layers[1] cannot be made: Normalize (reads 0 0): belongs to "
                                 "a graph; take nn::load_graph<float>"));
}

TEST_CASE("layers of the program's own and names of classes are as in load_network") {
  const std::string text = test::text_of(rich_graph());
  CHECK_THAT(graph_refusal_of(text), Catch::Matchers::ContainsSubstring("\"Scaled\" is no layer that this program "
                                                                        "knows; where it is your own, add it"));
  std::ostringstream file;
  nn::Graph<float> graph;
  graph.output(graph.add(nn::Dense{2}, graph.input({1})));
  nn::save(graph, file, {.self_test = true, .classes = {"no", "yes"}});
  std::vector<std::string> classes;
  CHECK(graph_of(file.str(), {.classes = &classes}) == graph);
  CHECK(classes == std::vector<std::string>{"no", "yes"});
  nn::LayerTable<float> table;
  table.add(BlendInFile{}).add(BlendInFile{});
  CHECK_THROWS_WITH(table.add(BlendInFile{2}),
                    Catch::Matchers::StartsWith("LayerTable: there is another layer with the name "
                                                "\"Blend\" already"));
}

TEST_CASE("what cannot be a graph is refused in words") {
  const std::string add = R"({"type": "Add", "reads 0": 0, "reads 1": 1})";
  REQUIRE(graph_refusal_of(graph_file_of(add)).empty());
  const std::pair<std::string, std::string> cases[] = {
      {graph_file_of(R"({"type": "Add", "reads 0": 0, "reads 1": 2})"),
       ": layers[2] cannot be made: Add (reads 0 0, reads 1 2): reads 1 must be the number of one of the 2 inputs and "
       "layers before it, got 2"},
      {graph_file_of(R"({"type": "Add", "reads 0": 0, "reads 1": -1})"),
       ": layers[2] cannot be made: Add (reads 0 0, "},
      {graph_file_of(R"({"type": "Add", "reads 0": 0, "reads 1": 0.5})"),
       ": layers[2] cannot be made: Add (reads 0 0, reads 1 0.5): reads 1 must be a whole number, got 0.5"},
      {graph_file_of(R"({"type": "Add", "reads 0": 0, "reads 2": 1})"),
       ": layers[2] cannot be made: Add (reads 2 1): has another option than none"},
      {graph_file_of(R"({"type": "Add"})"), ": layers[2] cannot be made: Add: does not say what it reads"},
      {graph_file_of(R"({"type": "Tanh", "reads 0": 0, "reads 1": 1})"),
       ": layers[2] cannot be made: it reads one value, but was given 2"},
      {graph_file_of(add + R"(, {"type": "Outputs", "reads 0": 2, "reads 1": 0})"),
       ": layers[3] cannot be made: Outputs: an input is no output"},
      {graph_file_of(add + R"(, {"type": "Outputs", "reads 0": 2, "reads 1": 2}, {"type": "Tanh", "reads 0": 2})"),
       ": layers[4] cannot be made: Tanh (reads 0 2): stands behind the outputs"},
      {graph_file_of(add + R"(, {"type": "Input", "height": 1, "width": 1, "channels": 2})"),
       ": layers[3] cannot be made: Input (height 1, width 1, channels 2): does not say what it reads"},
      {graph_file_of(R"({"type": "Tanh", "reads 0": 0})"), ": Graph: input 1 leads to no output of the graph"},
      {graph_file_of(R"({"type": "Tanh", "reads 0": 0, "name": "t"}, {"type": "Tanh", "reads 0": 1, "name": "t"})"),
       ": Graph::add: node 0 is named \"t\" already"},
      {graph_file_of(R"({"type": "Tanh", "name": "t", "reads 0": 0, "name": "t"})"),
       ": layers[2] has the key \"name\" twice"},
      {graph_file_of(R"({"type": "Chain", "layers": 1, "reads 0": 0}, {"type": "Tanh", "name": "t"})"),
       ": layers[3] cannot be made: Tanh: has a name, as only the inputs and layers of a graph have"},
      {graph_file_of(R"({"type": "Chain", "layers": 1, "reads 0": 0}, {"type": "Tanh", "reads 0": 0})"),
       ": layers[3] cannot be made: Tanh (reads 0 0): has another option than none"},
      {graph_file_of(R"({"type": "Concatenate", "reads 0": 0, "reads 1": 1},)"
                     R"( {"type": "Add", "reads 0": 0, "reads 1": 2})"),
       ": layers[3] cannot be made: Add: input 0 is 2 and input 1 is 4"},
      {R"({"layers": [{"type": "Input", "height": 1, "width": 0, "channels": 2}]})",
       ": layers[0] cannot be made: Input: the network reads sequences of any length"},
      {graph_file_of(R"({"type": "Dense", "units": 1, "bias": 1, "reads 0": 0})"),
       ": its layers have 3 parameters, but it holds fewer numbers"},
  };
  for (const auto& [text, sentence] : cases) {
    INFO(text);
    CHECK_THAT(graph_refusal_of(text), Catch::Matchers::StartsWith("load: the stream" + sentence));
  }
}

TEST_CASE("graphs that no machine could hold are refused before anything is allocated for them") {
  std::string many = R"({"type": "Add", "reads 0": 0, "reads 1": 1})";
  for (int i = 2; i < 2100; ++i) many += R"(, {"type": "Tanh", "reads 0": )" + std::to_string(i) + "}";
  const std::string huge[] = {
      graph_file_of(R"({"type": "Dense", "units": 1000000000, "bias": 0, "reads 0": 0})"),
      graph_file_of(R"({"type": "UpSample2D", "height": 100000, "width": 100000, "reads 0": 0},)"
                    R"( {"type": "Normalize", "reads 0": 2}, {"type": "Add", "reads 0": 3, "reads 1": 1})"),
      graph_file_of(R"({"type": "UpSample2D", "height": 100000, "width": 100000, "reads 0": 0},)"
                    R"( {"type": "Add", "reads 0": 2, "reads 1": 1})",
                    R"(, "self_test": {"input": [0, 0, 0, 0], "output": [0]})"),
  };
  for (const std::string& text : huge) {
    INFO(text);
    const test::MemoryWatch memory;
    CHECK_THAT(graph_refusal_of(text), Catch::Matchers::StartsWith("load: the stream"));
    CHECK(memory.peak() < 500'000);
  }
  CHECK_THAT(graph_refusal_of(graph_file_of(many)),
             Catch::Matchers::ContainsSubstring("is one more than the 2000 layers that a file may have"));
}

TEST_CASE("every allocation that fails while a graph is loaded ends in std::bad_alloc alone") {
  std::ostringstream file;
  nn::save(rich_graph(), file, {.self_test = true});
  const auto options = with_own_layers();
  long thrown = 0;
  const long failed = test::fail_every_allocation([&] { graph_of(file.str(), options); },
                                                  [&](bool has_thrown) { thrown += has_thrown; });
  CHECK(failed > 100);
  CHECK(thrown > failed / 2);
}

TEST_CASE("every prefix and every flipped bit of a graph's file gives a load_error or a graph that saves the same") {
  nn::Graph<float> graph;
  const auto a = graph.input({2}, "a"), b = graph.input({1});
  const auto shared = graph.add("s", nn::Residual{nn::Dense{2}}, a);
  graph.output(graph.add(nn::Multiply{}, shared, b));
  graph.output(graph.add(nn::Concatenate{}, shared, b));
  std::ostringstream file;
  nn::save(graph, file, {.precision = 2, .self_test = true});
  std::string text = file.str();
  const nn::LoadNetworkOptions<float> options;
  std::int64_t refused = 0, loaded = 0, unstable = 0;
  const auto attempt = [&](const std::string& damaged) {
    try {
      const auto first = graph_of(damaged, options);
      ++loaded;
      unstable += !(graph_of(test::text_of(first), options) == first);
    } catch (const nn::load_error&) {
      ++refused;
    }
  };
  for (std::size_t size = 0; size < text.size(); ++size) attempt(text.substr(0, size));
  for (std::size_t i = 0; i < text.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      attempt(text);
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
    }
  INFO(refused << " refused, " << loaded << " loaded");
  CHECK(unstable == 0);
  CHECK(loaded > 20);
  CHECK(refused > 5000);
}
