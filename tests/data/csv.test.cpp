// SPDX-License-Identifier: MIT
#include <nn/data/csv.hpp>

#include <sys/stat.h>

#include <clocale>
#include <cstdio>
#include <locale>
#include <set>
#include <sstream>

#include <nn/core/random.hpp>

#include "../catch.hpp"
#include "../memory_watch.hpp"
#include "idx_files.hpp"

using Catch::Matchers::Message;
using Catch::Matchers::StartsWith;
using M = nn::Matrix<double>;
using Names = std::vector<std::string>;
using Numbers = std::vector<double>;
using Labels = std::vector<int>;

namespace {

nn::Table read(const std::string& text, const nn::CsvOptions& options = {}) {
  std::istringstream stream(text);
  return nn::read_csv(stream, options);
}

void refuses_text(const std::string& text, const std::string& sentence, const nn::CsvOptions& options = {}) {
  CAPTURE(text);
  CHECK_THROWS_MATCHES(read(text, options), nn::load_error, Message("read_csv: the stream" + sentence));
}
void refuses_options(const std::string& text, const nn::CsvOptions& options, const std::string& sentence) {
  CHECK_THROWS_MATCHES(read(text, options), nn::data_error, Message("read_csv: " + sentence));
}

}  // namespace

TEST_CASE("A column whose fields are all numbers has numbers, any other one has sorted categories") {
  const nn::Table table = read("age,city,score\n30,Rome,1e-3\n41,Bonn,-2.5\n25,Rome,+4\n");
  CHECK(table == nn::Table{{{"age", {30, 41, 25}, {}, {}},
                            {"city", {}, {1, 0, 1}, {"Bonn", "Rome"}},
                            {"score", {0.001, -2.5, 4}, {}, {}}}});
  CHECK(table.dataset("score").inputs<double>() == M{{30, 41, 25}, {0, 1, 0}, {1, 0, 1}});
}

TEST_CASE("Fields are quoted as RFC 4180 has it") {
  const nn::Table table = read("\"a,b\",\"say \"\"hi\"\"\"\r\n\"x\r\ny\",1\r\n\"\"\"\",\"2\"\r\n");
  CHECK(table == nn::Table{{{"a,b", {}, {1, 0}, {"\"", "x\r\ny"}}, {"say \"hi\"", {1, 2}, {}, {}}}});
}

TEST_CASE("Line ends, the last one, a byte order mark, blanks and empty lines make no difference") {
  const nn::Table table = read("a,b\n1,x\n2,y y\n");
  CHECK(read("a,b\r\n1,x\r\n2,y y\r\n") == table);
  CHECK(read("a,b\n1,x\n2,y y") == table);
  CHECK(read("\xEF\xBB\xBF"
             "a,b\n1,x\n2,y y") == table);
  CHECK(read("\n a , b\n\n  1,  x  \r\n\r\n2 ,\"y y\"\n\n") == table);
  CHECK(read("a;b\n1;x\n2;y y\n", {.separator = ';'}) == table);
  CHECK(read("a\tb\n1\tx\n2\ty y\n", {.separator = '\t'}) == table);
  CHECK(read("a\n\" b \"\n") == nn::Table{{{"a", {}, {0}, {" b "}}}});  // what is quoted keeps its blanks
}

TEST_CASE("Without a header, and where a name is empty, columns have numbers for names") {
  CHECK(read("1,x\n2,y\n", {.has_header = false}) ==
        nn::Table{{{"column 1", {1, 2}, {}, {}}, {"column 2", {}, {0, 1}, {"x", "y"}}}});
  CHECK(read(",b\n1,2\n").columns[0].name == "column 1");
}

TEST_CASE("Categories that are numbers are sorted by value, before those that are not") {
  CHECK(read("k\n10\nb\n9\n-1\na\nc\n").columns[0].categories == Names{"-1", "9", "10", "a", "b", "c"});
  const nn::Table table = read("k,x\n10,1\n9,2\n10,3\n", {.categories = {"k"}});
  CHECK(table.columns[0].categories == Names{"9", "10"});
  CHECK(table.dataset("k").labels() == Labels{1, 0, 1});
}

TEST_CASE("What no finite double holds is a text") {
  for (const std::string text : {"inf", "-infinity", "0x10", "1.5.2", "12x", "1 2", "--1", "+-1", "+"})
    CHECK(read("a\n1\n" + text + "\n").columns[0].categories == Names{"1", text});
  CHECK(read("a\n1e308\n-1.7976931348623157e308\n.5\n5.\n-0\n").columns[0].numbers ==
        Numbers{1e308, -1.7976931348623157e308, 0.5, 5, 0});
}

TEST_CASE("The usual marks of a missing value say so, unless told otherwise") {
  for (const std::string mark :
       {"",     "NA",   "N/A", "n/a", "<NA>", "NaN",      "nan",    "-NaN",    "-nan",    "NULL",    "null",
        "None", "#N/A", "#NA", "?",   "-",    "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"}) {
    CAPTURE(mark);
    const std::string text = "a,b\n1.5,2\n" + mark + ",4\n2.5,6\n";
    CHECK(read(text, {.missing = {{"a", nn::Fill::mean}}}).columns[0].numbers == Numbers{1.5, 2, 2.5});
    CHECK_THROWS_AS(read(text), nn::load_error);
  }
  refuses_text("a,b\n1.5,2\nNA,4\n",
               ", row 3, column 1 \"a\": \"NA\" says that the value is missing; complete it, say in "
               "CsvOptions::missing how to fill it, or leave the text out of missing_texts");
  CHECK(read("land\nNA\nDE\n", {.missing_texts = {""}}).columns[0].categories == Names{"DE", "NA"});
}

TEST_CASE("A column that is mostly numbers is refused with the first field that is none, and the remedy") {
  const std::string remedy =
      " is no number, but most fields of the column are; correct it, add it to missing_texts, or name the column in "
      "categories";
  refuses_text("a,b\n1.5,2\n2..5,4\n3.5,6\n", ", row 3, column 1 \"a\": \"2..5\"" + remedy);
  refuses_text("a\nx\n1\n2\n3\ny\n", ", row 2, column 1 \"a\": \"x\"" + remedy);
  CHECK(read("a\nx\n1\n2\ny\n").columns[0].categories == Names{"1", "2", "x", "y"});
  CHECK(read("a\n1.5\n2..5\n3.5\n", {.categories = {"a"}}).columns[0].categories == Names{"1.5", "3.5", "2..5"});
  CHECK(
      read("a\n1.5\n2..5\n3.5\n", {.missing = {{"a", nn::Fill::mean}}, .missing_texts = {"2..5"}}).columns[0].numbers ==
      Numbers{1.5, 2.5, 3.5});
  const nn::Table earlier = read("a\nx\n1\n");
  CHECK(read("a\n1\n1\nx\n", {.like = &earlier}).columns[0].labels == Labels{0, 0, 1});
}

TEST_CASE("Numbers with another decimal mark, or one of thousands, are refused until the options say so") {
  const std::string remedy =
      " is no number as 1234.5 is; set decimal_mark and thousands_mark, correct it, or name the column in categories";
  refuses_text("a;b\n1,5;2\n2,5;4\n", ", row 2, column 1 \"a\": \"1,5\"" + remedy, {.separator = ';'});
  refuses_text("a,b\n\"1,234\",2\n", ", row 2, column 1 \"a\": \"1,234\"" + remedy);
  refuses_text("a\n2\n1 234 567\n3\n", ", row 3, column 1 \"a\": \"1 234 567\"" + remedy);
  refuses_text(
      "a\n2\n1e999\n",
      ", row 3, column 1 \"a\": \"1e999\" is beyond what a double holds, 5e-324 to 1.8e308; correct it, or name the "
      "column in categories");
  CHECK(read("a;b\n1,5;2\n-,5e3;4\n", {.separator = ';', .decimal_mark = ','}).columns[0].numbers ==
        Numbers{1.5, -500});
  CHECK(read("a;b\n1.234,5;2\n12.345.678;4\n", {.separator = ';', .decimal_mark = ',', .thousands_mark = '.'})
            .columns[0]
            .numbers == Numbers{1234.5, 12345678});
  CHECK(read("a,b\n\"1,234.5\",2\n7,4\n", {.thousands_mark = ','}).columns[0].numbers == Numbers{1234.5, 7});
  refuses_text("a;b\n1.5;2\n",
               ", row 2, column 1 \"a\": \"1.5\" is no number a double holds; write it as 1234,5 or 1e-3, or set "
               "decimal_mark and thousands_mark",
               {.separator = ';', .decimal_mark = ',', .numbers = {"a"}});
  CHECK(read("a\n1,5\n2,5\n", {.separator = ';', .categories = {"a"}}).columns[0].categories == Names{"1,5", "2,5"});
  refuses_text("a\n1e999\nx\n",
               ", row 2, column 1 \"a\": \"1e999\" is beyond what a double holds, 5e-324 to 1.8e308; correct it",
               {.numbers = {"a"}});
}

TEST_CASE(
    "Columns of per cent, of money and of missing values by other words do not become categories without a word") {
  const std::string of_unit =
      " is no number for a sign as % or $; take it away, or write its unit in the column's name, or name the column in "
      "categories";
  refuses_text("a,b\n1,12%\n2,7.5 %\n", ", row 2, column 2 \"b\": \"12%\"" + of_unit);
  refuses_text("a\n$3\n\"$1,234.50\"\n", ", row 2, column 1 \"a\": \"$3\"" + of_unit);
  refuses_text("a\n-5 \u20AC\n12 \u20AC\n", ", row 2, column 1 \"a\": \"-5 \u20AC\"" + of_unit);
  refuses_text(
      "a\n7\n12 %\n",
      ", row 3, column 1 \"a\": \"12 %\" is no number for a sign as % or $; take it away, or write its unit in "
      "the column's name",
      {.numbers = {"a"}});
  CHECK(read("a\n12%\n7%\n", {.categories = {"a"}}).columns[0].categories == Names{"12%", "7%"});
  CHECK(read("a\n\u00E9\n%\n").columns[0].categories == Names{"%", "\u00E9"});

  const std::string of_mark =
      " is no number, but all other fields of the column are; add it to missing_texts, or name the column in "
      "categories";
  for (const std::string mark : {"na", "Na", "missing", "N.A.", "--", ".", "Unknown"})
    refuses_text("a\n" + mark + "\n" + mark + "\n" + mark + "\n1.5\n",
                 ", row 2, column 1 \"a\": \"" + mark + "\"" + of_mark);
  refuses_text("a\nna\n--\n7\n", ", row 2, column 1 \"a\": \"na\"" + of_mark);
  CHECK(read("a\nna\nyes\n1\n").columns[0].categories == Names{"1", "na", "yes"});
  CHECK(read("a\nna\nyes\n").columns[0].categories == Names{"na", "yes"});
}

TEST_CASE("A file of another separator is not taken for one column of categories") {
  const std::string remedy = " stands in its fields; set CsvOptions::separator, or name the column in categories";
  refuses_text("a;b\n1;x\n2;y\n", " has a single column, but ';'" + remedy);
  refuses_text("a\tb\n1\tx\n", " has a single column, but a tab" + remedy);
  refuses_text("a|b\n1|x\n", " has a single column, but '|'" + remedy);
  refuses_text("a,b\n1,x\n", " has a single column, but ','" + remedy, {.separator = ';'});
  refuses_text("1;x\n2;y\n", " has a single column, but ';'" + remedy, {.has_header = false});
  CHECK(read("a;b\n1;x\n", {.categories = {"a;b"}}).columns[0].categories == Names{"1;x"});
  CHECK(read("text\nwell; then\nno\n").columns[0].categories == Names{"no", "well; then"});
  CHECK(read("a;b\n1\n2\n").columns[0].numbers == Numbers{1, 2});
  CHECK(read("a;b,c\n1;2,3\n").columns.size() == 2);
}

TEST_CASE("Missing numbers are filled as said, by the column's name") {
  const std::string text = "a,b\n1,0\n,1\n2,2\n6,3\n2,4\n,5\n";
  CHECK(read(text, {.missing = {{"a", nn::Fill::mean}}}).columns[0].numbers == Numbers{1, 2.75, 2, 6, 2, 2.75});
  CHECK(read(text, {.missing = {{"a", nn::Fill::median}}}).columns[0].numbers == Numbers{1, 2, 2, 6, 2, 2});
  CHECK(read(text, {.missing = {{"a", nn::Fill::most_frequent}}}).columns[0].numbers == Numbers{1, 2, 2, 6, 2, 2});
  CHECK(read("a,b\n1,0\n,1\n6,2\n5,2\n9,2\n", {.missing = {{"a", nn::Fill::median}}}).columns[0].numbers[1] == 5.5);
  CHECK(read("a,b\n7,0\n?,1\nNA,2\n", {.missing = {{"a", nn::Fill::mean}}, .missing_texts = {"?", "NA"}}).columns[0] ==
        nn::Column{"a", {7, 7, 7}, {}, {}, 7});
  CHECK(read("a,b\n3,0\n\"\",1\n", {.missing = {{"a", nn::Fill::mean}}}).columns[0].numbers == Numbers{3, 3});
}

TEST_CASE("Missing categories are the most frequent one, or one of their own") {
  const std::string text = "a,b\ny,0\n,1\nx,2\ny,3\n";
  CHECK(read(text, {.missing = {{"a", nn::Fill::most_frequent}}}).columns[0] ==
        nn::Column{"a", {}, {1, 1, 0, 1}, {"x", "y"}, 1});
  CHECK(read(text, {.missing = {{"a", nn::Fill::own_category}}}).columns[0] ==
        nn::Column{"a", {}, {2, 0, 1, 2}, {"(missing)", "x", "y"}, 0});
  CHECK(read("a,b\n,1\n,2\n", {.missing = {{"a", nn::Fill::own_category}}}).columns[0] ==
        nn::Column{"a", {}, {0, 0}, {"(missing)"}, 0});
}

TEST_CASE("A later file is read like an earlier one: its kinds, order, categories and fillings") {
  const nn::Table earlier = read("a,city,code,pay\n1,Rome,7,1\n2,Bonn,8,2\n9,Rome,7,3\n", {.categories = {"code"}});
  const nn::Table later = read(
      "code,a,city\n8,,\n", {.missing = {{"a", nn::Fill::mean}, {"city", nn::Fill::most_frequent}}, .like = &earlier});
  CHECK(later ==
        nn::Table{{{"a", {4}, {}, {}, 4}, {"city", {}, {1}, {"Bonn", "Rome"}, 1}, {"code", {}, {1}, {"7", "8"}}}});
  CHECK(later.inputs().rows() == earlier.dataset("pay").sample_shape().size());
  const nn::CsvOptions like{.like = &earlier};
  refuses_text("city,a\nRome,1\nParis,2\n",
               ", row 3, column 1 \"city\": \"Paris\" is none of the 2 categories of the table it is to be like; leave "
               "the row out, or fill it",
               like);
  refuses_text("a\nx\n",
               ", row 2, column 1 \"a\": \"x\" is no number a double holds; write it as 1234.5 or 1e-3, or set "
               "decimal_mark and thousands_mark",
               like);
  CHECK_THROWS_MATCHES(
      read("b\n1\n", like), nn::data_error,
      Message(
          "Table: there is no column \"b\" among its 4: \"a\", \"city\", \"code\", \"pay\"; check the name, and the "
          "separator of the file"));
  refuses_options("a\n1\n", {.categories = {"a"}, .like = &earlier},
                  "the column \"a\" has numbers in the table it is to be like; do not say another kind");
  refuses_options("city\nRome\n", {.numbers = {"city"}, .like = &earlier},
                  "the column \"city\" has categories in the table it is to be like; do not say another kind");
  refuses_text("city\n?\n",
               ", row 2, column 1 \"city\": a missing value is none of the 2 categories of the table it is to be like; "
               "leave the row out, or fill it",
               {.missing = {{"city", nn::Fill::own_category}}, .missing_texts = {"?"}, .like = &earlier});
}

TEST_CASE("Every fault of a text is one sentence with its row, counted as a spreadsheet does, and its column") {
  refuses_text("", " is empty; is it the right file?");
  refuses_text("\n\n", " is empty; is it the right file?");
  refuses_text("a,b\n", " has a header, but no rows; is it the right file?");
  refuses_text(
      "a,b\n1,2\n\n1,2,3\n",
      ", row 4 has 3 fields, but the first row has 2; quote fields that hold a separator, or check which it is");
  refuses_text(
      "a,b\n1\n",
      ", row 2 has 1 field, but the first row has 2; quote fields that hold a separator, or check which it is");
  refuses_text("a,b\n\"x\ny\",2\n1,\n",
               ", row 3, column 2 \"b\": the value is missing; complete it, or say in CsvOptions::missing how to fill "
               "it");
  refuses_text("a,b\n1,2\n1,\"2\n3,4\n",
               ", row 3, column 2 \"b\": the quote at byte 10 is never closed; write \"\" for one within");
  refuses_text("a,b\n\"1\"2,3\n",
               ", row 2, column 1 \"a\": it goes on after its closing quote; write \"\" for a quote within");
  refuses_text("a,b\n1,2\"3\"\n",
               ", row 2, column 2 \"b\": a quote at byte 7 within a field without quotes; quote all of it");
  refuses_text("a,\"b\n", ", row 1, column 2: the quote at byte 2 is never closed; write \"\" for one within");
  refuses_text("a,b\n1,2\r3,4\n", ", row 2: a carriage return at byte 7 without a line feed; end lines in both or \\n");
  refuses_text("a,b\r", ", row 1: a carriage return at byte 3 without a line feed; end lines in both or \\n");
  refuses_text(std::string("a\n1\0", 4), " has a zero byte at byte 3; it is no text, or not UTF-8");
  refuses_text("a,b,a\n1,2,3\n", ", columns 1 and 3 are both called \"a\"; rename one");
  refuses_text("a,b\n1,2\n3,x\x1b[31m" + std::string(50, 'y') + "\n",
               ", row 3, column 2 \"b\": \"x?[31m" + std::string(34, 'y') +
                   "...\" is no number a double holds; write it as 1234.5 or 1e-3, or set "
                   "decimal_mark and thousands_mark",
               {.numbers = {"b"}});
  refuses_text("a,b\n,2\n,3\n", ", column 1 \"a\": all values are missing, so that nothing can fill them; drop it",
               {.missing = {{"a", nn::Fill::mean}}});
  refuses_text("a,b\n,2\n,3\n", ", column 1 \"a\": all values are missing, so that nothing can fill them; drop it",
               {.missing = {{"a", nn::Fill::most_frequent}}, .categories = {"a"}});
  refuses_text("a,b\n1,2\n", " has more than 7 bytes; raise max_bytes if it is to be that large", {.max_bytes = 7});
  CHECK(read("a,b\n1,2\n", {.max_bytes = 8}).rows() == 1);
}

TEST_CASE("Options that make no sense are refused with a sentence") {
  const std::string text = "a,b\n1,x\n2,\n";
  refuses_options(text, {.missing = {{"c", nn::Fill::mean}}},
                  "missing names a column \"c\", but the stream has 2 others, the first \"a\"; check the name, and the "
                  "separator");
  refuses_options(text, {.numbers = {"c"}},
                  "numbers names a column \"c\", but the stream has 2 others, the first \"a\"; check the name, and the "
                  "separator");
  refuses_options(text, {.categories = {"c"}},
                  "categories names a column \"c\", but the stream has 2 others, the first \"a\"; check the name, and "
                  "the separator");
  refuses_options(text, {.numbers = {"a"}, .categories = {"a"}},
                  "the column \"a\" is to have numbers and categories; say one of them");
  for (const nn::Fill fill : {nn::Fill::mean, nn::Fill::median})
    refuses_options(text, {.missing = {{"b", fill}}},
                    "the column \"b\" has categories, which have no mean or median; use Fill::most_frequent or "
                    "Fill::own_category");
  refuses_options("a,b\n1,0\n,1\n", {.missing = {{"a", nn::Fill::own_category}}},
                  "the column \"a\" has numbers, and what is missing cannot be a category of its own; use "
                  "Fill::median, or name it in CsvOptions::categories");
  refuses_options(text, {.decimal_mark = ';'},
                  "\";\" as decimal mark and \"?\" as thousands mark do not make numbers; a point and a comma do, or a "
                  "comma and a blank");
  refuses_options(text, {.thousands_mark = '.'},
                  "\".\" as decimal mark and \".\" as thousands mark do not make numbers; a point and a comma do, or a "
                  "comma and a blank");
  CHECK_THROWS_AS(read(text, {.thousands_mark = '3'}), nn::data_error);
  refuses_options(text, {.max_columns = 0}, "max_columns must be at least 1, got 0; 100000 is the default");
  for (const char separator : {'"', '\n', '\r', '\0'})
    refuses_options(text, {.separator = separator},
                    "a quote, a line end or a zero byte cannot separate fields; ',', ';' or '\\t' can");
}

TEST_CASE("Files are read by name, and what cannot be read is said") {
  const test::IdxFolder folder;
  const std::string path = folder / "table.csv";
  std::ofstream(path) << "a\n1\n";
  CHECK(nn::read_csv(path) == nn::Table{{{"a", {1}, {}, {}}}});
  std::ofstream(path) << "a\n\"1\n";
  CHECK_THROWS_WITH(nn::read_csv(path), StartsWith("read_csv: \"" + path + "\", row 2, column 1 \"a\": the quote"));
  std::remove(path.c_str());
  CHECK_THROWS_MATCHES(
      nn::read_csv(path), nn::load_error,
      Message("read_csv: \"" + path + "\" cannot be opened: No such file or directory; check the path"));
  CHECK_THROWS_WITH(nn::read_csv("."), StartsWith("read_csv: cannot read \".\": it is a folder"));
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);  // which nobody writes to
  CHECK_THROWS_WITH(nn::read_csv(path), StartsWith("read_csv: cannot read \"" + path + "\": it is no regular file"));
  std::remove(path.c_str());
  std::istringstream failed("a\n1\n");
  failed.setstate(std::ios::failbit);
  CHECK_THROWS_MATCHES(nn::read_csv(failed), nn::load_error,
                       Message("read_csv: the stream cannot be read: it had failed before; was its file opened?"));
  std::istringstream throwing("a\n1\n");
  throwing.exceptions(std::ios::failbit | std::ios::eofbit | std::ios::badbit);
  CHECK(nn::read_csv(throwing).rows() == 1);
}

TEST_CASE("Numbers have a decimal point, whatever the locale") {
  struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
  };
  const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
  const std::string c_locale = std::setlocale(LC_ALL, nullptr);
  for (const char* name : {"de_DE.UTF-8", "de_DE.utf8", "de_DE"})
    if (std::setlocale(LC_ALL, name) != nullptr) break;
  const nn::Table table = read("a\n1.5\n");
  std::setlocale(LC_ALL, c_locale.c_str());
  std::locale::global(before);
  CHECK(table.columns[0].numbers == Numbers{1.5});
}

TEST_CASE("Files have commas, points and a header, and nothing of them is filled, unless told otherwise") {
  const nn::CsvOptions options;
  CHECK((options.separator == ',' && options.decimal_mark == '.' && options.thousands_mark == '\0'));
  CHECK(options.has_header);
  CHECK((options.missing.empty() && options.numbers.empty() && options.categories.empty()));
  CHECK(options.missing_texts.size() == 21);
  CHECK(options.like == nullptr);
  CHECK(options.max_bytes == 1 << 30);
  CHECK(options.max_columns == 100'000);
}

TEST_CASE("A table of 100,000 columns is read, and read like another one, without comparing each with each") {
  constexpr int count = 100'000;
  std::string text;
  for (int i = 0; i < count; ++i) text += (i > 0 ? ",c" : "c") + std::to_string(i);
  for (int i = 0; i < count; ++i) text += (i > 0 ? ",1" : "\n1");
  const nn::Table table = read(text);
  CHECK(table.columns.size() == count);
  CHECK((read(text, {.like = &table}) == table));
  nn::ColumnChoice choice;
  for (const nn::Column& column : table.columns)
    (choice.keep.size() < count / 2 ? choice.keep : choice.drop).push_back(column.name);
  CHECK(table.inputs(choice).rows() == count / 2);
  refuses_text(text + ",",
               ", row 2 has 100001 fields, but the first row has 100000; quote fields that hold a separator, or "
               "check which it is");
  refuses_text("x," + text,
               ", row 1 has more than 100000 columns; raise max_columns if they are to be so many, or check "
               "the separator");
  CHECK(read("a,b\n1,2\n", {.max_columns = 2}).columns.size() == 2);
}

TEST_CASE("A file takes at most eight times its memory, one of commas little more than itself") {
  const auto peak = [](const std::string& text, bool is_table, const nn::CsvOptions& options) {
    std::istringstream stream(text);
    const test::MemoryWatch watch;
    bool was_read = true;
    try {
      nn::read_csv(stream, options);
    } catch (const nn::load_error&) {
      was_read = false;
    }
    const std::size_t bytes = watch.peak();
    CHECK(was_read == is_table);
    return bytes;
  };
  const std::string commas(2'000'000, ',');
  CHECK(peak(commas, false, {}) < 8 * commas.size());
  CHECK(peak(commas + '\n' + commas, false, {}) < 8 * commas.size());
  CHECK(peak(commas, false, {.has_header = false}) < 8 * commas.size());
  std::string one_column = "a\n", four_columns = "a,b,c,d\n", classes = "a,b\n", some_missing = "a,b\n",
              few_missing = "a\n";
  for (int i = 0; i < 200'000; ++i) {
    one_column += "1\n";
    four_columns += "1,2,3,4\n";
    classes += i % 2 == 0 ? "x,1\n" : "y,2\n";
    few_missing += i % 10 == 0 ? "?\n" : "7\n";
    some_missing += i % 2 == 0 ? "1,\n" : "?,2\n";
  }
  CHECK(peak(one_column, true, {}) < 8 * one_column.size());
  CHECK(peak(four_columns, true, {}) < 8 * four_columns.size());
  CHECK(peak(classes, true, {}) < 8 * classes.size());
  CHECK(peak(some_missing, true, {.missing = {{"a", nn::Fill::median}, {"b", nn::Fill::median}}}) <
        8 * some_missing.size());
  CHECK(peak(few_missing, true, {.missing = {{"a", nn::Fill::median}}}) < 8 * few_missing.size());
}

TEST_CASE("Any bytes give a table of whole columns or one error of the library") {
  const std::string valid =
      "id,\"the, age\",city,pay\r\n1,30,\"Ro\"\"me\",1.5e3\r\n2,,Bonn,-2\r\n3,25,\"a\nb\",0.25\r\n4,41,,7\n";
  const std::string alphabet = "01,;\"\n\r.-+e abN?\t\xEF\xBB\xBF\x80\xFF";
  const nn::Table earlier = read("id,city\n1,Bonn\n2,Rome\n");
  const std::vector<nn::CsvOptions> options{
      {},
      {.has_header = false},
      {.separator = ';', .missing_texts = {"", "N", "?"}},
      {.missing = {{"the, age", nn::Fill::mean}, {"city", nn::Fill::own_category}}},
      {.missing = {{"the, age", nn::Fill::median}, {"city", nn::Fill::most_frequent}}, .numbers = {"pay"}},
      {.missing = {{"id", nn::Fill::most_frequent}, {"city", nn::Fill::most_frequent}}, .like = &earlier}};
  nn::Random random(5);
  const auto below = [&](std::size_t count) { return static_cast<std::size_t>(random.below(count)); };
  int tables = 0, load_errors = 0, data_errors = 0;
  std::set<std::string> sentences;
  for (int round = 0; round < 20000; ++round) {
    std::string text;
    if (round % 4 == 0) {
      for (std::size_t left = below(40); left > 0; --left) text += alphabet[below(alphabet.size())];
    } else if (round % 4 == 1) {
      for (std::size_t left = below(40); left > 0; --left) text += static_cast<char>(below(256));
    } else {
      text = valid;
      for (std::size_t left = below(4); left > 0; --left) {
        const std::size_t at = below(text.size());
        const std::size_t count = below(std::min<std::size_t>(8, text.size() - at));
        if (below(3) == 0)
          text.insert(at, 1, alphabet[below(alphabet.size())]);
        else if (below(2) == 0)
          text[at] = alphabet[below(alphabet.size())];
        else
          text.erase(at, count);
      }
    }
    try {
      const nn::Table table = read(text, options[below(options.size())]);
      if (table.rows() < 1) FAIL("a table without rows");
      table.inputs();
      table.dataset(table.columns.back().name, {.keep = {table.columns.front().name}});
      ++tables;
    } catch (const nn::load_error& problem) {
      ++load_errors;
      sentences.insert(std::string(problem.what()).substr(0, 40));
    } catch (const nn::data_error& problem) {
      ++data_errors;
    }
  }
  CHECK(tables > 500);
  CHECK(load_errors > 2000);
  CHECK(data_errors > 500);
  CHECK(sentences.size() > 50);
}
