// SPDX-License-Identifier: MIT
#include <nn/data/open_csv.hpp>

#include <nn/training.hpp>

#include <string>
#include <vector>

#include "../catch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;

namespace {

// Rows with quotes, line ends within them, empty lines and missing values.
std::string rows_to_open(int count, const std::string& line_end = "\n") {
  std::string text = "town,rent,\"built, year\",taken" + line_end;
  for (int i = 0; i < count; ++i) {
    if (i % 7 == 3) text += line_end;
    text += i % 3 == 0 ? "\"the \"\"old\"\"\nmills\"" : i % 3 == 1 ? "harbor" : "park";
    text += "," + std::to_string(i) + ".5," + (i % 5 == 0 ? "" : std::to_string(1900 + i)) + "," +
            (i % 2 == 0 ? "soon" : "late");
    if (i + 1 < count || i % 2 == 0) text += line_end;
  }
  return text;
}

}  // namespace

TEST_CASE("A table that is read in pieces is that which is read as a whole") {
  const std::string line_end = GENERATE("\n", "\r\n");
  const int count = GENERATE(1, 22, 23);
  const test::IdxFolder folder;
  folder.write("first.csv", rows_to_open(9, line_end));
  folder.write("all.csv", rows_to_open(count, line_end));
  const nn::Table table = nn::read_csv(folder / "first.csv", {.missing = {{"built, year", nn::Fill::median}}});
  const nn::Table whole = nn::read_csv(folder / "all.csv", {.like = &table});
  for (const std::string target : {"taken", "rent"}) {
    const nn::Schema schema(table, target);
    const nn::Dataset expected = schema.dataset(whole);
    for (const nn::Index run : {0, 1, 4, 22}) {
      const nn::LazyDataset data = nn::open_csv(folder / "all.csv", schema, {}, {.run = run});
      CHECK(data.size() == count);
      CHECK(data.read_all() == expected);
    }
    if (count < 22) continue;
    const std::vector<nn::Index> some{21, 3, 4, 3, 0, 13};
    CHECK(nn::open_csv(folder / "all.csv", schema, {}, {.run = 5}).select(some) == expected.select(some));
  }
}

TEST_CASE("Tables without a header, and with columns in another order, are read in pieces too") {
  const test::IdxFolder folder;
  folder.write("plain.csv", "1;2,5;a\n3;4;b\n5;6;a\n");
  const nn::CsvOptions format{.separator = ';', .decimal_mark = ',', .has_header = false};
  const nn::Table plain = nn::read_csv(folder / "plain.csv", format);
  const nn::Schema schema(plain, "column 3");
  const nn::LazyDataset data = nn::open_csv(folder / "plain.csv", schema, {.format = format}, {.run = 2});
  CHECK(data.read_all() == schema.dataset(plain));
  const auto in_runs_of = [&](nn::Index run) {
    return nn::open_csv(folder / "plain.csv", schema, {.format = format}, {.run = run}).fingerprint();
  };
  CHECK(in_runs_of(0) == in_runs_of(128));
  CHECK(in_runs_of(0) != in_runs_of(129));
  folder.write("one.csv", "x,y\n1,2\n");
  folder.write("other.csv", "note,y,x\nn,20,10\nm,40,30\n");
  const nn::Schema numbers(nn::read_csv(folder / "one.csv"), "y");
  const nn::LazyDataset other =
      nn::open_csv(folder / "other.csv", numbers, {.rows = {.ignore_additional_columns = true}});
  CHECK(other.read_all() == nn::Dataset(nn::Matrix<double>{{10, 30}}, nn::Matrix<double>{{20, 40}}));
}

TEST_CASE("What is wrong with a row that is read in pieces is said with its place in the file") {
  const test::IdxFolder folder;
  const std::string path = folder / "table.csv", name = "read_csv: \"" + path + "\"";
  folder.write("table.csv", "x,y\n1,a\n2,b\n");
  const nn::Schema schema(nn::read_csv(path), "y");
  const auto says = [&](const std::string& text, const std::string& sentence) {
    folder.write("table.csv", text);
    const auto read = [&] {
      const nn::LazyDataset data = nn::open_csv(path, schema, {}, {.run = 2});
      static_cast<void>(data.read_all());
    };
    CHECK_THROWS_MATCHES(read(), nn::load_error, Message(name + sentence));
  };
  says("", " has no rows; is it the right file?");
  says("x,y\n", " has no rows; is it the right file?");
  says("x,y\n1,a\n1,a\n1,a\n\n1,c\n",
       ", row 6, column 2 \"y\": \"c\" is none of the 2 categories: \"a\", \"b\"; correct it, or set unknown_category");
  says("x,y\n1,a\n1,a\n1,a\n,a\n",
       ", row 5, column 1 \"x\": the value is missing, and the schema does not say how to fill it; complete it");
  says("x,y\n1,a\n1,a\n1,\n",
       ", row 4, column 2 \"y\": the value is missing, and the schema does not say how to fill it; complete it");
  says("x,y\n1,a\n1,a\n1,a\n1,a,b\n",
       ", row 5 has 3 fields, but the first row has 2; quote fields that hold a separator, or check which it is");
  says("x,y\n1,a\n1,a\n\"1,a\n1,a\n",
       ", row 4, column 1 \"x\": the quote at byte 12 is never closed; write \"\" for one within");
  says("x,y\n1,a\n1,a\n1,b\"\n",
       ", row 4, column 2 \"y\": a quote at byte 15 within a field without quotes; quote all of it");
  says("z,y\n1,a\n",
       " has the column \"z\", which is none of the 2 inputs: \"x\", \"y\"; leave it out, or set "
       "ignore_additional_columns");
  folder.write("table.csv", "x,y\n1,a\n\"2,b\n3,a\n4,b\n");
  CHECK_THROWS_MATCHES(
      nn::open_csv(path, schema, {.format = {.max_bytes = 8}}, {.run = 1}).select(std::vector<nn::Index>{1}),
      nn::load_error,
      Message(name + ", rows from 3 to 3 have 13 bytes, and at most 8 are read at once; close a quote "
                     "that is open, or raise max_bytes"));
  CHECK_THROWS_AS(nn::open_csv(path, schema, {}, {.run = -1}), nn::data_error);
  CHECK_THROWS_AS(nn::open_csv(path, schema, {.format = {.separator = '"'}}), nn::data_error);
  CHECK_THROWS_AS(nn::open_csv(path, nn::Schema()), nn::data_error);
  CHECK_THROWS_AS(nn::open_csv(path + "x", schema), nn::load_error);
}

TEST_CASE("Training on a table that is read in pieces has the bits of that on the whole") {
  const test::IdxFolder folder;
  folder.write("all.csv", rows_to_open(60));
  const nn::Table table = nn::read_csv(folder / "all.csv", {.missing = {{"built, year", nn::Fill::mean}}});
  const nn::Schema schema(table, "taken");
  const auto trained = [&](const auto& data) {
    nn::Sequential<float> network{nn::Input{schema.features()}, nn::Normalize{}, nn::Dense{2}, nn::Softmax{}};
    nn::set_normalization(network, nn::Standardize::fit(schema.dataset(table)));
    nn::Trainer trainer{network, nn::CrossEntropy{}, nn::SGD{}};
    trainer.fit(data, {.epochs = 3, .batch_size = 7, .validation_share = 0.2});
    return nn::Vector<float>(network.parameters());
  };
  CHECK(trained(nn::open_csv(folder / "all.csv", schema)) == trained(schema.dataset(table)));
}
