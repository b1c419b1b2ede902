// SPDX-License-Identifier: MIT
#include <nn/data/csv_column.hpp>

#include <optional>
#include <string>
#include <vector>

#include "../catch.hpp"

using nn::detail::CsvColumn;
using nn::detail::CsvLexer;

namespace {

const std::string column_source = "the text";

// A column as it is read: all fields of a text without a header, of which "?" is missing.
nn::Column read_column(const std::string& text, CsvColumn column = {}) {
  CsvLexer lexer(text, ',', column_source);
  lexer.names = {"x"};
  const auto for_each = [&](auto use) {
    lexer.rewind();
    while (lexer.next_row())
      while (lexer.next_field()) use();
  };
  nn::Index rows = 0;
  for_each([&] {
    ++rows;
    if (lexer.field() != "?") column.inspect(lexer, {});
  });
  column.decide(rows, lexer, 0);
  for_each([&] { column.add(lexer, lexer.field() == "?", {}); });
  column.name_categories({});
  lexer.forget_text();
  return column.finish(lexer, 0);
}

CsvColumn filled(nn::Fill fill) {
  CsvColumn column;
  column.fill = fill;
  return column;
}

}  // namespace

TEST_CASE("A column is of numbers where all of its fields are, else of sorted categories") {
  CHECK(read_column("1\n2.5\n") == nn::Column{"x", {1, 2.5}, {}, {}});
  CHECK(read_column("b\n\"a\"\"\"\nb\n\"a\"\"\"\n") == nn::Column{"x", {}, {1, 0, 1, 0}, {"a\"", "b"}});
  CsvColumn categories;
  categories.wanted = CsvColumn::Kind::categories;
  CHECK(read_column("10\n9\n", categories) == nn::Column{"x", {}, {1, 0}, {"9", "10"}});
  CHECK_THROWS_AS(read_column("1\nx\n2\n"), nn::load_error);
}

TEST_CASE("A text beside numbers is taken for a mark of what is missing, or for a mistake") {
  using Catch::Matchers::ContainsSubstring;
  for (const std::string mark : {"N/A", "none", "-"})
    CHECK_THROWS_WITH(
        read_column("1\n" + mark + "\n" + mark + "\n"),
        ContainsSubstring(" is no number, but all other fields of the column are; add it to missing_texts"));
  CHECK_THROWS_WITH(read_column("1\nx\n2\n"),
                    ContainsSubstring("\"x\" is no number, but most fields of the column are; correct it"));
  CHECK(read_column("1\nx\nx\n").categories == std::vector<std::string>{"1", "x"});
}

TEST_CASE("A column fills what is missing from all of its values") {
  CHECK(read_column("?\n1\n4\n4\n", filled(nn::Fill::mean)).numbers == std::vector<double>{3, 1, 4, 4});
  CHECK(read_column("?\n1\n4\n4\n", filled(nn::Fill::median)).numbers == std::vector<double>{4, 1, 4, 4});
  CHECK(read_column("?\n1\n1\n4\n", filled(nn::Fill::most_frequent)).numbers == std::vector<double>{1, 1, 1, 4});
  CHECK(read_column("?\nb\nb\na\n", filled(nn::Fill::most_frequent)).labels == std::vector<int>{1, 1, 1, 0});
  CHECK(read_column("?\nb\n", filled(nn::Fill::own_category)).categories == std::vector<std::string>{"(missing)", "b"});
}

TEST_CASE("A column keeps what it fills missing values with, where nothing is missing, too") {
  using Filling = std::optional<double>;
  CHECK(read_column("1\n4\n7\n").filling == Filling());
  CHECK(read_column("1\n4\n8\n", filled(nn::Fill::median)).filling == Filling(4));
  CHECK(read_column("b\na\nb\n", filled(nn::Fill::most_frequent)).filling == Filling(1));
  CHECK(read_column("b\n!\n", filled(nn::Fill::own_category)).filling == Filling(1));  // after "!"
  CHECK(read_column("b\na\n", filled(nn::Fill::mean)).filling == Filling());           // which categories have not
  CHECK(read_column("1\n2\n", filled(nn::Fill::own_category)).filling == Filling());
}

TEST_CASE("A column like one of no rows is filled as that was") {
  const nn::Column numbers{"x", {}, {}, {}, 2.5}, categories{"x", {}, {}, {"b", "a"}, 1};
  CsvColumn like_numbers, like_categories;
  CHECK_FALSE(like_numbers.is_fillable());
  like_numbers.like = &numbers;
  like_categories.like = &categories;
  CHECK(like_numbers.is_fillable());
  CHECK(read_column("?\n7\n", like_numbers) == nn::Column{"x", {2.5, 7}, {}, {}, 2.5});
  CHECK(read_column("?\nb\n", like_categories) == nn::Column{"x", {}, {1, 0}, {"b", "a"}, 1});
}

TEST_CASE("A column like another one has its kind, categories and fillings") {
  const nn::Column numbers{"x", {1, 2, 9}, {}, {}}, categories{"x", {}, {0, 1, 1}, {"b", "a"}};
  CsvColumn like_numbers = filled(nn::Fill::median), like_categories = filled(nn::Fill::most_frequent);
  like_numbers.like = &numbers;
  like_categories.like = &categories;
  CHECK(read_column("?\n7\n", like_numbers).numbers == std::vector<double>{2, 7});
  CHECK(read_column("?\nb\n", like_categories) == nn::Column{"x", {}, {1, 0}, {"b", "a"}, 1});
  CHECK_THROWS_AS(read_column("x\n", like_numbers), nn::load_error);
  CHECK_THROWS_AS(read_column("c\n", like_categories), nn::load_error);
  like_numbers.wanted = CsvColumn::Kind::categories;
  CHECK_THROWS_AS(read_column("1\n", like_numbers), nn::data_error);
}
