// SPDX-License-Identifier: MIT
#include <nn/io/header_events.hpp>

#include <sstream>
#include <vector>

#include <nn/io/json_parser.hpp>

#include "../catch.hpp"

namespace {

// Knows the key "number" of an object.
class NumberReader final : public nn::detail::HeaderEvents {
 public:
  explicit NumberReader(nn::detail::ByteSource& source) : HeaderEvents(source) {}
  std::vector<std::uint64_t> numbers;

 private:
  void begin_object() override {}
  void end_of_object() override {}
  void found_key(std::string& name) override {
    if (name != "number") skip_value();
  }
  void found_number(std::uint64_t number) override { numbers.push_back(number); }
  [[noreturn]] void refuse(const char* what) const override { source_.fail(" has ", what); }
};

std::vector<std::uint64_t> numbers_in(const std::string& text) {
  std::istringstream stream(text);
  nn::detail::StreamSource source(stream);
  NumberReader reader(source);
  nn::detail::read_json(reader, source);
  return reader.numbers;
}

std::string nested(int depth) {
  return "{\"x\": " + std::string(static_cast<std::size_t>(depth), '[') +
         std::string(static_cast<std::size_t>(depth), ']') + ", \"number\": 1}";
}

}  // namespace

TEST_CASE("Values of keys that a reader does not know are skipped, with all that is in them") {
  CHECK(numbers_in(R"({"number": 1, "x": 2, "y": [3, {"number": 4}, -5, 0.5, true, null, "z"], "number": 6})") ==
        std::vector<std::uint64_t>{1, 6});
  CHECK(numbers_in(R"({"x": {}, "y": [], "z": [[]], "number": 7})") == std::vector<std::uint64_t>{7});
}

TEST_CASE("What is nested too deep is refused, though nobody looks at it") {
  CHECK(numbers_in(nested(nn::detail::HeaderEvents::deepest)).size() == 1);
  CHECK_THROWS_WITH(numbers_in(nested(nn::detail::HeaderEvents::deepest + 1)),
                    Catch::Matchers::ContainsSubstring("nested more than 16 deep"));
}

TEST_CASE("What a reader does not expect is refused by its name") {
  const auto refusal = [](const std::string& value) {
    try {
      numbers_in("{\"number\": " + value + "}");
    } catch (const nn::load_error& problem) {
      const std::string text = problem.what();
      return text.substr(16, text.find(" (at") - 16);
    }
    return std::string();
  };
  CHECK(refusal("[1]") == " has a list");
  CHECK(refusal("-1") == " has a negative number");
  CHECK(refusal("1.0") == " has a fraction");
  CHECK(refusal("null") == " has null");
  CHECK(refusal("true") == " has true or false");
  CHECK(refusal("\"1\"") == " has a text");
  CHECK(refusal("x") == ": its JSON is damaged: it is none, has a number that is too large, or is no UTF-8");
  CHECK_THROWS_WITH(numbers_in("{\"number\": 1"), Catch::Matchers::ContainsSubstring("ends too early"));
}
