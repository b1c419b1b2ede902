// SPDX-License-Identifier: MIT
#include <limits>

#include "../catch.hpp"
#include "files.hpp"

namespace {

// Writes one network with one weight, and returns the text of that weight.
template <class T>
std::string text_of_number(T number) {
  nn::Network<T, nn::Input<1>, nn::Dense<1, false>> network;
  network.parameters()[0] = number;
  const std::string text = test::text_of(network);
  const std::size_t begin = text.find("[\n[", text.find("\"W\"") + 8) + 3;
  return text.substr(begin, text.find(']', begin) - begin);
}

struct Named {
  static constexpr std::string_view name() { return "a \"quote\", a \\ and a \n"; }
  auto operator()(auto x) const { return x; }
};

}  // namespace

TEST_CASE("A file looks as the documentation says, each row on its own line") {
  nn::Network<nn::Input<2>, nn::Dense<2>, nn::LeakyReLU, nn::Dense<1, false>> network;
  network.parameters() << 1, 2, -0.5F, 0, 0.1F, -0.0F, 1e20F, 3;
  CHECK(test::text_of(network) == R"({
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
[1e+20,3.0]
]
],
"B": [
[0.0,0.0],
[0.1,-0.0],
[0.0]
]
}
)");
}

TEST_CASE("A number is written as short as its bits allow, and always as one that Python reads as a float") {
  CHECK(text_of_number(0.0F) == "0.0");
  CHECK(text_of_number(-0.0F) == "-0.0");
  CHECK(text_of_number(0.1F) == "0.1");
  CHECK(text_of_number(0.1) == "0.1");
  CHECK(text_of_number(16777216.0F) == "16777216.0");
  CHECK(text_of_number(1e-45F) == "1e-45");
  CHECK(text_of_number(std::numeric_limits<float>::max()) == "3.4028235e+38");
  CHECK(text_of_number(std::numeric_limits<double>::lowest()) == "-1.7976931348623157e+308");
  CHECK(text_of_number(std::numeric_limits<double>::denorm_min()) == "5e-324");
  CHECK(text_of_number(1.0 / 3) == "0.3333333333333333");
}

TEST_CASE("Names are quoted so that any JSON reader understands them") {
  const nn::Network<nn::Input<1>, nn::Activation<Named>> network;
  CHECK_THAT(test::text_of(network),
             Catch::Matchers::ContainsSubstring(R"({"type": "a \"quote\", a \\ and a \u000a"})"));
  auto copy = network;
  CHECK_NOTHROW(test::load_text(copy, test::text_of(network)));
}

TEST_CASE("Names of classes are a list behind the layers") {
  std::ostringstream file;
  nn::save(nn::Network<double, nn::Input<1>, nn::Dense<2>>(), file, {.classes = {"no", "yes"}});
  CHECK_THAT(file.str(), Catch::Matchers::EndsWith(",\n\"classes\": [\"no\", \"yes\"]\n}\n"));
}

TEST_CASE("A parameter that is not finite is refused by name, before anything is written") {
  const double nan = std::numeric_limits<double>::quiet_NaN(), infinity = std::numeric_limits<double>::infinity();
  nn::Network<double, nn::Input<3>, nn::Dense<2>, nn::ReLU, nn::Dense<4>> network;
  const test::Folder folder;
  nn::save(network, folder / "params.json");
  const std::string before = test::read_file(folder / "params.json");
  for (nn::Index i = 0; i < network.parameter_count(); ++i)
    for (const double value : {nan, infinity, -infinity}) {
      auto bad = network;
      bad.parameters()[i] = value;
      std::ostringstream stream;
      CHECK(test::load_error_of([&] { nn::save(bad, stream); }).find("finite") != std::string::npos);
      CHECK(stream.str().empty());
      CHECK_FALSE(test::load_error_of([&] { nn::save(bad, folder / "params.json"); }).empty());
    }
  CHECK(test::read_file(folder / "params.json") == before);
  CHECK(folder.count() == 1);

  const auto sentence = [&] { return test::load_error_of([&] { test::text_of(network); }); };
  network.weight(1)(3, 1) = infinity;
  CHECK(sentence() ==
        "save: W[2] row 3 column 1 is inf, and a file holds finite numbers only; go back to parameters from before the "
        "training diverged, and lower the learning rate");
  network.bias(0)[1] = nan;
  CHECK(sentence().starts_with("save: B[1] row 1 is nan, "));
}

namespace {

// Whose option does not depend on the layer, so that no network looks at it when it is made.
struct Unbounded : nn::Identity {
  static constexpr std::string_view name() { return "Unbounded"; }
  void describe(auto option) const { option("bound", std::numeric_limits<double>::infinity()); }
  bool operator==(const Unbounded&) const = default;
};

}  // namespace

TEST_CASE("An option that is not finite is refused by name") {
  const nn::Network network{nn::Input{1}, Unbounded{}};
  std::ostringstream stream;
  CHECK(test::load_error_of([&] { nn::save(network, stream); }) ==
        "save: the option bound of Unbounded is inf, and a file holds finite numbers only; give the layer "
        "another one");
  CHECK(stream.str().empty());
}
