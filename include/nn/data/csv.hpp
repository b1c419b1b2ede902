// SPDX-License-Identifier: MIT
// Tables as text: a row per line, fields between separators, quoted where they hold one (RFC 4180).
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <istream>
#include <map>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/regular_file.hpp>
#include <nn/data/csv_column.hpp>
#include <nn/data/csv_lexer.hpp>
#include <nn/data/csv_number.hpp>
#include <nn/data/table.hpp>

namespace nn {

struct CsvOptions {
  char separator = ',';
  char decimal_mark = '.';     ///< of numbers; a comma in much of Europe
  char thousands_mark = '\0';  ///< between groups of three digits, as the comma of 1,234.5; zero for none
  bool has_header = true;      ///< without one, and where a name is empty, the names are "column 1", "column 2", ...
  std::map<std::string, Fill> missing = {};   ///< how to fill columns, by name; in others nothing may miss
  std::vector<std::string> missing_texts = {  ///< fields that say that a value is missing: those of pandas, "?" and "-"
      "",     "NA",   "N/A", "n/a", "<NA>", "NaN",      "nan",    "-NaN",    "-nan",    "NULL",    "null",
      "None", "#N/A", "#NA", "?",   "-",    "#N/A N/A", "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN"};
  std::vector<std::string> numbers = {};     ///< columns that must have numbers
  std::vector<std::string> categories = {};  ///< columns that have categories, even if they look like numbers
  const Table* like = nullptr;  ///< kinds, order, categories and fillings of columns are those of this earlier table
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  ///< of the file; memory grows with what is there
  Index max_columns = 100'000;                       ///< more are most often a wrong separator
};

namespace detail {

/// The texts that say that a value is missing.
class MissingTexts {
 public:
  explicit MissingTexts(const CsvOptions& options)
      : sorted_(options.missing_texts.begin(), options.missing_texts.end()) {
    std::sort(sorted_.begin(), sorted_.end());
  }
  bool contain(std::string_view text) const { return std::binary_search(sorted_.begin(), sorted_.end(), text); }

 private:
  std::vector<std::string_view> sorted_;
};

/// Takes the names from the first row, which is a row of fields where there is no header.
inline void name_columns(CsvLexer& lexer, const CsvOptions& options) {
  if (!lexer.next_row()) lexer.fail(" is empty; is it the right file?");
  std::vector<std::string> names;
  while (lexer.next_field()) {
    if (static_cast<Index>(names.size()) == options.max_columns)
      lexer.fail(", row ", lexer.row(), " has more than ", options.max_columns,
                 " columns; raise max_columns if they are to be so many, or check the separator");
    names.emplace_back(options.has_header ? lexer.field() : "");
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i].empty()) names[i] = "column " + std::to_string(i + 1);
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (const auto [other, is_new] = seen.emplace(names[i], i + 1); !is_new)
      lexer.fail(", columns ", other->second, " and ", i + 1, " are both called ", in_quotes(names[i]), "; rename one");
  lexer.names = std::move(names);
}

/// For a row that was read to its end.
inline void require_field_for_each_column(const CsvLexer& lexer, std::size_t fields) {
  if (fields != lexer.names.size())
    lexer.fail(", row ", lexer.row(), " has ", fields, fields == 1 ? " field" : " fields", ", but the first row has ",
               lexer.names.size(), "; quote fields that hold a separator, or check which it is");
}

/// Goes through a text twice: to find what kind of column each is, and to read them. So nothing is kept of the fields
/// but the table that they make.
class CsvReader {
 public:
  CsvReader(std::string text, const std::string& source, const CsvOptions& options)
      : options_(options),
        lexer_(std::move(text), options.separator, source),
        format_{options.decimal_mark, options.thousands_mark},
        missing_texts_(options) {}

  Table read() {
    name_columns(lexer_, options_);
    find_columns(lexer_.source());
    const Index rows = inspect();
    require_separator();
    for (std::size_t i = 0; i < columns_.size(); ++i) columns_[i].decide(rows, lexer_, i);
    for_each_field([&](CsvColumn& column) { column.add(lexer_, is_missing(), format_); });
    for (CsvColumn& column : columns_) column.name_categories(format_);
    lexer_.forget_text();
    Table table;
    for (const std::size_t i : order()) table.columns.push_back(columns_[i].finish(lexer_, i));
    return table;
  }

 private:
  // What the options say of each column.
  void find_columns(const std::string& source) {
    columns_.resize(lexer_.names.size());
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < columns_.size(); ++i) places.emplace(lexer_.names[i], i);
    const auto find = [&](const std::string& name, const char* option) -> CsvColumn& {
      const auto found = places.find(name);
      if (found == places.end())
        throw data_error("read_csv: ", option, " names a column ", in_quotes(name), ", but ", source, " has ",
                         columns_.size(), " others, the first ", in_quotes(lexer_.names.front()),
                         "; check the name, and the separator");
      return columns_[found->second];
    };
    for (const auto& [name, fill] : options_.missing) find(name, "missing").fill = fill;
    for (const std::string& name : options_.numbers) find(name, "numbers").wanted = CsvColumn::Kind::numbers;
    for (const std::string& name : options_.categories) {
      CsvColumn& column = find(name, "categories");
      if (column.wanted == CsvColumn::Kind::numbers)
        throw data_error("read_csv: the column ", in_quotes(name),
                         " is to have numbers and categories; say one of them");
      column.wanted = CsvColumn::Kind::categories;
    }
    if (options_.like == nullptr) return;
    std::map<std::string_view, const Column*> earlier;
    for (const Column& column : options_.like->columns) earlier.emplace(column.name, &column);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto found = earlier.find(lexer_.names[i]);
      columns_[i].like = found != earlier.end() ? found->second : &options_.like->column(lexer_.names[i]);
    }
  }

  // Looks at all fields, and counts the rows.
  Index inspect() {
    Index rows = 0;
    for_each_row([&] {
      std::size_t fields = 0, first_missing = columns_.size();
      std::string missing;
      while (lexer_.next_field()) {
        if (++fields > columns_.size()) continue;
        CsvColumn& column = columns_[lexer_.column()];
        if (!is_missing()) {
          column.inspect(lexer_, format_);
        } else if (!column.is_fillable() && first_missing == columns_.size()) {
          first_missing = lexer_.column();
          missing = lexer_.field();
        }
      }
      require_field_for_each_column(lexer_, fields);
      if (first_missing < columns_.size() && missing.empty())
        lexer_.fail_at(lexer_.row(), first_missing,
                       "the value is missing; complete it, or say in CsvOptions::missing how to fill it");
      if (first_missing < columns_.size())
        lexer_.fail_at(lexer_.row(), first_missing, in_quotes(missing),
                       " says that the value is missing; complete it, say in CsvOptions::missing how to fill it, or "
                       "leave the text out of missing_texts");
      ++rows;
    });
    if (rows == 0) lexer_.fail(" has a header, but no rows; is it the right file?");
    return rows;
  }

  // A single column of texts, in each of which another separator stands, is most often several columns.
  void require_separator() const {
    if (columns_.size() > 1 || columns_[0].wanted != CsvColumn::Kind::unknown || options_.like != nullptr) return;
    for (const char other : {',', ';', '\t', '|'})
      if (columns_[0].is_text_with(other) && (!options_.has_header || has_in_name(other)))
        lexer_.fail(" has a single column, but ", other == '\t' ? "a tab" : std::string{'\'', other, '\''},
                    " stands in its fields; set CsvOptions::separator, or name the column in categories");
  }
  bool has_in_name(char other) const { return lexer_.names[0].find(other) != std::string::npos; }

  template <class Use>
  void for_each_row(Use&& use) {
    lexer_.rewind();
    if (options_.has_header) lexer_.skip_row();
    while (lexer_.next_row()) use();
  }
  template <class Use>
  void for_each_field(Use&& use) {
    for_each_row([&] {
      while (lexer_.next_field()) use(columns_[lexer_.column()]);
    });
  }
  bool is_missing() const { return missing_texts_.contain(lexer_.field()); }

  // Of the columns in the table: as in the earlier one.
  std::vector<std::size_t> order() const {
    std::vector<std::size_t> order(columns_.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    if (options_.like != nullptr)
      std::sort(order.begin(), order.end(),
                [&](std::size_t a, std::size_t b) { return std::less<>()(columns_[a].like, columns_[b].like); });
    return order;
  }

  const CsvOptions& options_;
  CsvLexer lexer_;
  NumberFormat format_;
  MissingTexts missing_texts_;
  std::vector<CsvColumn> columns_;
};

inline void validate(const CsvOptions& options) {
  const char separator = options.separator, decimal = options.decimal_mark, thousands = options.thousands_mark;
  if (separator == '"' || separator == '\n' || separator == '\r' || separator == '\0')
    throw data_error("read_csv: a quote, a line end or a zero byte cannot separate fields; ',', ';' or '\\t' can");
  constexpr std::string_view decimal_marks = ".,", thousands_marks(",. '_\0", 6);
  if (decimal == thousands || decimal_marks.find(decimal) == std::string_view::npos ||
      thousands_marks.find(thousands) == std::string_view::npos)
    throw data_error("read_csv: ", in_quotes({&decimal, 1}), " as decimal mark and ", in_quotes({&thousands, 1}),
                     " as thousands mark do not make numbers; a point and a comma do, or a comma and a blank");
  if (options.max_columns < 1)
    throw data_error("read_csv: max_columns must be at least 1, got ", options.max_columns, "; 100000 is the default");
}

inline std::ifstream open_text(const std::string& path) {
  require_regular_file("read_csv", path);
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw load_error("read_csv: ", path_in_quotes(path), " cannot be opened: ", std::generic_category().message(errno),
                     "; check the path");
  return stream;
}

template <class Stream>
std::string read_text(Stream& stream, const CsvOptions& options, const std::string& name) {
  const auto fail = [&](const auto&... pieces) { throw load_error("read_csv: ", name, pieces...); };
  if (!stream) fail(" cannot be read: it had failed before; was its file opened?");
  validate(options);
  std::string text;
  std::array<char, 65536> buffer;
  while (stream) {
    try {
      stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    } catch (const std::ios_base::failure&) {  // its state says the same
    }
    try {
      text.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
    } catch (const std::bad_alloc&) {
      fail(" has more than ", text.size(), " bytes, for which there is not enough memory; read it in parts");
    }
    if (stream.bad()) fail(" cannot be read beyond byte ", text.size(), "; is it a folder, is its disk well?");
    if (text.size() > options.max_bytes)
      fail(" has more than ", options.max_bytes, " bytes; raise max_bytes if it is to be that large");
  }
  return text;
}

}  // namespace detail

/// Reads a stream up to its end. A column whose fields are all numbers has numbers, any other one categories, in order:
/// numbers by value, then texts by their bytes; one that is more than half of numbers is refused, unless an option says
/// what it is. Blanks around a field without quotes are not of it; empty lines are skipped. The bytes may be anything:
/// throws one load_error that says what is wrong, in which row, column and name; data_error where an option makes no
/// sense. `name` is for those sentences. It takes time in proportion to the text; and of memory, beside some hundred
/// bytes for each column and category, at most eight times the text.
template <std::derived_from<std::istream> Stream>
Table read_csv(Stream& stream, const CsvOptions& options = {}, const std::string& name = "the stream") {
  return detail::CsvReader(detail::read_text(stream, options, name), name, options).read();
}

/// As above, from a file.
template <std::convertible_to<std::string> Path>
Table read_csv(const Path& path, const CsvOptions& options = {}) {
  std::ifstream stream = detail::open_text(std::string(path));
  return read_csv<std::istream>(stream, options, detail::path_in_quotes(std::string(path)));
}

}  // namespace nn
