// SPDX-License-Identifier: MIT
// One column of a text: of what kind it is, its values, and what stands in for those that are missing.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/finite.hpp>
#include <nn/core/printable.hpp>
#include <nn/data/csv_lexer.hpp>
#include <nn/data/csv_number.hpp>
#include <nn/data/table.hpp>

namespace nn {

/// What stands in for a missing value: something of the column's other values, which are those of the whole file; or,
/// among categories, one of its own, "(missing)".
enum class Fill { mean, median, most_frequent, own_category };

namespace detail {

// Why a text is no number though somebody may have meant one, and what to do about it; null where it is for its marks.
inline const char* flaw_of_number(std::string_view text) {
  if (!NumberFormat::looks_like_number(text)) return nullptr;
  if (NumberFormat::is_too_large(text)) return " is beyond what a double holds, 5e-324 to 1.8e308; correct it";
  if (NumberFormat::has_sign_of_unit(text))
    return " is no number for a sign as % or $; take it away, or write its unit in the column's name";
  return nullptr;
}

/// Of the field.
inline double number_in_field(const CsvLexer& lexer, const NumberFormat& format) {
  const std::optional<double> number = format.read(lexer.field());
  if (const char* why = number ? nullptr : flaw_of_number(lexer.field()))
    lexer.fail_here(in_quotes(lexer.field()), why);
  if (!number)
    lexer.fail_here(in_quotes(lexer.field()), " is no number a double holds; write it as ",
                    format.decimal_mark == '.' ? "1234.5" : "1234,5",
                    " or 1e-3, or set decimal_mark and thousands_mark");
  return *number;
}

/// Is shown its fields twice: first to be inspected, then, after `decide`, to be added.
class CsvColumn {
 public:
  enum class Kind { unknown, numbers, categories };
  std::optional<Fill> fill;
  Kind wanted = Kind::unknown;   ///< by the options
  const Column* like = nullptr;  ///< of the earlier table

  /// Whether a value may miss.
  bool is_fillable() const { return fill || (like != nullptr && like->filling); }

  void inspect(const CsvLexer& lexer, const NumberFormat& format) {
    ++present_;
    if (format.read(lexer.field())) {
      ++numbers_like_;
      return;
    }
    numbers_like_ += NumberFormat::looks_like_number(lexer.field());
    are_odd_marks_ = are_odd_marks_ && looks_missing(lexer.field());
    if (odd_row_ > 0) return;
    odd_row_ = lexer.row();
    odd_ = lexer.field().substr(0, 41);  // as much as an error shows
  }

  /// Whether it has texts, in the first of which a letter stands.
  bool is_text_with(char letter) const { return odd_row_ > 0 && odd_.find(letter) != std::string::npos; }

  /// Numbers or categories? Throws load_error where it is mostly numbers, data_error where the options contradict.
  void decide(Index rows, const CsvLexer& lexer, std::size_t number) {
    Kind kind = odd_row_ == 0 ? Kind::numbers : Kind::categories;
    if (present_ == 0 && fill == Fill::own_category) kind = Kind::categories;
    if (like != nullptr) kind = like->has_categories() ? Kind::categories : Kind::numbers;
    if (like != nullptr && wanted != Kind::unknown && wanted != kind)
      throw data_error("read_csv: the column ", in_quotes(lexer.names[number]), " has ",
                       kind == Kind::numbers ? "numbers" : "categories",
                       " in the table it is to be like; do not say another kind");
    if (wanted != Kind::unknown) kind = wanted;
    const bool is_told = wanted != Kind::unknown || like != nullptr;
    const bool are_marks = odd_row_ > 0 && are_odd_marks_ && numbers_like_ > 0;
    if (!is_told && odd_row_ > 0 && (2 * numbers_like_ > present_ || are_marks))
      lexer.fail_at(odd_row_, number, in_quotes(odd_), what_is_odd(are_marks), ", or name the column in categories");
    column_.name = lexer.names[number];
    is_number_ = kind == Kind::numbers;
    const auto size = static_cast<std::size_t>(rows);
    if (is_number_)
      column_.numbers.reserve(size);
    else
      column_.labels.reserve(size);
    if (is_number_) return;
    if (like == nullptr && fill == Fill::own_category) labels_.emplace(own_category, 0);
    for (std::size_t k = 0; like != nullptr && k < like->categories.size(); ++k)
      labels_.emplace(like->categories[k], static_cast<int>(k));
  }

  void add(const CsvLexer& lexer, bool is_missing, const NumberFormat& format) {
    has_missing_ = has_missing_ || is_missing;
    if (is_number_ && is_missing)
      column_.numbers.push_back(std::numeric_limits<double>::quiet_NaN());
    else if (is_number_)
      column_.numbers.push_back(number_in_field(lexer, format));
    else if (is_missing && fill != Fill::own_category)
      column_.labels.push_back(missing);
    else
      add_category(lexer, is_missing);
  }

  /// Names and sorts the categories: numbers by value, then texts, alike in every locale. The text may go then.
  void name_categories(const NumberFormat& format) {
    if (is_number_) return;
    if (like != nullptr) {
      column_.categories = like->categories;
      return;
    }
    struct Category {
      std::string text;
      std::optional<double> number;
      int label;
    };
    std::vector<Category> categories;
    while (!labels_.empty()) {
      auto node = labels_.extract(labels_.begin());
      const std::optional<double> number = format.read(node.key());
      categories.push_back({std::move(node.key()), number, node.mapped()});
    }
    std::sort(categories.begin(), categories.end(), [](const Category& a, const Category& b) {
      if (a.number.has_value() != b.number.has_value()) return a.number.has_value();
      return a.number != b.number ? *a.number < *b.number : a.text < b.text;
    });
    std::vector<int> sorted(categories.size());
    for (std::size_t k = 0; k < categories.size(); ++k) {
      sorted[static_cast<std::size_t>(categories[k].label)] = static_cast<int>(k);
      column_.categories.push_back(std::move(categories[k].text));
    }
    for (int& label : column_.labels)
      if (label != missing) label = sorted[static_cast<std::size_t>(label)];
  }

  /// The column, filled. Throws data_error where it cannot be filled so, load_error where all is missing.
  Column finish(const CsvLexer& lexer, std::size_t number) {
    if (!fill)
      column_.filling = like != nullptr ? like->filling : std::nullopt;
    else
      column_.filling = is_number_ ? number_filling(lexer, number) : label_filling(lexer, number);
    if (!has_missing_) return std::move(column_);
    for (double& value : column_.numbers)
      if (!is_finite(value)) value = *column_.filling;
    for (int& label : column_.labels)
      if (label == missing) label = static_cast<int>(*column_.filling);
    return std::move(column_);
  }

 private:
  static constexpr int missing = -1;
  static constexpr std::string_view own_category = "(missing)";

  // Whether a text, in lower case and without what is no letter, is one by which people say that a value is missing.
  static bool looks_missing(std::string_view text) {
    std::string letters;
    for (const char c : text) {
      if (c == '+' || (c >= '0' && c <= '9')) return false;
      const bool is_upper = c >= 'A' && c <= 'Z', is_other = static_cast<unsigned char>(c) >= 0x80;
      if (is_upper || is_other || (c >= 'a' && c <= 'z')) letters += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    for (const std::string_view word : {"", "na", "nan", "none", "null", "nil", "missing", "unknown"})
      if (letters == word) return true;
    return false;
  }

  const char* what_is_odd(bool is_mark) const {
    if (is_mark) return " is no number, but all other fields of the column are; add it to missing_texts";
    if (!NumberFormat::looks_like_number(odd_))
      return " is no number, but most fields of the column are; correct it, add it to missing_texts";
    if (const char* why = flaw_of_number(odd_)) return why;
    return " is no number as 1234.5 is; set decimal_mark and thousands_mark, correct it";
  }

  // Labels go by order of appearance first.
  void add_category(const CsvLexer& lexer, bool is_missing) {
    const std::string_view text = is_missing ? own_category : lexer.field();
    auto found = labels_.find(text);
    if (found == labels_.end()) {
      if (like != nullptr)
        lexer.fail_here(is_missing ? "a missing value" : in_quotes(text), " is none of the ", like->categories.size(),
                        " categories of the table it is to be like; leave the row out, or fill it");
      found = labels_.emplace(text, static_cast<int>(labels_.size())).first;
    }
    column_.labels.push_back(found->second);
  }

  // What stands in for a missing value; nothing where none is missing and nothing could.
  std::optional<double> label_filling(const CsvLexer& lexer, std::size_t number) const {
    const std::vector<std::string>& categories = column_.categories;
    if (fill == Fill::own_category) {
      const auto found = std::find(categories.begin(), categories.end(), own_category);
      if (found == categories.end()) return std::nullopt;
      return static_cast<double>(found - categories.begin());
    }
    const std::vector<int>& all = like != nullptr ? like->labels : column_.labels;
    const bool is_possible = fill == Fill::most_frequent && !categories.empty() && !all.empty();
    if (!is_possible && !has_missing_) return std::nullopt;
    if (fill != Fill::most_frequent)
      throw data_error("read_csv: the column ", in_quotes(column_.name),
                       " has categories, which have no mean or median; use Fill::most_frequent or Fill::own_category");
    require_any(!categories.empty(), lexer, number);
    std::vector<std::size_t> counts(categories.size());
    for (const int label : all)
      if (label != missing) ++counts.at(static_cast<std::size_t>(label));
    return static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  }

  std::optional<double> number_filling(const CsvLexer& lexer, std::size_t number) const {
    if (fill == Fill::own_category && !has_missing_) return std::nullopt;
    if (fill == Fill::own_category)
      throw data_error("read_csv: the column ", in_quotes(column_.name),
                       " has numbers, and what is missing cannot be a category of its own; use Fill::median, or name "
                       "it in CsvOptions::categories");
    const std::vector<double>& all = like != nullptr ? like->numbers : column_.numbers;
    const auto is_known = [](double value) { return is_finite(value); };
    std::vector<double> known;
    known.reserve(static_cast<std::size_t>(std::count_if(all.begin(), all.end(), is_known)));
    std::copy_if(all.begin(), all.end(), std::back_inserter(known), is_known);
    if (known.empty() && !has_missing_) return std::nullopt;
    require_any(!known.empty(), lexer, number);
    return filling_of(known);
  }

  double filling_of(std::vector<double>& numbers) const {
    if (fill == Fill::mean) {
      double sum = 0;
      for (const double number : numbers) sum += number / static_cast<double>(numbers.size());
      return sum;
    }
    std::sort(numbers.begin(), numbers.end());
    const std::size_t half = numbers.size() / 2;
    if (fill == Fill::median)
      return numbers.size() % 2 == 1 ? numbers[half] : numbers[half - 1] / 2 + numbers[half] / 2;
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

  void require_any(bool any, const CsvLexer& lexer, std::size_t number) const {
    if (!any)
      lexer.fail(", column ", number + 1, " ", in_quotes(column_.name),
                 ": all values are missing, so that nothing can fill them; drop it");
  }

  Index present_ = 0;          // fields that are not missing
  Index numbers_like_ = 0;     // of those, numbers of any format
  bool are_odd_marks_ = true;  // whether all others look as if they said that the value is missing
  Index odd_row_ = 0;          // of the first that is no number of the format asked for
  std::string odd_;
  bool is_number_ = true, has_missing_ = false;
  Column column_;
  std::map<std::string, int, std::less<>> labels_;
};

}  // namespace detail

}  // namespace nn
