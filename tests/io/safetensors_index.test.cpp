// SPDX-License-Identifier: MIT
#include <nn/io/safetensors_index.hpp>

#include <sstream>

#include <nn/io/safetensors_reader.hpp>

#include "../catch.hpp"

namespace {

std::string entries_of_index(const std::string& text) {
  std::istringstream stream(text);
  nn::detail::StreamSource source(stream);
  std::string all;
  const auto found = [&](const std::string& name, const std::string& file) { all += name + '=' + file + ' '; };
  nn::detail::TensorIndexReader reader(source, found);
  nn::detail::read_json_value(reader, source, nn::detail::unknown_size);
  return all;
}

}  // namespace

TEST_CASE("An index says which tensor is in which file") {
  CHECK(
      entries_of_index(R"({"metadata": {"total_size": 8.5, "x": [1]}, "weight_map": {"a": "1", "b": "2"}, "y": 0})") ==
      "a=1 b=2 ");
  CHECK(entries_of_index(R"({"weight_map": {}})").empty());
}

TEST_CASE("What is no index is refused") {
  for (const char* text : {"{}", "[]", "3", "", "{\"weight_map\": []}", "{\"weight_map\": {\"a\": 1}}",
                           "{\"weight_map\": {\"a\": {\"b\": \"c\"}}}", "{\"weight_map\": {}, \"weight_map\": {}}",
                           "{\"weight_map\": {\"a\": \"b\"}", "{\"weight_map\": \"a\"}"}) {
    INFO(text);
    CHECK_THROWS_AS(entries_of_index(text), nn::load_error);
  }
}
