// SPDX-License-Identifier: MIT
#include <nn/io/self_test.hpp>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>

#include "../catch.hpp"
#include "../numbers.hpp"
#include "files.hpp"

namespace {

template <class Network>
std::string text_with_test(const Network& network, int precision = 0) {
  std::ostringstream stream;
  nn::save(network, stream, {.precision = precision, .self_test = true});
  return stream.str();
}

std::string replaced(std::string text, const std::string& old, const std::string& with) {
  const std::size_t position = text.find(old);
  REQUIRE(position != std::string::npos);
  return text.replace(position, old.size(), with);
}

}  // namespace

TEMPLATE_TEST_CASE("a file with a self-test loads into the network it was saved from", "", float, double) {
  nn::Network<TestType, nn::Input<4>, nn::Dense<8>, nn::Tanh, nn::Dense<3>> network, copy;
  network.initialize(nn::Random{5});
  const std::string text = text_with_test(network);
  CHECK(text.find("\"version\": 2") != std::string::npos);
  test::load_text(copy, text);
  CHECK(copy == network);
  nn::Network<float, nn::Input<4>, nn::Dense<8>, nn::Tanh, nn::Dense<3>> of_float;
  test::load_text(of_float, text);  // rounded, and near enough
}

TEST_CASE("a file whose numbers are not those of its self-test is refused, and changes nothing") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  network.parameters() << 0.5F, 0.25F;
  const std::string damaged = replaced(text_with_test(network), "[0.25]", "[0.35]");
  const std::string sentence = test::load_error_of_text(network, damaged);
  CHECK_THAT(sentence, Catch::Matchers::StartsWith("load: the stream: output 0 of the self-test is "));
  CHECK_THAT(sentence,
             Catch::Matchers::EndsWith("the file is damaged, or a layer computes something else than it did"));
  auto copy = network;
  std::istringstream stream(damaged);
  nn::load(copy, stream, {.self_test = false});
  CHECK(copy.parameters()[1] == 0.35F);
}

TEST_CASE("a self-test is in the units of the inputs where the network begins with Normalize") {
  nn::Network network{nn::Input{2}, nn::Normalize{}, nn::Dense{2}};
  network.state() << 1000, -3, 10, 0.001F;
  nn::detail::Extras<float> extras;
  nn::detail::add_self_test(network, extras);
  REQUIRE(extras.input.size() == 2);
  CHECK(std::abs(extras.input[0] - 1000) < 60);
  CHECK(std::abs(extras.input[1] + 3) < 0.006F);
  auto copy = network;
  test::load_text(copy, text_with_test(network));
  CHECK(copy == network);
}

TEST_CASE("a precision rounds what is saved, and the self-test is that of the rounded network") {
  nn::Network<nn::Input<30>, nn::Dense<20>, nn::Tanh, nn::Dense<3>> network, copy;
  network.initialize(nn::Random{5});
  network.parameters()[0] = 0.123456F;
  network.parameters()[1] = -98765.4F;
  const std::string text = text_with_test(network, 2);
  CHECK(text.size() < test::text_of(network).size() * 2 / 3);
  test::load_text(copy, text);
  CHECK(copy.parameters()[0] == 0.12F);
  CHECK(copy.parameters()[1] == -99000.0F);
  CHECK(network.parameters()[0] == 0.123456F);
  network.parameters()[2] = std::numeric_limits<float>::max();
  test::load_text(copy, text_with_test(network, 1));
  CHECK(copy.parameters()[2] > 2.9e38F);
  std::ostringstream stream;
  CHECK_THROWS_WITH(nn::save(network, stream, {.precision = -1}),
                    "save: the precision must be at least 1 digit, or 0 for all, got -1; 6 is usual");
}

TEST_CASE("a network whose output is not finite is saved without a self-test only") {
  nn::Network<nn::Input<1>, nn::Dense<1>> network;
  network.parameters() << 3e38F, 3e38F;
  const std::string saved = test::text_of(network);
  nn::Network<nn::Input<1>, nn::Dense<2>, nn::Dense<1>> deep;
  deep.parameters().setConstant(3e38F);
  CHECK_THAT(test::load_error_of([&] { text_with_test(deep); }),
             Catch::Matchers::StartsWith("save: the output of the self-test is "));
}

TEST_CASE("names of classes that cannot be are refused before anything is written") {
  const nn::Network<nn::Input<1>, nn::Dense<2>> network;
  std::ostringstream stream;
  CHECK_THROWS_WITH(nn::save(network, stream, {.classes = {"one"}}),
                    "save: got the names of 1 classes, but the network has 2 outputs; give one name for each");
  CHECK_THROWS_WITH(nn::save(network, stream, {.classes = {"one", "\xFF"}}),
                    "save: the name of the class \"?\" is not UTF-8; convert it");
  CHECK_THROWS_WITH(nn::save(network, stream, {.classes = {"one", std::string(2000, 'x')}}),
                    "save: the name of a class has 2000 bytes, more than 1000; shorten it");
  CHECK(stream.str().empty());
}

TEST_CASE("a precision of more digits than a number has saves every number as it is") {
  nn::Network<nn::Input<2>, nn::Dense<3>> network;
  network.initialize(nn::Random(3));
  std::ostringstream whole;
  nn::save(network, whole);
  for (const int digits : {9, 17, 58, 99, std::numeric_limits<int>::max()}) {
    std::ostringstream file;
    nn::save(network, file, {.precision = digits});
    CHECK(file.str() == whole.str());
  }
  std::ostringstream short_file;
  nn::save(network, short_file, {.precision = 3});
  CHECK(short_file.str().size() < whole.str().size());
}
