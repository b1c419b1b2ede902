// SPDX-License-Identifier: MIT
// What the readers of networks share: keys, versions, classes and self-tests; layers and numbers are tested with them.
#include <nn/io/json_events.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "files.hpp"

namespace {

const nn::Network<nn::Input<2>, nn::Dense<2>> of_two;

// A file of that network with something in addition.
std::string file_with_more(const std::string& more) {
  return R"({"W": [[0, 0], [[1, 2], [3, 4]]], "B": [[0, 0], [5, 6]])" + more + "}";
}
std::string sentence_for(const std::string& more) { return test::load_error_of_text(of_two, file_with_more(more)); }

}  // namespace

TEST_CASE("classes come back as they were, and are optional") {
  auto network = of_two;
  std::vector<std::string> names{"from before"};
  std::istringstream with(file_with_more(R"(, "version": 2, "classes": ["cat", "\u72d7"])"));
  nn::load(network, with, {.classes = &names});
  CHECK(names == std::vector<std::string>{"cat", "\xE7\x8B\x97"});
  std::istringstream without(file_with_more(""));
  nn::load(network, without, {.classes = &names});
  CHECK(names.empty());
}

TEST_CASE("classes and self-tests that cannot be are refused in words") {
  const auto starts = [](const std::string& text) { return Catch::Matchers::StartsWith("load: the stream" + text); };
  CHECK_THAT(sentence_for(R"(, "classes": ["a"])"), starts(": has names of 1 classes, but the network has 2 outputs"));
  CHECK_THAT(sentence_for(R"(, "classes": ["a", "b", "c"])"),
             starts(": classes[3] is one more class than the network has outputs"));
  CHECK_THAT(sentence_for(R"(, "classes": "a")"), starts(": classes is a text, but must be a list"));
  CHECK_THAT(sentence_for(R"(, "classes": [1])"), starts(": classes[0] is a number, but must be a text"));
  CHECK_THAT(sentence_for(R"(, "self_test": [])"), starts(": self_test is a list, but must be an object"));
  CHECK_THAT(sentence_for(R"(, "self_test": {"in": [])"),
             starts(": self_test has the key \"in\", which is none of \"input\", \"output\""));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": [1, 2]})"), starts(": self_test lacks \"output\""));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": 1)"),
             starts(": self_test.input is a number, but must be a list"));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": [1, [)"),
             starts(": self_test.input[1] is a list, but must be a number"));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": [1, 2, 3)"),
             starts(": self_test.input[2] is one number more than the network has for it"));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": [], "input")"),
             starts(": self_test has the key \"input\" twice"));
  CHECK_THAT(sentence_for(R"(, "self_test": {"input": [1], "output": [1, 1]})"),
             starts(": self_test.input has 1 numbers, but the network 2"));
}
