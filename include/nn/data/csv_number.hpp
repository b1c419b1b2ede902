// SPDX-License-Identifier: MIT
// Numbers as files write them: 1234.5, but also 1,234.5 and 1.234,5.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <nn/core/finite.hpp>
#include <nn/core/number_text.hpp>

namespace nn::detail {

/// Alike in every locale.
struct NumberFormat {
  char decimal_mark = '.';
  char thousands_mark = '\0';  ///< between groups of three digits; zero for none

  /// The whole of the text as a number, where a finite double holds it.
  std::optional<double> read(std::string_view text) const {
    if (decimal_mark == '.' && thousands_mark == '\0') return read_plain(text);
    const std::optional<std::string> plain = without_marks(text);
    return plain ? read_plain(*plain) : std::nullopt;
  }

  /// Whether somebody may have meant a number: one of another usual format, with a sign of a unit, or beyond what a
  /// double holds.
  static bool looks_like_number(std::string_view given) {
    std::string text;
    for (const char c : given)
      if (!is_sign_of_unit(c) && (c != ' ' || !text.empty())) text += c;
    while (text.ends_with(' ')) text.pop_back();
    if (text.find_first_not_of("0123456789+-.,'eE ") != std::string_view::npos) return false;  // a word
    for (const char thousands : {'\0', ',', '.', ' ', '\''})
      for (const char decimal : {'.', ','})
        if (decimal != thousands && NumberFormat{decimal, thousands}.without_marks(text)) return true;
    return false;
  }

  /// Whether it is a number as 1234.5 is, but for its size.
  static bool is_too_large(std::string_view text) { return NumberFormat{}.without_marks(text) && !read_plain(text); }
  static bool has_sign_of_unit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_sign_of_unit); }

 private:
  // Percent, dollar, and, beyond ASCII, the signs of all other currencies.
  static bool is_sign_of_unit(char c) { return c == '%' || c == '$' || static_cast<unsigned char>(c) >= 0x80; }

  static std::optional<double> read_plain(std::string_view text) {
    if (text.size() > 1 && text[0] == '+' && text[1] != '-') text.remove_prefix(1);
    double number = 0;
    const auto [end, error] = read_number(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !is_finite(number)) return std::nullopt;
    return number;
  }

  // A sign, digits in groups, the decimal mark and more digits, an exponent; returned with a point and no other mark.
  std::optional<std::string> without_marks(std::string_view text) const {
    std::string plain;
    const auto take = [&](char from, char to) {
      if (text.empty() || text[0] < from || text[0] > to) return false;
      plain += text[0];
      text.remove_prefix(1);
      return true;
    };
    const auto take_digits = [&] {
      std::size_t count = 0;
      while (take('0', '9')) ++count;
      return count;
    };
    if (!take('-', '-') && !text.empty() && text[0] == '+') text.remove_prefix(1);
    std::size_t digits = take_digits();
    if (thousands_mark != '\0' && digits >= 1 && digits <= 3)
      while (!text.empty() && text[0] == thousands_mark) {
        text.remove_prefix(1);
        if (take_digits() != 3) return std::nullopt;
      }
    if (!text.empty() && text[0] == decimal_mark) {
      text.remove_prefix(1);
      plain += '.';
      digits += take_digits();
    }
    if (digits == 0) return std::nullopt;
    if (take('e', 'e') || take('E', 'E')) {
      if (!take('-', '-')) take('+', '+');
      if (take_digits() == 0) return std::nullopt;
    }
    return text.empty() ? std::optional(plain) : std::nullopt;
  }
};

}  // namespace nn::detail
