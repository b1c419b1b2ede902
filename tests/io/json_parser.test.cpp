// SPDX-License-Identifier: MIT
#include <nn/io/json_parser.hpp>

#include <sstream>
#include <stdexcept>
#include <string>

#include "../catch.hpp"

namespace {

// Writes down each event.
struct EventWriter {
  std::string events;

  bool add(const std::string& event) {
    events += event + ' ';
    return true;
  }
  bool null() { return add("null"); }
  bool boolean(bool value) { return add(value ? "true" : "false"); }
  bool number_integer(std::int64_t number) { return add(std::to_string(number)); }
  bool number_unsigned(std::uint64_t number) { return add('+' + std::to_string(number)); }
  bool number_float(double, const std::string& text) { return add('~' + text); }
  bool string(std::string& text) { return add('"' + text + '"'); }
  bool binary(auto&) { return add("binary"); }
  bool start_object(std::size_t) { return add("{"); }
  bool key(std::string& name) { return add(name + ':'); }
  bool end_object() { return add("}"); }
  bool start_array(std::size_t) { return add("["); }
  bool end_array() { return add("]"); }
  bool parse_error(std::size_t position, const std::string& token, const auto&) {
    throw std::runtime_error("at " + std::to_string(position) + ": " + token);
  }
};

const std::string every_event = R"({"a": [null, true, false, -1, 2, 0.5, "text"], "b": {}})";
const std::string written_events = "{ a: [ null true false -1 +2 ~0.5 \"text\" ] b: { } } ";

}  // namespace

TEST_CASE("A reader gets every event of a source, of a text, and of the value that a source begins with") {
  std::istringstream stream(every_event), longer(every_event + " and more");
  nn::detail::StreamSource source(stream), with_more(longer);
  EventWriter of_source, of_text, of_value;
  nn::detail::read_json(of_source, source);
  CHECK(of_source.events == written_events);
  nn::detail::read_json_text(of_text, every_event);
  CHECK(of_text.events == written_events);
  nn::detail::read_json_value(of_value, with_more, every_event.size());
  CHECK(of_value.events == written_events);
}

TEST_CASE("What follows the value of a source, and what ends too early, are errors of the parser") {
  std::istringstream stream("[1] 2"), cut_off("[1, 2");
  nn::detail::StreamSource source(stream), early(cut_off);
  EventWriter writer;
  CHECK_THROWS_WITH(nn::detail::read_json(writer, source), Catch::Matchers::Contains("2"));
  CHECK_THROWS_AS(nn::detail::read_json_value(writer, early, nn::detail::whole_source), std::runtime_error);
}

TEST_CASE("Text is UTF-8 or not") {
  CHECK(nn::detail::is_utf8("Größe"));
  CHECK_FALSE(
      nn::detail::is_utf8("Gr\xF6\xDF"
                          "e"));
}
