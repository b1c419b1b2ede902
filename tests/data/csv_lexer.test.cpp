// SPDX-License-Identifier: MIT
#include <nn/data/csv_lexer.hpp>

#include <string>

#include "../catch.hpp"

using Catch::Matchers::Message;
using nn::detail::CsvLexer;

namespace {

const std::string text_name = "the text";

// "row:field|field| row:..."
std::string lexed(CsvLexer& lexer) {
  std::string all;
  while (lexer.next_row()) {
    all += std::to_string(lexer.row()) + ':';
    while (lexer.next_field()) all += std::string(lexer.field()) + '|';
  }
  return all;
}
std::string lexed(const std::string& text, char separator = ',') {
  CsvLexer lexer(text, separator, text_name);
  return lexed(lexer);
}

}  // namespace

TEST_CASE("A lexer goes from row to row and from field to field, as often as it is asked") {
  CsvLexer lexer("a, b \n\n\"x,\"\"y\"\"\",\r\n", ',', text_name);
  CHECK(lexed(lexer) == "1:a|b|3:x,\"y\"||");
  CHECK_FALSE(lexer.next_row());
  CHECK_FALSE(lexer.next_field());
  lexer.rewind();
  lexer.skip_row();
  CHECK(lexed(lexer) == "3:x,\"y\"||");
  CHECK(lexed("\xEF\xBB\xBF"
              "1;2",
              ';') == "1:1|2|");
  CHECK(lexed("\"\"\n\" \"") == "1:|2: |");
  CHECK(lexed("1,\t2 \t,\"\t\"") == "1:1|2|\t|");
  CHECK(lexed("1\t 2\t", '\t') == "1:1|2||");
  CHECK(lexed("").empty());
  CHECK(lexed("\n\r\n").empty());
}

TEST_CASE("A lexer says where it is") {
  CsvLexer lexer("a,\"b\",\"c\"\"\"", ',', text_name);
  REQUIRE(lexer.next_row());
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(lexer.next_field());
    CHECK(lexer.column() == i);
  }
  CHECK_FALSE(lexer.next_field());
  lexer.names = {"x", "y\n", std::string(50, 'z')};
  CHECK_THROWS_MATCHES(lexer.fail_at(7, 1, "no"), nn::load_error,
                       Message("read_csv: the text, row 7, column 2 \"y?\": no"));
  CHECK_THROWS_MATCHES(lexer.fail_here("no"), nn::load_error,
                       Message("read_csv: the text, row 1, column 3 \"" + std::string(40, 'z') + "...\": no"));
  CHECK_THROWS_MATCHES(lexer.fail_at(7, 3, "no"), nn::load_error, Message("read_csv: the text, row 7, column 4: no"));
}

TEST_CASE("A lexer refuses quotes and line ends that make no rows") {
  CHECK_THROWS_AS(lexed("\"a"), nn::load_error);
  CHECK_THROWS_AS(lexed("\"a\"b"), nn::load_error);
  CHECK_THROWS_AS(lexed("a\"b\""), nn::load_error);
  CHECK_THROWS_AS(lexed("a\rb"), nn::load_error);
  CHECK_THROWS_AS(lexed(std::string(1, '\0')), nn::load_error);
}
