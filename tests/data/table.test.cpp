// SPDX-License-Identifier: MIT
#include <nn/data/table.hpp>

#include <concepts>

#include "../catch.hpp"

using Catch::Matchers::Message;
using M = nn::Matrix<double>;
using Names = std::vector<std::string>;

namespace {

nn::Table people() {
  return {{{"age", {30, 41, 25}, {}, {}},
           {"city", {}, {1, 0, 1}, {"Bonn", "Rome"}},
           {"pay", {1.5, 2.5, 0.5}, {}, {}},
           {"happy", {}, {1, 1, 0}, {"no", "yes"}}}};
}

void refuses(const nn::Table& table, const std::string& target, const nn::ColumnChoice& choice,
             const std::string& sentence) {
  CHECK_THROWS_MATCHES(table.dataset(target, choice), nn::data_error, Message(sentence));
}

}  // namespace

TEST_CASE("A Table is a regular value, its columns are found by name") {
  static_assert(std::regular<nn::Table>);
  const nn::Table table = people();
  CHECK(table == people());
  CHECK(table != nn::Table{});
  CHECK(nn::Table{}.rows() == 0);
  CHECK(table.rows() == 3);
  CHECK(table.has("age"));
  CHECK_FALSE(table.has("Age"));
  CHECK(table.column("city").categories == Names{"Bonn", "Rome"});
  CHECK_THROWS_MATCHES(table.column("Age"), nn::data_error,
                       Message("Table: there is no column \"Age\" among its 4: \"age\", \"city\", \"pay\", \"happy\"; "
                               "check the name, and the separator of the file"));
}

TEST_CASE("A target of numbers makes a regression, input categories are one-hot") {
  const nn::Dataset data = people().dataset("pay");
  CHECK_FALSE(data.has_labels());
  CHECK(data.inputs<double>() == M{{30, 41, 25}, {0, 1, 0}, {1, 0, 1}, {0, 0, 1}, {1, 1, 0}});
  CHECK(data.targets<double>() == M{{1.5, 2.5, 0.5}});
}

TEST_CASE("A target of categories makes a classification with as many classes as there are names") {
  nn::Table table = people();
  table.columns[3].categories.push_back("perhaps");  // no row has it
  const nn::Dataset data = table.dataset("happy", {.drop = {"city"}});
  CHECK(data.labels() == std::vector<int>{1, 1, 0});
  CHECK(data.class_count() == 3);
  CHECK(data.inputs<double>() == M{{30, 41, 25}, {1.5, 2.5, 0.5}});
}

TEST_CASE("Columns are kept in the order asked for, or dropped") {
  const nn::ColumnChoice choice{.keep = {"pay", "city", "age"}};
  CHECK(people().inputs(choice) == M{{1.5, 2.5, 0.5}, {0, 1, 0}, {1, 0, 1}, {30, 41, 25}});
  CHECK(people().input_names(choice) == Names{"pay", "city=Bonn", "city=Rome", "age"});
  CHECK(people().inputs<float>({.drop = {"city", "happy", "pay"}}) == nn::Matrix<float>{{30, 41, 25}});
  CHECK(people().dataset("happy", {.keep = {"age"}}).inputs<double>() == M{{30, 41, 25}});
}

TEST_CASE("What cannot be made of a Table is refused with a sentence") {
  refuses(people(), "happy", {.keep = {"happy"}},
          "Table: the column \"happy\" is to be kept as an input, but it is the target; say one of them");
  refuses(people(), "happy", {.keep = {"age"}, .drop = {"age"}},
          "Table: the column \"age\" is to be kept as an input, but dropped, too; say one of them");
  refuses(people(), "happy", {.drop = {"age", "city", "pay"}}, "Table: none of its 4 columns is an input; keep some");
  refuses(people(), "pay", {.max_categories = 1},
          "Table: the column \"city\" has 2 categories, from \"Bonn\" to \"Rome\", and inputs may have 1; drop it, or "
          "raise max_categories");
  for (const nn::ColumnChoice& choice : {nn::ColumnChoice{.keep = {"x"}}, nn::ColumnChoice{.drop = {"x"}}})
    CHECK_THROWS_AS(people().dataset("pay", choice), nn::data_error);
  CHECK_THROWS_AS(people().dataset("x"), nn::data_error);
  CHECK_THROWS_AS(nn::Table{}.dataset("x"), nn::data_error);
  CHECK_THROWS_AS(nn::Table{}.inputs(), nn::data_error);

  nn::Table wrong = people();
  wrong.columns[2].numbers.pop_back();
  const std::string sentence = "Table: the column \"pay\" has 2 rows, but \"age\" has 3; give one value per row";
  refuses(wrong, "pay", {}, sentence);
  refuses(wrong, "happy", {}, sentence);
  for (const int label : {-1, 2}) {
    wrong = people();
    wrong.columns[1].labels[1] = label;
    refuses(
        wrong, "city", {},
        "Table: the column \"city\" has the label " + std::to_string(label) + " for 2 categories; labels count from 0");
    CHECK_THROWS_AS(wrong.dataset("pay"), nn::data_error);
  }
}

TEST_CASE("All columns are inputs, of at most 1000 categories each, unless told otherwise") {
  const nn::ColumnChoice choice;
  CHECK((choice.keep.empty() && choice.drop.empty()));
  CHECK(choice.max_categories == 1000);
  CHECK(nn::Table().columns.empty());
}

TEST_CASE("Control bytes of a name do not reach the terminal through an error") {
  const nn::Table table{{{"a\x1b[31m", {1}, {}, {}}}};
  CHECK_THROWS_MATCHES(table.column("b\n"), nn::data_error,
                       Message("Table: there is no column \"b?\" among its 1: \"a?[31m\"; check the name, and the "
                               "separator of the file"));
}
