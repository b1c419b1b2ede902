// SPDX-License-Identifier: MIT
#include <nn/data/row.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "../catch.hpp"

using Catch::Matchers::Message;

namespace {

using Features = std::vector<float>;

nn::Schema schema_of_passengers() {
  nn::Schema schema;
  schema.inputs = {
      {"sex", {}, {}, {"female", "male"}}, {"age", {}, {}, {}, 28.5}, {"class", {}, {}, {"1", "2", "3"}, 2}};
  schema.target = {"survived", {}, {}, {"no", "yes"}};
  return schema;
}

Features features_of_row(const nn::Row& row, const nn::RowOptions& options = {}) {
  return nn::detail::features_of<float>(schema_of_passengers(), row, options);
}
void refuses_row(const nn::Row& row, const std::string& sentence, const nn::RowOptions& options = {}) {
  CHECK_THROWS_MATCHES(features_of_row(row, options), nn::data_error, Message("Row: " + sentence));
}

}  // namespace

TEST_CASE("A Field is a number, a text or missing, made of what programs have") {
  CHECK(nn::Field().is_missing());
  CHECK(nn::Field(std::nullopt).is_missing());
  CHECK(nn::Field(std::optional<int>()).is_missing());
  CHECK(nn::Field(std::optional<int>(3)) == nn::Field(3.0));
  CHECK(nn::Field("a") == nn::Field(std::string("a")));
  CHECK(nn::Field('a') == nn::Field(std::string_view("a")));
  CHECK(nn::Field(3) != nn::Field("3"));
  CHECK(*nn::Field(2.5F).number() == 2.5);
  CHECK(*nn::Field(std::uint8_t{200}).number() == 200);
  CHECK(nn::Field("a").number() == nullptr);
  CHECK(nn::Field("a").to_text() == "a");
  CHECK(nn::Field(3).to_text() == "3");
  CHECK(nn::Field(-0.25).to_text() == "-0.25");
}

TEST_CASE("A row in any order makes the features in the order of the schema") {
  CHECK(features_of_row({{"sex", "male"}, {"age", 29}, {"class", "1"}}) == Features{0, 1, 29, 1, 0, 0});
  CHECK(features_of_row({{"class", 3}, {"age", -0.5F}, {"sex", std::string("female")}}) ==
        Features{1, 0, -0.5, 0, 0, 1});
}

TEST_CASE("What is missing is filled as in the training, or refused") {
  CHECK(features_of_row({{"sex", "male"}, {"age", std::nullopt}, {"class", {}}}) == Features{0, 1, 28.5, 0, 0, 1});
  refuses_row({{"sex", std::nullopt}, {"age", 1}, {"class", 1}},
              "column \"sex\": the value is missing, and the schema does not say how to fill it; complete it");
}

TEST_CASE("A column that is left out is refused, or filled where the options say so") {
  refuses_row({{"sex", "male"}, {"class", 1}},
              "lacks the column \"age\"; give it, as std::nullopt where its value is missing, or set "
              "fill_missing_columns");
  CHECK(features_of_row({{"sex", "male"}}, {.fill_missing_columns = true}) == Features{0, 1, 28.5, 0, 0, 1});
  refuses_row({}, "column \"sex\": the value is missing, and the schema does not say how to fill it; complete it",
              {.fill_missing_columns = true});
}

TEST_CASE("An unknown category is refused with the known ones, or filled, or none of them") {
  const nn::Row row{{"sex", "male"}, {"age", 1}, {"class", "4"}};
  refuses_row(row,
              "column \"class\": \"4\" is none of the 3 categories: \"1\", \"2\", \"3\"; correct it, or set "
              "unknown_category");
  CHECK(features_of_row(row, {.unknown_category = nn::UnknownCategory::fill}) == Features{0, 1, 1, 0, 0, 1});
  CHECK(features_of_row(row, {.unknown_category = nn::UnknownCategory::none}) == Features{0, 1, 1, 0, 0, 0});
  refuses_row({{"sex", "femal"}, {"age", 1}, {"class", 1}},
              "column \"sex\": the value is missing, and the schema does not say how to fill it; complete it",
              {.unknown_category = nn::UnknownCategory::fill});
}

TEST_CASE("A column that the training had not is refused, or ignored where the options say so") {
  nn::Row row{{"sex", "male"}, {"age", 1}, {"class", 1}, {"name", "Ann"}};
  refuses_row(row,
              "has the column \"name\", which is none of the 3 inputs: \"sex\", \"age\", \"class\"; leave it out, "
              "or set ignore_additional_columns");
  CHECK(features_of_row(row, {.ignore_additional_columns = true}) == Features{0, 1, 1, 1, 0, 0});
  row.back() = {"survived", "yes"};
  refuses_row(row,
              "has the column \"survived\", which is what the network tells; leave it out, or set "
              "ignore_additional_columns");
  row.back() = {"age", 2};
  refuses_row(row, "has the column \"age\" twice; give one value for it", {.ignore_additional_columns = true});
}

TEST_CASE("Texts are no numbers, and numbers must be finite and of the network's type") {
  refuses_row({{"sex", "male"}, {"age", "29"}, {"class", 1}},
              "column \"age\": \"29\" is a text, but the column has numbers; give a number");
  refuses_row({{"sex", "male"}, {"age", 1e39}, {"class", 1}},
              "column \"age\": 1e+39 is no finite float; correct it, or say that it is missing");
  CHECK_THROWS_AS(features_of_row({{"sex", "male"}, {"age", std::numeric_limits<double>::quiet_NaN()}, {"class", 1}}),
                  nn::data_error);
  CHECK(nn::detail::features_of<double>(schema_of_passengers(), {{"sex", "male"}, {"age", 1e39}, {"class", 1}}, {}) ==
        std::vector<double>{0, 1, 1e39, 1, 0, 0});
}
