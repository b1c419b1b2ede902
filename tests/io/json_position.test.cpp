// SPDX-License-Identifier: MIT
#include "../catch.hpp"
#include "files.hpp"

namespace {

const nn::Network<nn::Input<3>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<2>> network;
const std::string remedy = "; load the file into a network of the layers it was saved from";

std::string sentence(const std::string& text) { return test::load_error_of_text(network, text); }
// For a text that is wrong at its last byte.
std::string expected(const std::string& text, const std::string& what) {
  return "load: the stream" + what + " (at byte " + std::to_string(text.size()) + ")";
}

}  // namespace

TEST_CASE("Every refusal says what is wrong, where, at which byte, and what to do") {
  const std::string input = R"({"layers": [{"type": "Input", "height": 1, "width": 1, "channels": 3}, )";
  const std::string W = R"({"W": [[0, 0, 0], [[1, 2, 3], )", B = R"({"B": [[0, 0, 0], [1, )";
  const std::pair<std::string, std::string> cases[] = {
      {"", " is empty"},
      {"{", " ends too early; the file is cut off"},
      {W + "[1, 2", ": W[1][1][2] ends too early; the file is cut off"},
      {"[", " is a list, but must be an object {...}"},
      {"null", " is null (which is what some programs write for NaN), but must be an object {...}"},
      {"{}", " lacks \"W\"; it holds no parameters of a network"},
      {R"({"Q")",
       R"( has the key "Q", which is none of "format", "version", "layers", "W", "B", "state", "tensors", "classes", "self_test", "schema")"},
      {R"({"format": "onnx")", R"(: format is "onnx", but must be "nn"; it is a file of another program)"},
      {R"({"format": [)", ": format is a list, but must be a text"},
      {R"({"version": 5,)", ": version is 5, but this library reads versions up to 4; use a newer one"},
      {R"({"version": 0,)", ": version is 0, but versions count from 1"},
      {R"({"version": 1.5,)", ": version is 1.5, but must be a whole number"},
      {R"({"version": "1")", ": version is a text, but must be a number"},
      {R"({"version": 1, "version")", R"( has the key "version" twice)"},
      {R"({"W": [], )", ""},
      {R"({"W": {)", ": W is an object, but must be a list [...]"},
      {R"({"W": [{)", ": W[0] is an object, but must be a list [...]"},
      {R"({"W": [[0, 0, 0], [true)", ": W[1][0] is true, but must be a list [...]"},
      {R"({"W": [[0, 0]",)", ""},
      {W + "[1, 2, \"3\"", ": W[1][1][2] is a text, but must be a number"},
      {W + "[1, 2, [", ": W[1][1][2] is a list, but must be a number"},
      {W + "[1, null", ": W[1][1][1] is null (which is what some programs write for NaN), but must be a number"},
      {W + "[1, N",
       ": W[1][1][1] is NaN or Infinity, which is no JSON (Python writes it when a training diverged), but "
       "must be a number"},
      {W + "[1, 4e38,", ": W[1][1][1] is 4e38, which is too large for a float"},
      {W + "[1, -1e999,", ": W[1][1][1] is -1e999, which is too large for a float"},
      {W + "[1, 2]", ": W[1][1] ends after 2 of the 3 numbers that this network needs" + remedy},
      {W + "[1, 2, 3, 4,", ": W[1][1] has more than the 3 numbers that this network needs" + remedy},
      {W + "[1, 2, 3], [", ": W[1] has more than the 2 rows that this network needs" + remedy},
      {R"({"W": [[0, 0, 0], [[1, 2, 3]])", ": W[1] ends after 1 of the 2 rows that this network needs" + remedy},
      {R"({"W": [[0, 0, 0]])", ": W ends after 1 of the 3 lists that this network needs" + remedy},
      {R"({"W": [[0, 0.5,)", ": W[0][1] is 0.5, but must be 0: it only keeps the place of the input layer"},
      {B + "]", ""},
      {B + "2, 3,", ": B[1] has more than the 2 numbers that this network needs" + remedy},
      {B + "2], [3, 4], [", ": B has more than the 3 lists that this network needs" + remedy},
      {input + "[", ": layers[1] is a list, but must be an object {...}"},
      {input + "{}", ": layers[1] lacks \"type\""},
      {input + R"({"type": 5,)", ": layers[1].type is a number, but must be a text"},
      {input + R"({"type": "Dense", "type")", ": layers[1] has the key \"type\" twice"},
      {input + R"({"units": "2")", ": layers[1].units is a text, but must be a number"},
      {input + R"({"units": 2, "units")", ": layers[1] has the key \"units\" twice"},
      {input + R"({"type": "Dense", "units": 7, "bias": 1})",
       ": layers[1] is Dense (units 7, bias 1) in the file, but Dense (units 2, bias 1) in this network" + remedy},
      {input + R"({"type": "Conv"})",
       ": layers[1] is Conv in the file, but Dense (units 2, bias 1) in this network" + remedy},
      {R"({"layers": [])", ": layers ends after 0 of the 4 layers that this network needs" + remedy},
      {R"({"W": nul!)", ": W is not JSON: did not expect the byte 33 '!'"},
      {"{\"W\": \x01", ": W is not JSON: did not expect the byte 1"},
  };
  for (const auto& [text, what] : cases) {
    INFO(text);
    if (what.empty())
      CHECK_FALSE(sentence(text).empty());
    else
      CHECK(sentence(text) == expected(text, what));
  }
}

TEST_CASE("The layers of a longer file are refused where the network ends") {
  nn::Network longer{nn::Input{3}, nn::Dense{2}, nn::LeakyReLU{}, nn::Dense{2}, nn::Softmax{}};
  CHECK_THAT(
      sentence(test::text_of(longer)),
      Catch::Matchers::StartsWith("load: the stream: layers has more than the 4 layers that this network needs"));
}

TEST_CASE("What follows a whole file is refused") {
  CHECK_THAT(sentence(test::text_of(network) + "x"),
             Catch::Matchers::StartsWith("load: the stream goes on after its end"));
}

TEST_CASE("The sentence names the file") {
  const test::Folder folder;
  test::write_file(folder / "a b.json", "{\"W\": 5}");
  auto copy = network;
  CHECK(test::load_error_of([&] { nn::load(copy, folder / "a b.json"); }) ==
        "load: \"" + (folder / "a b.json") + "\": W is a number, but must be a list [...] (at byte 8)");
}
