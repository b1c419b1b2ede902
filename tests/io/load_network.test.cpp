// SPDX-License-Identifier: MIT
#include <nn/io/load_network.hpp>

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "../numbers.hpp"
#include "files.hpp"

namespace {

const std::filesystem::path beside = std::filesystem::path(__FILE__).parent_path();

// A user's own: y = factor x.
struct Times {
  double factor = 1;
  static constexpr bool keeps_shape = true;
  static constexpr std::string_view name() { return "Times"; }
  constexpr nn::Shape output_shape(nn::Shape input) const { return input; }
  void forward(nn::Shape, const auto&, const auto& x, auto&& y) const {
    y = static_cast<typename std::remove_cvref_t<decltype(x)>::Scalar>(factor) * x;
  }
  void backward(nn::Shape, const auto&, auto& gradients) const { gradients.input = gradients.output; }
  static void for_each_option(auto& layer, auto option) { option("factor", layer.factor); }
  constexpr bool operator==(const Times&) const = default;
};

// As nn 0.1 wrote it.
const std::string golden = R"({
"format": "nn",
"version": 1,
"layers": [
{"type": "Input", "height": 1, "width": 1, "channels": 2},
{"type": "Dense", "units": 2, "bias": 1},
{"type": "LeakyReLU", "negative_slope": 0.01},
{"type": "Dense", "units": 1, "bias": 0}
],
"W": [
[0.0,0.0],
[
[1.0,-0.5],
[2.0,0.0]
],
[
[4.0,3.0]
]
],
"B": [
[0.0,0.0],
[0.1,-0.0],
[0.0]
]
}
)";

template <class T = float>
nn::Sequential<T> network_of(const std::string& text, const nn::LoadNetworkOptions<T>& options = {}) {
  std::istringstream stream(text);
  return nn::load_network<T>(stream, options);
}
std::string refusal_of(const std::string& text, const nn::LoadNetworkOptions<float>& options = {}) {
  return test::load_error_of([&] { network_of(text, options); });
}
// A file of these layers after an Input of 2, with these W and B.
std::string file_of(const std::string& layers, const std::string& W = "[0, 0]", const std::string& B = "[0, 0]",
                    const std::string& more = "") {
  return R"({"layers": [{"type": "Input", "height": 1, "width": 1, "channels": 2})" +
         std::string(layers.empty() ? "" : ", ") + layers + R"(], "W": [)" + W + R"(], "B": [)" + B + "]" + more + "}";
}

auto rich_network() {
  return nn::Network<nn::Input<6, 6, 1>, nn::Normalize, nn::Conv2D<4, 3, nn::ConvOptions{.padding = nn::same_padding}>,
                     nn::BatchNorm, nn::ReLU, nn::Residual<nn::Conv2D<4, 1>, nn::Chain<nn::Tanh, nn::Conv2D<4, 1>>>,
                     nn::MaxPool2D<2>, nn::Flatten, nn::Dropout, nn::Dense<3, false>, nn::Softmax, nn::Denormalize>{};
}

}  // namespace

TEST_CASE("a file gives back the network that was saved, from its path and from a stream") {
  auto network = rich_network();
  network.initialize(nn::Random{1});
  network.state().setConstant(0.5F);
  const test::Folder folder;
  nn::save(network, folder / "model.json", {.self_test = true});
  nn::Sequential<float> loaded = nn::load_network<float>(folder / "model.json");
  CHECK(loaded.descriptions() == network.descriptions());
  CHECK(test::have_same_bits(loaded.parameters(), network.parameters()));
  CHECK(test::have_same_bits(loaded.state(), network.state()));
  const nn::Matrix<float> x = test::drawn<float>(36, 5, 2);
  CHECK(test::have_same_bits(loaded.predict(x), network.predict(x)));

  std::ifstream stream(folder / "model.json");
  CHECK(nn::load_network(stream) == loaded);
  CHECK(test::text_of(loaded) == test::text_of(network));
  loaded.add(nn::Identity{});  // an ordinary network
  const nn::Sequential<double> precise = nn::load_network<double>(folder / "model.json");
  CHECK((precise.parameters().cast<float>().array() == network.parameters().array()).all());
}

TEST_CASE("a file of the first version loads") {
  const nn::Sequential<double> network = network_of<double>(golden);
  CHECK(network.input_shape() == nn::Shape(2));
  CHECK(network.layer(0) == nn::AnyLayer<double>(nn::Dense{2}));
  CHECK(network.layer(2) == nn::AnyLayer<double>(nn::Dense{1, nn::no_bias}));
  const nn::Vector<double> expected{{1, 2, -0.5, 0, 0.1, -0.0, 4, 3}};
  CHECK(network.parameters() == expected);
  CHECK(test::text_of(network) == golden);
}

TEMPLATE_TEST_CASE("the course's file loads once its activation is named, and predicts what it predicted", "", float,
                   double) {
  const std::string path = (beside / "course_params.json").string();
  const auto network = nn::load_network<TestType>(path, {.activation = "ReLU"});
  CHECK(network.depth() == 4);
  CHECK(network.template last_is<nn::Softmax>());
  const auto fixture = nlohmann::json::parse(test::read_file((beside / "course_predictions.json").string()));
  for (std::size_t i = 0; i < fixture.at("inputs").size(); ++i) {
    const auto output = network.predict(fixture.at("inputs").at(i).get<std::vector<TestType>>());
    const auto expected = fixture.at("predictions").at(i).get<std::vector<double>>();
    for (std::size_t k = 0; k < expected.size(); ++k)
      CHECK(std::abs(static_cast<double>(output.data()[k]) - expected[k]) < (sizeof(TestType) == 4 ? 1e-6 : 1e-14));
  }
  CHECK_THAT(test::load_error_of([&] { nn::load_network<TestType>(path); }),
             Catch::Matchers::EndsWith("does not say its layers, as the course's files do not; say which activation "
                                       "stands between them, {.activation = \"ReLU\"}"));
  CHECK_THAT(test::load_error_of([&] { nn::load_network<TestType>(path, {.activation = "relu"}); }),
             Catch::Matchers::ContainsSubstring("\"relu\" is no layer that this program knows"));
}

TEST_CASE("names of classes come along, also where the names are not asked for") {
  std::ostringstream file;
  nn::save(network_of(golden), file, {.self_test = true, .classes = {"a \"quoted\" name"}});
  std::vector<std::string> names;
  CHECK(network_of(file.str(), {.classes = &names}) == network_of(golden));
  CHECK(names == std::vector<std::string>{"a \"quoted\" name"});
  CHECK(network_of(file.str()) == network_of(golden));
}

TEST_CASE("a layer of the user's own is loaded where it was added to the layers, within containers too") {
  nn::Network network{nn::Input{2}, Times{0.5}, nn::Residual{Times{3}, nn::Dense{2}}};
  const std::string text = test::text_of(network);
  const auto loaded = network_of(text, {.layers = nn::known_layers<float>().add(Times{})});
  CHECK(loaded.layer(0) == nn::AnyLayer<float>(Times{0.5}));
  CHECK(test::have_same_bits(loaded.predict({1, 2}), network.predict({1, 2})));
  CHECK_THAT(refusal_of(text),
             Catch::Matchers::StartsWith(
                 "load: the stream: layers[1] cannot be made: \"Times\" is no layer that this program knows; where it "
                 "is your own, add it: {.layers = nn::known_layers<float>().add(YourLayer{})} (at byte "));
}

TEST_CASE("a self-test that fails refuses the network") {
  std::ostringstream file;
  nn::save(network_of(golden), file, {.self_test = true});
  std::string text = file.str();
  text.replace(text.find("[4.0,3.0]"), 9, "[4.5,3.0]");
  CHECK_THAT(refusal_of(text), Catch::Matchers::StartsWith("load: the stream: output 0 of the self-test is "));
  CHECK(network_of(text, {.self_test = false}).parameters()[6] == 4.5F);
}

TEST_CASE("what cannot be a network is refused in words") {
  const std::string dense = R"({"type": "Dense", "units": 1, "bias": 1})", W = "[0, 0], [[1, 2]]", B = "[0, 0], [3]";
  REQUIRE(refusal_of(file_of(dense, W, B)).empty());
  REQUIRE(refusal_of(file_of("")).empty());
  const std::pair<std::string, std::string> cases[] = {
      {file_of(R"({"type": "Dense", "units": 2.5, "bias": 1})", W, B),
       ": layers[1] cannot be made: Dense (units 2.5, bias 1): units must be a whole number, got 2.5"},
      {file_of(R"({"type": "Dense", "units": 0, "bias": 1})", W, B),
       ": layers[1] cannot be made: layer 1 of the network, after an output of 2: Dense: needs at least 1 unit, got 0"},
      {file_of(R"({"type": "Dense", "units": 1})", W, B),
       ": layers[1] cannot be made: Dense (units 1): lacks the option "
       "bias"},
      {file_of(R"({"type": "Tanh", "units": 1})"), ": layers[1] cannot be made: Tanh (units 1): has another option"},
      {file_of(R"({"type": "Conv2D"})"), ": layers[1] cannot be made: Conv2D: lacks the option filters"},
      {R"({"layers": [{"type": "Tanh"}]})",
       ": layers[0] cannot be made: Tanh: the first must be an Input with height, width, channels; mend the file"},
      {R"({"layers": [{"type": "Input", "height": 1, "width": 1}]})",
       ": layers[0] cannot be made: Input (height 1, width 1): the first must be an Input with height, width, "
       "channels"},
      {R"({"layers": [{"type": "Input", "height": 1, "width": 1, "channels": 0}]})",
       ": layers[0] cannot be made: Input: every size must be at least 1, got 0"},
      {R"({"layers": [], "W")", ": layers[0] is empty, but begins with the input"},
      {file_of(dense, "[0, 0], [[1, 2, 3]]", B), ": W[1] is 1 x 3, but its layer has 1 x 2"},
      {file_of(dense, "[0, 0], [[1, 2], [3, 4]]", B), ": W[1] is 2 x 2, but its layer has 1 x 2"},
      {file_of(dense, "[0, 0], [[1, 2], [3]]", B), ": W[1][1][1] is missing; the row before has 2 numbers"},
      {file_of(dense, "[0, 0], [[1, 2], [3, 4, 5]]", B), ": W[1][1][2] is one number more than the row before has"},
      {file_of(dense, W, "[0, 0], [3, 4]"), ": B[1] has 2 numbers, but its layer 1"},
      {file_of(dense, W, "[0, 0]"), ": its layers have 3 parameters, but it holds fewer numbers"},
      {file_of(dense, W + ", [[1]]", B + ", [1]"), ": its layers have 1 W and B, but \"W\" has 2 and \"B\" 2"},
      {file_of(dense, "[0], [[1, 2]]", B), ": W[0] and B[0] have 1 and 2 zeros, but the input 2 numbers"},
      {file_of(dense, "[0, 1], [[1, 2]]", B), ": W[0][1] is 1, but must be 0"},
      {file_of(R"({"type": "Dense", "units": 1, "bias": 0})", W, B), ": B[1][0] is 3, but must be 0"},
      {file_of(dense, W, B, R"(, "state": [1])"),
       ": its layers keep 0 numbers beside the parameters, but \"state\" has 1"},
      {file_of(dense, W, B, R"(, "tensors": {"0.gate": [[1]]})"),
       ": its layers have 0 other tensors, but \"tensors\" has 1"},
      {file_of(R"({"type": "Residual", "layers": 2}, {"type": "Tanh"})"),
       ": layers[3] ends within Residual (layers 2)"},
      {file_of(R"({"type": "Residual", "layers": 1e9}, {"type": "Tanh"})"),
       ": layers[1] cannot be made: Residual (layers 1e+09): a network from a file has at most 10000 layers"},
      {file_of(R"({"type": "Reshape", "height": 3, "width": 1, "channels": 1})"),
       ": layers[1] cannot be made: layer 1 of the network, after an output of 2: Reshape: an input of 2 numbers"},
      {file_of(R"({"type": "BatchNorm", "epsilon": 1e-60, "momentum": 0.1})", "[0, 0], [[1], [1]]", "[0, 0], [3, 4]",
               R"(, "state": [0, 0, 1, 1])"),
       ": BatchNorm: epsilon of 1e-60 is 0 in the network's number type"},
  };
  for (const auto& [text, sentence] : cases) {
    INFO(text);
    CHECK_THAT(refusal_of(text), Catch::Matchers::StartsWith("load: the stream" + sentence));
  }
}

TEST_CASE("layers that no machine could hold are refused before anything is allocated for them") {
  const std::string huge[] = {
      file_of(R"({"type": "Dense", "units": 9007199254740992, "bias": 1})"),
      file_of(R"({"type": "Dense", "units": 1000000000, "bias": 0})"),
      file_of(
          R"({"type": "Dense", "units": 1000000000, "bias": 0}, {"type": "Dense", "units": 1000000000, "bias": 1})"),
      file_of(R"({"type": "UpSample2D", "height": 100000, "width": 100000}, {"type": "Normalize"})"),
      file_of(R"({"type": "UpSample2D", "height": 100000, "width": 100000})", "[0, 0]", "[0, 0]",
              R"(, "self_test": {"input": [0, 0], "output": [0]})"),
      file_of(R"({"type": "UpSample2D", "height": 100000, "width": 100000}, {"type": "GlobalAveragePool2D"})", "[0, 0]",
              "[0, 0]", R"(, "self_test": {"input": [0, 0], "output": [0, 0]})"),
  };
  for (const std::string& text : huge) {
    INFO(text);
    const test::MemoryWatch memory;
    CHECK_THAT(refusal_of(text), Catch::Matchers::StartsWith("load: the stream"));
    CHECK(memory.peak() < 500'000);
  }
  std::string nested;
  for (int i = 0; i < 100; ++i) nested += R"({"type": "Chain", "layers": 1}, )";
  CHECK_THAT(
      refusal_of(file_of(nested + R"({"type": "Tanh"})")),
      Catch::Matchers::ContainsSubstring("Chain (layers 1): stands within 16 containers, and more are not read"));
}

TEST_CASE("loading a network takes little more memory than twice its numbers") {
  const nn::Network<nn::Input<500>, nn::Dense<1000>> network;
  const test::Folder folder;
  nn::save(network, folder / "model.json");
  const std::size_t model = sizeof(float) * static_cast<std::size_t>(network.parameter_count());
  const test::MemoryWatch memory;
  const auto loaded = nn::load_network(folder / "model.json");
  CHECK(memory.peak() < 2 * model + 500'000);
  CHECK(loaded.parameters() == network.parameters());
}

TEST_CASE("every allocation that fails while a network is loaded ends in std::bad_alloc alone") {
  auto network = rich_network();
  std::ostringstream file;
  nn::save(network, file, {.self_test = true, .classes = {"a", "b", "c"}});
  std::vector<std::string> names;
  long thrown = 0;
  const nn::LoadNetworkOptions<float> options{.classes = &names};
  const long failed = test::fail_every_allocation([&] { network_of(file.str(), options); },
                                                  [&](bool has_thrown) { thrown += has_thrown; });
  CHECK(failed > 100);
  CHECK(thrown > failed / 2);
}

TEST_CASE("every prefix and every flipped bit of a file gives a load_error or a network that saves the same again") {
  nn::Network network{nn::Input{2}, nn::Residual{nn::Dense{2}, nn::Tanh{}}, nn::BatchNorm{}, nn::Dense{1}};
  std::ostringstream file;
  nn::save(network, file, {.precision = 2, .self_test = true, .classes = {"a"}});
  std::string text = file.str();
  std::int64_t refused = 0, loaded = 0, unstable = 0;
  const auto attempt = [&](const std::string& damaged) {
    try {
      const auto first = network_of(damaged);
      ++loaded;
      unstable += !(network_of(test::text_of(first)) == first);
    } catch (const nn::load_error&) {
      ++refused;
    }
  };
  for (std::size_t size = 0; size < text.size(); ++size) attempt(text.substr(0, size));
  for (std::size_t i = 0; i < text.size(); ++i)
    for (int bit = 0; bit < 8; bit += 1 + static_cast<int>(i % 3)) {
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
      attempt(text);
      text[i] = static_cast<char>(text[i] ^ (1 << bit));
    }
  INFO(refused << " refused, " << loaded << " loaded");
  CHECK(unstable == 0);
  CHECK(loaded > 5);
  CHECK(refused > 2000);
}
