// SPDX-License-Identifier: MIT
// Tables as text: a row per line, fields between separators, quoted where they hold one (RFC 4180).
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <functional>
#include <istream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/data/table.hpp>

namespace nn {

/// What stands in for a missing value: something of the column's other values, which are those of the whole file; or,
/// among categories, one of its own, "(missing)".
enum class Fill { mean, median, most_frequent, own_category };

struct CsvOptions {
  char separator = ',';
  bool has_header = true;  ///< without one, and where a name is empty, the names are "column 1", "column 2", ...
  std::map<std::string, Fill> missing = {};       ///< how to fill columns, by name; in all others nothing may miss
  std::vector<std::string> missing_texts = {""};  ///< fields that say that a value is missing; "NA" and "?" are usual
  std::vector<std::string> numbers = {};          ///< columns that must have numbers
  std::vector<std::string> categories = {};       ///< columns that have categories, even if they look like numbers
  const Table* like = nullptr;  ///< kinds, order, categories and fillings of columns are those of this earlier table
  std::uint64_t max_bytes = std::uint64_t{1} << 30;  ///< of the file; memory grows with what is there
};

namespace detail {

// The whole of the text as a number: finite, with a decimal point in every locale.
inline std::optional<double> number_in(std::string_view text) {
  if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !is_finite(number)) return std::nullopt;
  return number;
}

// A text in an error: not long, and nothing in it that a terminal would obey.
inline std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text.substr(0, 40)) result += static_cast<unsigned char>(c) < 32 || c == 127 ? '?' : c;
  return result + (text.size() > 40 ? "...\"" : "\"");
}

// Numbers by value, then texts, alike in every locale.
inline bool comes_before(const std::string& a, const std::string& b) {
  const std::optional<double> x = number_in(a), y = number_in(b);
  if (x.has_value() != y.has_value()) return x.has_value();
  return x != y ? *x < *y : a < b;
}

template <class Stream>
class CsvReader {
 public:
  CsvReader(const std::string& name, const CsvOptions& options) : name_(name), options_(options) {}

  Table read(Stream& stream) {
    const char separator = options_.separator;
    if (separator == '"' || separator == '\n' || separator == '\r' || separator == '\0')
      throw data_error("read_csv: a quote, a line end or a zero byte cannot separate fields; ',', ';' or '\\t' can");
    take_all(stream);
    split();
    require_known_columns();
    Table table;
    for (std::size_t i = 0; i < names_.size(); ++i) table.columns.push_back(column(i));
    if (options_.like != nullptr)
      std::sort(table.columns.begin(), table.columns.end(), [&](const Column& a, const Column& b) {
        return &options_.like->column(a.name) < &options_.like->column(b.name);
      });
    return table;
  }

 private:
  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... pieces) const {
    throw load_error("read_csv: ", name_, pieces...);
  }
  // Rows count as a spreadsheet shows them: from 1, header and empty lines too.
  template <class... Pieces>
  [[noreturn]] void fail_at(Index row, std::size_t column, const Pieces&... pieces) const {
    if (column < names_.size())
      fail(", row ", row, ", column ", column + 1, " ", quoted(names_[column]), ": ", pieces...);
    fail(", row ", row, ", column ", column + 1, ": ", pieces...);
  }

  void take_all(Stream& stream) {
    std::array<char, 65536> buffer;
    while (stream) {
      try {
        stream.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      } catch (const std::ios_base::failure&) {  // its state says the same
      }
      text_.append(buffer.data(), static_cast<std::size_t>(stream.gcount()));
      if (stream.bad()) fail(" cannot be read beyond byte ", text_.size(), "; is it a folder, is its disk well?");
      if (text_.size() > options_.max_bytes)
        fail(" has more than ", options_.max_bytes, " bytes; raise max_bytes if it is to be that large");
    }
    if (const std::size_t zero = text_.find('\0'); zero != std::string::npos)
      fail(" has a zero byte at byte ", zero, "; it is no text, or not UTF-8");
    if (text_.starts_with("\xEF\xBB\xBF")) position_ = 3;
  }

  bool at_end() const { return position_ == text_.size(); }
  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }
  void take_line_end() {
    const bool is_return = take('\r');
    if (!take('\n') && is_return)
      fail(", row ", row_, ": a carriage return at byte ", position_ - 1,
           " without a line feed; end lines in both or \\n");
  }

  void split() {
    std::vector<std::string_view> fields;
    for (row_ = 1; !at_end(); ++row_) {
      if (text_[position_] == '\n' || text_[position_] == '\r') {  // an empty line
        take_line_end();
        continue;
      }
      fields.clear();
      do fields.push_back(field(fields.size()));
      while (take(options_.separator));
      take_line_end();
      if (names_.empty()) {
        name_columns(fields);
        if (options_.has_header) continue;
      }
      if (fields.size() != names_.size())
        fail(", row ", row_, " has ", fields.size(), fields.size() == 1 ? " field" : " fields",
             ", but the first row has ", names_.size(), "; quote fields that hold a separator, or check which it is");
      cells_.insert(cells_.end(), fields.begin(), fields.end());
      rows_.push_back(row_);
    }
    if (rows_.empty()) fail(names_.empty() ? " is empty" : " has a header, but no rows", "; is it the right file?");
  }

  // What is quoted is freed of its quotes where it stands.
  std::string_view field(std::size_t column) {
    const std::size_t opening = position_;
    if (take('"')) {
      std::size_t end = position_;
      for (;; text_[end++] = text_[position_++]) {
        if (at_end())
          fail_at(row_, column, "the quote at byte ", opening, " is never closed; write \"\" for one within");
        if (take('"') && (at_end() || text_[position_] != '"')) break;
      }
      if (!at_field_end()) fail_at(row_, column, "it goes on after its closing quote; write \"\" for a quote within");
      return std::string_view(text_).substr(opening + 1, end - opening - 1);
    }
    while (!at_field_end()) {
      if (text_[position_] == '"')
        fail_at(row_, column, "a quote at byte ", position_, " within a field without quotes; quote all of it");
      ++position_;
    }
    std::string_view text = std::string_view(text_).substr(opening, position_ - opening);
    while (text.starts_with(' ')) text.remove_prefix(1);
    while (text.ends_with(' ')) text.remove_suffix(1);
    return text;
  }
  bool at_field_end() const {
    if (at_end()) return true;
    const char c = text_[position_];
    return c == options_.separator || c == '\n' || c == '\r';
  }

  void name_columns(const std::vector<std::string_view>& fields) {
    std::map<std::string, std::size_t> seen;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      std::string name(options_.has_header ? fields[i] : "");
      if (name.empty()) name = "column " + std::to_string(i + 1);
      if (const auto [other, is_new] = seen.emplace(name, i + 1); !is_new)
        fail(", columns ", other->second, " and ", i + 1, " are both called ", quoted(name), "; rename one");
      names_.push_back(std::move(name));
    }
  }

  static bool is_in(const std::vector<std::string>& list, std::string_view text) {
    return std::find(list.begin(), list.end(), text) != list.end();
  }

  void require_known_columns() const {
    const auto require = [&](const std::string& name, const char* option) {
      if (!is_in(names_, name))
        throw data_error("read_csv: ", option, " names a column ", quoted(name), ", but ", name_, " has ",
                         names_.size(), " others, the first ", quoted(names_.front()),
                         "; check the name, and the separator");
    };
    for (const auto& [name, fill] : options_.missing) require(name, "missing");
    for (const std::string& name : options_.numbers) require(name, "numbers");
    for (const std::string& name : options_.categories) {
      require(name, "categories");
      if (is_in(options_.numbers, name))
        throw data_error("read_csv: the column ", quoted(name), " is to have numbers and categories; say one of them");
    }
    if (options_.like != nullptr)
      for (const std::string& name : names_) options_.like->column(name);
  }

  std::string_view cell(std::size_t row, std::size_t column) const { return cells_[row * names_.size() + column]; }
  bool is_missing(std::size_t row, std::size_t column) const {
    return is_in(options_.missing_texts, cell(row, column));
  }

  Column column(std::size_t i) const {
    const auto found = options_.missing.find(names_[i]);
    const std::optional<Fill> fill = found == options_.missing.end() ? std::nullopt : std::optional(found->second);
    const Column* like = options_.like == nullptr ? nullptr : &options_.like->column(names_[i]);
    bool are_numbers = true, are_missing = true;  // all of them
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (!is_missing(row, i)) {
        are_missing = false;
        are_numbers = are_numbers && number_in(cell(row, i));
      } else if (!fill) {
        fail_at(rows_[row], i, "the value is missing; complete it, or say in CsvOptions::missing how to fill it");
      }
    }
    if (like != nullptr) are_numbers = !like->has_categories();
    if (is_in(options_.numbers, names_[i])) are_numbers = true;
    if (is_in(options_.categories, names_[i]) || (are_missing && fill == Fill::own_category)) are_numbers = false;
    if (like != nullptr && are_numbers == like->has_categories())
      throw data_error("read_csv: the column ", quoted(names_[i]), " has ", are_numbers ? "categories" : "numbers",
                       " in the table it is to be like; do not say another kind");
    return are_numbers ? numbers(i, like, fill) : categories(i, like, fill);
  }

  Column numbers(std::size_t i, const Column* like, std::optional<Fill> fill) const {
    std::vector<double> present, all;
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      if (is_missing(row, i)) continue;
      const std::optional<double> number = number_in(cell(row, i));
      if (!number)
        fail_at(rows_[row], i, quoted(cell(row, i)), " is no number a double holds; write it as 1234.5 or 1e-3");
      present.push_back(*number);
    }
    if (present.size() == rows_.size()) return {names_[i], std::move(present), {}, {}};
    const double filling = filling_of(like != nullptr ? like->numbers : present, i, *fill);
    auto next = present.begin();
    for (std::size_t row = 0; row < rows_.size(); ++row) all.push_back(is_missing(row, i) ? filling : *next++);
    return {names_[i], std::move(all), {}, {}};
  }

  double filling_of(std::vector<double> numbers, std::size_t i, Fill fill) const {
    if (fill == Fill::own_category)
      throw data_error("read_csv: the column ", quoted(names_[i]),
                       " has numbers, and what is missing cannot be a category of its own; use Fill::median, or name "
                       "it in CsvOptions::categories");
    require_any(!numbers.empty(), i);
    std::sort(numbers.begin(), numbers.end());
    const std::size_t half = numbers.size() / 2;
    if (fill == Fill::median)
      return numbers.size() % 2 == 1 ? numbers[half] : numbers[half - 1] / 2 + numbers[half] / 2;
    if (fill == Fill::mean) {
      double sum = 0;
      for (const double number : numbers) sum += number / static_cast<double>(numbers.size());
      return sum;
    }
    std::size_t most = 0;
    double best = 0;
    for (std::size_t first = 0, last = 0; first < numbers.size(); first = last) {
      while (last < numbers.size() && numbers[last] == numbers[first]) ++last;
      if (last - first <= most) continue;
      most = last - first;
      best = numbers[first];
    }
    return best;
  }

  Column categories(std::size_t i, const Column* like, std::optional<Fill> fill) const {
    Column column{names_[i], {}, {}, {}};
    std::map<std::string, int, std::less<>> labels;
    if (like != nullptr) {
      column.categories = like->categories;
    } else {
      if (fill == Fill::own_category) labels["(missing)"];
      for (std::size_t row = 0; row < rows_.size(); ++row)
        if (!is_missing(row, i) && !labels.contains(cell(row, i))) labels.emplace(cell(row, i), 0);
      for (const auto& [name, label] : labels) column.categories.push_back(name);
      std::sort(column.categories.begin(), column.categories.end(), comes_before);
    }
    for (std::size_t k = 0; k < column.categories.size(); ++k) labels[column.categories[k]] = static_cast<int>(k);

    constexpr int missing = -1;
    std::vector<std::size_t> counts(column.categories.size());
    for (std::size_t row = 0; row < rows_.size(); ++row) {
      const bool misses = is_missing(row, i);
      if (misses && fill != Fill::own_category) {
        column.labels.push_back(missing);
        continue;
      }
      const auto found = labels.find(misses ? "(missing)" : cell(row, i));
      if (found == labels.end())
        fail_at(rows_[row], i, misses ? "a missing value" : quoted(cell(row, i)), " is none of the ",
                column.categories.size(), " categories of the table it is to be like; leave the row out, or fill it");
      column.labels.push_back(found->second);
    }
    if (like != nullptr)
      for (const int label : like->labels) ++counts.at(static_cast<std::size_t>(label));
    else
      for (const int label : column.labels)
        if (label != missing) ++counts[static_cast<std::size_t>(label)];
    if (std::find(column.labels.begin(), column.labels.end(), missing) == column.labels.end()) return column;
    if (fill != Fill::most_frequent)
      throw data_error("read_csv: the column ", quoted(names_[i]),
                       " has categories, which have no mean or median; use Fill::most_frequent or Fill::own_category");
    require_any(!counts.empty(), i);
    const auto most = static_cast<int>(std::max_element(counts.begin(), counts.end()) - counts.begin());
    std::replace(column.labels.begin(), column.labels.end(), missing, most);
    return column;
  }

  void require_any(bool any, std::size_t i) const {
    if (!any)
      fail(", column ", i + 1, " ", quoted(names_[i]),
           ": all values are missing, so that nothing can fill them; drop it");
  }

  const std::string& name_;
  const CsvOptions& options_;
  std::string text_;
  std::size_t position_ = 0;
  Index row_ = 1;
  std::vector<std::string> names_;
  std::vector<std::string_view> cells_;  // row after row, of text_
  std::vector<Index> rows_;              // their numbers
};

}  // namespace detail

/// Reads a stream up to its end. A column whose fields are all numbers has numbers, any other one categories, in order:
/// numbers by value, then texts by their bytes. Blanks around a field without quotes are not of it; empty lines are
/// skipped. The bytes may be anything: throws one load_error that says what is wrong, in which row, column and name;
/// data_error where an option makes no sense. `name` is for those sentences.
template <std::derived_from<std::istream> Stream>
Table read_csv(Stream& stream, const CsvOptions& options = {}, const std::string& name = "the stream") {
  if (!stream) throw load_error("read_csv: ", name, " cannot be read: it had failed before; was its file opened?");
  return detail::CsvReader<Stream>(name, options).read(stream);
}

/// As above, from a file.
template <std::convertible_to<std::string> Path>
Table read_csv(const Path& path, const CsvOptions& options = {}) {
  const std::string name = "\"" + std::string(path) + "\"";
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream)
    throw load_error("read_csv: ", name, " cannot be opened: ", std::generic_category().message(errno),
                     "; check the path");
  return read_csv<std::istream>(stream, options, name);
}

}  // namespace nn
