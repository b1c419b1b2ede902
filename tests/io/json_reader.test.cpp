// SPDX-License-Identifier: MIT
#include "../catch.hpp"
#include "files.hpp"

namespace {

// One Dense with 1 input: {"W": [[0], [[<number>]]], "B": [[0], [0]]}
template <class T>
std::string file_with(const std::string& number) {
  return R"({"W": [[0], [[)" + number + R"(]]], "B": [[0], [0]]})";
}

template <class T>
T number_from(const std::string& text) {
  nn::Network<T, nn::Input<1>, nn::Dense<1>> network;
  test::load_text(network, file_with<T>(text));
  return network.parameters()[0];
}

template <class T>
bool refuses(const std::string& text) {
  const nn::Network<T, nn::Input<1>, nn::Dense<1>> network;
  const std::string sentence = test::load_error_of_text(network, file_with<T>(text));
  return sentence.starts_with("load: ");
}

}  // namespace

TEMPLATE_TEST_CASE("Numbers are read to the nearest the network's type has", "", float, double) {
  CHECK(number_from<TestType>("1") == TestType(1));
  CHECK(number_from<TestType>("-7") == TestType(-7));
  CHECK(number_from<TestType>("0.1") == TestType(0.1L));
  CHECK(number_from<TestType>("1E5") == TestType(1e5));
  CHECK(std::signbit(number_from<TestType>("-0.0")));
  CHECK(number_from<TestType>("18446744073709551615") == TestType(18446744073709551615.0));
  CHECK(number_from<TestType>("-9223372036854775808") == TestType(-9223372036854775808.0));
  CHECK(number_from<TestType>("123456789012345678901234567890") == TestType(123456789012345678901234567890.0));
  CHECK(number_from<TestType>("1e-999") == TestType(0));
  CHECK(std::signbit(number_from<TestType>("-1e-999")));
  CHECK(number_from<TestType>("0e999") == TestType(0));
  CHECK(number_from<TestType>("0." + std::string(800, '0') + "1e801") == TestType(1));
}

TEST_CASE("A float is rounded once, not by way of a double") {
  // Just above the middle between 1 and the next float; as a double it is the middle itself, which goes to even, to 1.
  CHECK(number_from<float>("1.00000005960464477539062500000000001") == 1.00000011920928955F);
  CHECK(number_from<float>("16777217.0000000000000000001") == 16777218.0F);
  CHECK(number_from<float>("1e-45") == std::numeric_limits<float>::denorm_min());
  CHECK(number_from<float>("1e-46") == 0.0F);
  CHECK(number_from<float>("3.4028235677973366e38") > 3.4e38F / 2 * 1.9F);
}

TEMPLATE_TEST_CASE("What is no finite number of the network's type is refused", "", float, double) {
  const char* words[] = {"null", "true",  "false",  "\"1\"", "[1]", "{}", "NaN",   "Infinity", "-Infinity", "nan",
                         "inf",  "+1",    ".5",     "5.",    "01",  "1e", "0x10",  "1_000",    "1,2",       "-",
                         "--1",  "1e999", "-1e999", "",      "1 2", "1;", "1.5.5", "\"NaN\"",  "/**/1",     "1//"};
  for (const std::string word : words) {
    INFO(word);
    CHECK(refuses<TestType>(word));
  }
  CHECK(refuses<TestType>(std::string(400, '9')));
}

TEST_CASE("A number that fits a double but no float is refused by a network of floats alone") {
  CHECK(refuses<float>("1e39"));
  CHECK(refuses<float>("3.4028236e38"));
  CHECK(number_from<double>("1e39") == 1e39);
}

TEST_CASE("The keys may come in any order, and only W and B are needed") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  test::load_text(network, R"({"B": [[0], [2]], "W": [[0], [[3]]]})");
  CHECK(network.parameters()[0] == 3);
  CHECK(network.parameters()[1] == 2);
  test::load_text(network, R"({"W": [[0.0], [[4e0]]], "version": 1, "layers": [
    {"channels": 1, "width": 1.0, "height": 1, "type": "Input"}, {"units": 1, "type": "Dense", "bias": 1}],
    "B": [[-0.0], [5]], "format": "nn"})");
  CHECK(network.parameters()[0] == 4);
  CHECK(network.parameters()[1] == 5);
  const std::string W = R"("W": [[0], [[3]]])", B = R"("B": [[0], [2]])";
  for (const std::string& text : std::initializer_list<std::string>{
           "{" + W + "}", "{" + B + "}", "{" + W + "," + W + "," + B + "}", "{" + W + "," + B + ",}",
           "{" + W + "," + B + "}}", "{" + W + "," + B, W + "," + B, "[{" + W + "," + B + "}]",
           "{" + W + "," + B + R"(, "optimizer": {}})", "{" + W + B + "}"}) {
    INFO(text);
    CHECK_THAT(test::load_error_of_text(network, text), Catch::Matchers::StartsWith("load: "));
  }
}

TEST_CASE("A layer without bias takes zeros in B, or nothing") {
  nn::Network<nn::Input<1>, nn::Dense<2, false>> network;
  const auto with_bias = [](const std::string& numbers) {
    return R"({"W": [[0], [[3], [4]]], "B": [[0], [)" + numbers + "]]}";
  };
  CHECK(test::load_error_of_text(network, with_bias("0, 0")).empty());
  CHECK(test::load_error_of_text(network, with_bias("0, -0.0")).empty());
  CHECK(test::load_error_of_text(network, with_bias("")).empty());
  CHECK(
      test::load_error_of_text(network, with_bias("0, 0.5")) ==
      "load: the stream: B[1][1] is 0.5, but must be 0: it only keeps the place of a layer without bias (at byte 44)");
  CHECK_FALSE(test::load_error_of_text(network, with_bias("0")).empty());
  CHECK_FALSE(test::load_error_of_text(network, with_bias("0, 0, 0")).empty());
  test::load_text(network, with_bias(""));
  CHECK(network.parameters()[1] == 4);
}

TEST_CASE("A network without weights is saved and loaded like any other") {
  const nn::Network<nn::Input<2, 2>, nn::Flatten, nn::Softmax> network;
  CHECK(test::load_error_of_text(network, test::text_of(network)).empty());
  CHECK(test::load_error_of_text(network, R"({"W": [[0, 0, 0, 0]], "B": [[0, 0, 0, 0]]})").empty());
  CHECK_FALSE(test::load_error_of_text(network, R"({"W": [], "B": []})").empty());
  CHECK_FALSE(test::load_error_of_text(network, R"({"W": [[0, 0, 0, 0], [[1]]], "B": [[0, 0, 0, 0], [1]]})").empty());
}

TEST_CASE("A file of another network is refused, whatever differs") {
  const nn::Network network{nn::Input{4}, nn::Dense{3}, nn::LeakyReLU{}, nn::Dense{2}};
  CHECK(test::load_error_of_text(network, test::text_of(network)).empty());
  const auto refuses_file_of = [&](const auto& other) {
    return test::load_error_of_text(network, test::text_of(other)).find("in this network") != std::string::npos;
  };
  CHECK(refuses_file_of(nn::Network{nn::Input{5}, nn::Dense{3}, nn::LeakyReLU{}, nn::Dense{2}}));
  CHECK(refuses_file_of(nn::Network{nn::Input{2, 2}, nn::Dense{3}, nn::LeakyReLU{}, nn::Dense{2}}));
  CHECK(refuses_file_of(nn::Network{nn::Input{4}, nn::Dense{4}, nn::LeakyReLU{}, nn::Dense{2}}));
  CHECK(refuses_file_of(nn::Network{nn::Input{4}, nn::Dense{3}, nn::ReLU{}, nn::Dense{2}}));
  CHECK(refuses_file_of(nn::Network{nn::Input{4}, nn::Dense{3}, nn::LeakyReLU{0.02}, nn::Dense{2}}));
  CHECK(refuses_file_of(nn::Network{nn::Input{4}, nn::Dense{3}, nn::LeakyReLU{}, nn::Dense{2, nn::no_bias}}));
}

TEST_CASE("An object may not nest deeper or hold more options than any layer") {
  const nn::Network<nn::Input<1>, nn::Dense<1>> network;
  std::string text = R"({"layers": [{)";
  for (int i = 0; i < 257; ++i) text += '"' + std::to_string(i) + "\": 1,";
  CHECK_THAT(test::load_error_of_text(network, text), Catch::Matchers::ContainsSubstring("has more than 256 options"));
  CHECK_FALSE(test::load_error_of_text(network, R"({"layers": [{"type": {"type")").empty());
}
