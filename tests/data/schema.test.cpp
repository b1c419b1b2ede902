// SPDX-License-Identifier: MIT
#include <nn/data/schema.hpp>

#include <concepts>
#include <limits>
#include <string>

#include <nn/inference.hpp>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

nn::Table table_of_people() {
  return {{{"age", {30, 41, 25}, {}, {}, 30},
           {"city", {}, {1, 0, 1}, {"Bonn", "Rome"}, 1},
           {"pay", {1.5, 2.5, 0.5}, {}, {}},
           {"happy", {}, {1, 1, 0}, {"no", "yes"}}}};
}

void refuses_schema(const nn::Schema& schema, const std::string& sentence) {
  CHECK_THROWS_MATCHES(schema.validate(), nn::data_error, Message(sentence));
}

}  // namespace

TEST_CASE("A Schema is a table's columns without rows, the inputs in their order and the target") {
  static_assert(std::regular<nn::Schema>);
  const nn::Schema schema{table_of_people(), "happy"};
  CHECK(schema.inputs ==
        std::vector<nn::Column>{{"age", {}, {}, {}, 30}, {"city", {}, {}, {"Bonn", "Rome"}, 1}, {"pay", {}, {}, {}}});
  CHECK(schema.target == nn::Column{"happy", {}, {}, {"no", "yes"}});
  CHECK(schema.features() == 4);
  CHECK_FALSE(schema.is_empty());
  CHECK(nn::Schema().is_empty());
  CHECK(schema == nn::Schema{table_of_people(), "happy"});
  CHECK(schema != nn::Schema{table_of_people(), "pay"});

  const nn::Schema chosen{table_of_people(), "pay", {.keep = {"city", "age"}}};
  CHECK(chosen.inputs.front().name == "city");
  CHECK(chosen.inputs.size() == 2);
  CHECK_FALSE(chosen.target.has_categories());
  CHECK_THROWS_AS((nn::Schema{table_of_people(), "pay", {.keep = {"pay"}}}), nn::data_error);
  CHECK_THROWS_AS((nn::Schema{table_of_people(), "Pay"}), nn::data_error);
}

TEST_CASE("A Schema makes the samples of its table, and of another table of its columns in any order") {
  const nn::Table table = table_of_people();
  const nn::Schema schema{table, "happy", {.keep = {"city", "age"}}};
  const nn::Matrix<double> expected{{0, 1, 0}, {1, 0, 1}, {30, 41, 25}};
  CHECK(schema.dataset(table).inputs<double>() == expected);
  CHECK(schema.dataset(table).labels() == std::vector<int>{1, 1, 0});
  const nn::Table other{{table.columns[3], table.columns[0], table.columns[1]}};
  CHECK(schema.dataset(other).inputs<double>() == expected);
  CHECK(nn::Schema{table, "pay", {.keep = {"age"}}}.dataset(table).targets<double>() ==
        nn::Matrix<double>{{1.5, 2.5, 0.5}});

  nn::Table many{{{"id", {}, {}, {}}, {"y", {}, {}, {}}}};
  for (int i = 0; i < 1001; ++i) {
    many.columns[0].categories.push_back("c" + std::to_string(i));
    many.columns[0].labels.push_back(i);
    many.columns[1].numbers.push_back(i);
  }
  const nn::Schema of_many{many, "y", {.max_categories = 2000}};  // which is not said again
  CHECK(of_many.dataset(many).sample_shape().size() == 1001);
}

TEST_CASE("A Schema refuses a table whose columns are others") {
  const nn::Schema schema{table_of_people(), "happy"};
  nn::Table table = table_of_people();
  table.columns[1].categories = {"Bonn", "Paris"};
  CHECK_THROWS_MATCHES(schema.dataset(table), nn::data_error,
                       Message("Schema: the column \"city\" has 2 categories in the schema, and in the table 2 "
                               "categories of other names; read the table with CsvOptions::like of that which the "
                               "schema was made of"));
  table = table_of_people();
  table.columns[3] = {"happy", {1, 1, 0}, {}, {}};
  CHECK_THROWS_MATCHES(schema.dataset(table), nn::data_error,
                       Message("Schema: the column \"happy\" has 2 categories in the schema, and in the table "
                               "numbers; read the table with CsvOptions::like of that which the schema was made of"));
  table.columns.pop_back();
  CHECK_THROWS_AS(schema.dataset(table), nn::data_error);
}

TEST_CASE("What is the schema of no table is refused in words") {
  const nn::Schema good{table_of_people(), "happy"};
  good.validate();
  nn::Schema schema;
  refuses_schema(schema, "Schema: has no inputs; make it of a table, nn::Schema{table, \"target\"}");
  schema = good;
  schema.inputs[2].name = "age";
  refuses_schema(schema, "Schema: has the column \"age\" twice; rename one");
  schema.inputs[2].name = "happy";
  refuses_schema(schema, "Schema: has the column \"happy\" twice; rename one");
  schema.inputs[2].name = "";
  refuses_schema(schema, "Schema: the column \"\" needs a name");
  schema = good;
  schema.inputs[1].labels = {0};
  refuses_schema(schema, "Schema: the column \"city\" has rows, but those of a schema have none");
  schema = good;
  schema.target.categories = {"no", "yes", "no"};
  refuses_schema(schema, "Schema: the column \"happy\" has the category \"no\" twice; name each once");
  schema = good;
  schema.inputs[0].filling = std::numeric_limits<double>::infinity();
  refuses_schema(schema, "Schema: the column \"age\" is filled with inf; take a finite number");
  for (const double filling : {2.0, -1.0, 0.5}) {
    schema = good;
    schema.inputs[1].filling = filling;
    refuses_schema(schema, nn::text_of("Schema: the column \"city\" is filled with the category ", filling,
                                       ", but has the categories 0 to 1"));
  }
}

TEST_CASE("A Schema fits a network of as many inputs as its features, and outputs as its classes") {
  const nn::Schema of_two{table_of_people(), "happy"}, of_number{table_of_people(), "pay"};
  of_two.require_fit(nn::Network<nn::Input<4>, nn::Dense<2>, nn::Softmax>{});
  of_two.require_fit(nn::Network<nn::Input<4>, nn::Dense<1>, nn::Sigmoid>{});
  of_number.require_fit(nn::Network<nn::Input<5>, nn::Dense<1>>{});
  CHECK_THROWS_MATCHES(of_two.require_fit(nn::Network<nn::Input<5>, nn::Dense<2>, nn::Softmax>{}), nn::data_error,
                       Message("Schema: its columns make 4 features, but the network reads 5; take the schema of the "
                               "table it was trained on"));
  CHECK_THROWS_MATCHES(of_two.require_fit(nn::Network<nn::Input<4>, nn::Dense<3>, nn::Softmax>{}), nn::data_error,
                       Message("Schema: its target \"happy\" has 2 classes, but the network has 3 outputs; give it one "
                               "for each class, and one for a number"));
  CHECK_THROWS_MATCHES(of_number.require_fit(nn::Network<nn::Input<5>, nn::Dense<2>>{}), nn::data_error,
                       Message("Schema: its target \"pay\" has numbers, but the network has 2 outputs; give it one "
                               "for each class, and one for a number"));
}
