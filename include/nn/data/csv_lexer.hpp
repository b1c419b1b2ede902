// SPDX-License-Identifier: MIT
// A text as rows of fields between separators, quoted where they hold one (RFC 4180).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nn/core/errors.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// Reads one field after the other, and keeps the text alone. What is wrong with it is a load_error that says where.
class CsvLexer {
 public:
  /// `source` names the text in errors, and must outlive the lexer.
  CsvLexer(std::string text, char separator, const std::string& source)
      : text_(std::move(text)), separator_(separator), source_(source) {
    if (const std::size_t zero = text_.find('\0'); zero != std::string::npos)
      fail(" has a zero byte at byte ", zero, "; it is no text, or not UTF-8");
    rewind();
  }

  void rewind() {
    position_ = text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // a byte order mark
    row_ = 0;
  }
  /// Goes to the next row that is not an empty line; false where there is none.
  bool next_row() {
    for (column_ = 0; !at_end();) {
      ++row_;
      if (text_[position_] != '\n' && text_[position_] != '\r') return has_next_ = true;
      take_line_end();
    }
    return false;
  }
  void skip_row() {
    if (next_row())
      while (next_field()) {
      }
  }
  /// Goes to the next field of the row; false after the last.
  bool next_field() {
    if (!has_next_) return false;
    ++column_;
    const std::size_t opening = position_;
    if (take('"'))
      read_quoted(opening);
    else
      read_unquoted(opening);
    has_next_ = take(separator_);
    if (!has_next_) take_line_end();
    return true;
  }

  /// For a text that is a part of a file: its next row comes after so many, and `bytes` (also less than none) stand
  /// before it, in errors.
  void stands_after(Index rows, std::size_t bytes) {
    row_ = rows;
    before_ = bytes;
  }

  /// What stands in it; holds until the next field.
  std::string_view field() const { return field_; }
  /// Gives its memory back; there are no more fields then.
  void forget_text() { std::string().swap(text_); }
  const std::string& source() const { return source_; }
  /// As a spreadsheet counts: from 1, header and empty lines too.
  Index row() const { return row_; }
  /// Of the field, counted from 0.
  std::size_t column() const { return column_ - 1; }

  /// The names of the columns, for errors.
  std::vector<std::string> names;

  template <class... Pieces>
  [[noreturn]] void fail(const Pieces&... pieces) const {
    throw load_error("read_csv: ", source_, pieces...);
  }
  template <class... Pieces>
  [[noreturn]] void fail_at(Index row, std::size_t column, const Pieces&... pieces) const {
    if (column < names.size())
      fail(", row ", row, ", column ", column + 1, " ", in_quotes(names[column]), ": ", pieces...);
    fail(", row ", row, ", column ", column + 1, ": ", pieces...);
  }
  template <class... Pieces>
  [[noreturn]] void fail_here(const Pieces&... pieces) const {
    fail_at(row(), column(), pieces...);
  }

 private:
  bool at_end() const { return position_ == text_.size(); }
  bool take(char wanted) {
    if (at_end() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }
  void take_line_end() {
    const bool is_return = take('\r');
    if (!take('\n') && is_return)
      fail(", row ", row_, ": a carriage return at byte ", before_ + position_ - 1,
           " without a line feed; end lines in both or \\n");
  }
  bool at_field_end() const {
    if (at_end()) return true;
    const char c = text_[position_];
    return c == separator_ || c == '\n' || c == '\r';
  }

  void read_quoted(std::size_t opening) {
    bool has_doubled = false;
    for (;; has_doubled = true) {
      position_ = text_.find('"', position_);
      if (position_ == std::string::npos)
        fail_here("the quote at byte ", before_ + opening, " is never closed; write \"\" for one within");
      ++position_;
      if (!take('"')) break;
    }
    if (!at_field_end()) fail_here("it goes on after its closing quote; write \"\" for a quote within");
    field_ = std::string_view(text_).substr(opening + 1, position_ - opening - 2);
    if (!has_doubled) return;
    copy_.clear();
    for (std::size_t i = 0; i < field_.size(); ++i) {
      copy_ += field_[i];
      i += field_[i] == '"';
    }
    field_ = copy_;
  }
  void read_unquoted(std::size_t opening) {
    for (; !at_field_end(); ++position_)
      if (text_[position_] == '"')
        fail_here("a quote at byte ", before_ + position_, " within a field without quotes; quote all of it");
    field_ = std::string_view(text_).substr(opening, position_ - opening);
    while (field_.starts_with(' ') || field_.starts_with('\t')) field_.remove_prefix(1);
    while (field_.ends_with(' ') || field_.ends_with('\t')) field_.remove_suffix(1);
  }

  std::string text_;
  char separator_;
  const std::string& source_;
  std::size_t position_ = 0;
  std::size_t before_ = 0;  // bytes of the file
  Index row_ = 0;
  std::size_t column_ = 0;  // how many fields of the row were read
  bool has_next_ = false;
  std::string_view field_;
  std::string copy_;
};

}  // namespace nn::detail
