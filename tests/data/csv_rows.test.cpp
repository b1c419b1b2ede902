// SPDX-License-Identifier: MIT
#include <nn/data/csv_rows.hpp>

#include <string>
#include <vector>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

using FeatureRows = std::vector<std::vector<double>>;

nn::Schema schema_of_flats() {
  nn::Schema schema;
  schema.inputs = {
      {"area", {}, {}, {}}, {"heating", {}, {}, {"(missing)", "coal", "gas"}, 0}, {"built", {}, {}, {}, 1960}};
  schema.target = {"rent", {}, {}, {}};
  return schema;
}

FeatureRows rows_of(const std::string& text, const nn::CsvRowOptions& options = {}) {
  const nn::Schema schema = schema_of_flats();
  const std::string source = "the text";
  nn::detail::CsvRows<double> reader(text, source, schema, options);
  FeatureRows rows;
  for (std::vector<double> row(5, -1); reader.next(row.data());) rows.push_back(row);
  return rows;
}

void refuses_rows(const std::string& text, const std::string& sentence, const nn::CsvRowOptions& options = {}) {
  CHECK_THROWS_MATCHES(rows_of(text, options), nn::load_error, Message("read_csv: the text" + sentence));
}

const nn::CsvRowOptions any_order{.any_order = true};
const nn::CsvRowOptions with_others{.rows = {.ignore_additional_columns = true}};
const nn::CsvRowOptions without_some{.rows = {.fill_missing_columns = true}};

}  // namespace

TEST_CASE("New rows become features as in the training, missing values are filled") {
  CHECK(rows_of("area,heating,built\n50,gas,1900\r\n61.5,,?\n\n\"7\",\"coal\",NA\n") ==
        FeatureRows{{50, 0, 0, 1, 1900}, {61.5, 1, 0, 0, 1960}, {7, 0, 1, 0, 1960}});
  CHECK(rows_of("area,heating,built\n").empty());
  CHECK(rows_of("area;heating;built\n1.000,5;gas;1900\n",
                {.format = {.separator = ';', .decimal_mark = ',', .thousands_mark = '.'}}) ==
        FeatureRows{{1000.5, 0, 0, 1, 1900}});
  refuses_rows("area,heating,built\n50,gas,1900\n,gas,1900\n",
               ", row 3, column 1 \"area\": the value is missing, and the schema does not say how to fill it; "
               "complete it");
}

TEST_CASE("New rows without a header have names by number, as those of the training had") {
  nn::Schema schema;
  schema.inputs = {{"column 1", {}, {}, {}}, {"column 2", {}, {}, {}}};
  schema.target = {"column 3", {}, {}, {}};
  const std::string source = "the text";
  const nn::CsvRowOptions options{.format = {.has_header = false}};
  nn::detail::CsvRows<float> reader("1,2\n3,4\n", source, schema, options);
  std::vector<float> row(2);
  CHECK(reader.next(row.data()));
  CHECK(row == std::vector<float>{1, 2});
  CHECK(reader.next(row.data()));
  CHECK(row == std::vector<float>{3, 4});
  CHECK_FALSE(reader.next(row.data()));
}

TEST_CASE("Columns in another order are refused, or taken by name where the options say so") {
  refuses_rows("heating,area,built\ngas,50,1900\n",
               " has the column \"area\" after \"heating\", which it stood before in the training; reorder them, or "
               "set any_order");
  CHECK(rows_of("built,area,heating\n1900,50,gas\n", any_order) == FeatureRows{{50, 0, 0, 1, 1900}});
}

TEST_CASE("Additional columns are refused, or ignored where the options say so") {
  refuses_rows("area,floor,heating,built\n50,1,gas,1900\n",
               " has the column \"floor\", which is none of the 3 inputs: \"area\", \"heating\", \"built\"; leave it "
               "out, or set ignore_additional_columns");
  refuses_rows("area,heating,built,rent\n50,gas,1900,9\n",
               " has the column \"rent\", which is what the network tells; leave it out, or set "
               "ignore_additional_columns");
  CHECK(rows_of("floor,area,heating,rent,built\n,50,gas,cheap,1900\n", with_others) ==
        FeatureRows{{50, 0, 0, 1, 1900}});
  CHECK_THROWS_AS(rows_of("area,heating,built,heating\n50,gas,1900,gas\n", with_others), nn::load_error);
}

TEST_CASE("Missing columns are refused, or filled where the options say so and there is a filling") {
  refuses_rows("area,heating\n50,gas\n",
               " lacks the column \"built\"; add it, or set fill_missing_columns; or is the separator another?");
  CHECK(rows_of("area,heating\n50,gas\n60,coal\n", without_some) ==
        FeatureRows{{50, 0, 0, 1, 1960}, {60, 0, 1, 0, 1960}});
  CHECK(rows_of("area\n50\n", without_some) == FeatureRows{{50, 1, 0, 0, 1960}});
  refuses_rows("built\n1900\n",
               " lacks the column \"area\": the value is missing, and the schema does not say how to fill it; complete "
               "it",
               without_some);
  refuses_rows("area;heating;built\n50;gas;1900\n",
               " has the column \"area;heating;built\", which is none of the 3 inputs: \"area\", \"heating\", "
               "\"built\"; leave it out, or set ignore_additional_columns; or is the separator another?");
}

TEST_CASE("An unknown category is refused with its row, or filled, or none of them") {
  const std::string text = "area,heating,built\n50,gas,1900\n60,wood,1900\n";
  refuses_rows(text,
               ", row 3, column 2 \"heating\": \"wood\" is none of the 3 categories: \"(missing)\", \"coal\", "
               "\"gas\"; correct it, or set unknown_category");
  CHECK(rows_of(text, {.rows = {.unknown_category = nn::UnknownCategory::fill}})[1] ==
        std::vector<double>{60, 1, 0, 0, 1900});
  CHECK(rows_of(text, {.rows = {.unknown_category = nn::UnknownCategory::none}})[1] ==
        std::vector<double>{60, 0, 0, 0, 1900});
}

TEST_CASE("A category that reads like a missing value is a category") {
  nn::Schema schema = schema_of_flats();
  schema.inputs = {{"grade", {}, {}, {"-", "NA"}}};
  const std::string source = "the text";
  const nn::CsvRowOptions options;
  nn::detail::CsvRows<double> reader("grade\nNA\n", source, schema, options);
  std::vector<double> row(2);
  CHECK(reader.next(row.data()));
  CHECK(row == std::vector<double>{0, 1});
}

TEST_CASE("What is no row of the columns is refused with its row") {
  refuses_rows("", " is empty; is it the right file?");
  refuses_rows("area,heating,built\n50,gas\n",
               ", row 2 has 2 fields, but the first row has 3; quote fields that hold a separator, or check which it "
               "is");
  CHECK_THROWS_AS(rows_of("area,heating,built\n50,gas,1900,7\n"), nn::load_error);
  refuses_rows("area,heating,built\nbig,gas,1900\n",
               ", row 2, column 1 \"area\": \"big\" is no number a double holds; write it as 1234.5 or 1e-3, or set "
               "decimal_mark and thousands_mark");
  for (const nn::CsvOptions& format : {nn::CsvOptions{.missing = {{"built", nn::Fill::mean}}},
                                       nn::CsvOptions{.numbers = {"area"}}, nn::CsvOptions{.categories = {"area"}}})
    CHECK_THROWS_MATCHES(rows_of("area\n1\n", {.format = format}), nn::data_error,
                         Message("read_csv: the schema says of new rows which columns are numbers and how missing "
                                 "values are filled; leave missing, numbers, categories and like as they are"));
}
