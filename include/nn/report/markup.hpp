// SPDX-License-Identifier: MIT
// Texts and numbers as HTML and as JSON inside of HTML: nothing in them can end an element or a script.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <locale>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <nn/core/finite.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/printable.hpp>

namespace nn::detail {

/// A text between tags or in a quoted attribute; what is no UTF-8, and control characters, become question marks.
inline std::string html_text(std::string_view text) {
  std::string result;
  for (const char c : printable(text, text.size())) {
    if (c == '&')
      result += "&amp;";
    else if (c == '<')
      result += "&lt;";
    else if (c == '>')
      result += "&gt;";
    else if (c == '"')
      result += "&quot;";
    else
      result += c;
  }
  return result;
}

/// A number for people: whole ones as they are, others with so many digits that count; a dash for NaN and infinity.
inline std::string shown(double number, int digits = 4) {
  if (!is_finite(number)) return "–";
  std::ostringstream text;
  text.imbue(std::locale::classic());
  const bool is_whole = number == std::floor(number) && std::abs(number) < 1e15;
  text.precision(is_whole ? 16 : digits);
  text << (number == 0 ? 0.0 : number);  // never -0
  return text.str();
}

/// 0.1234 as 12.3 %.
inline std::string shown_percent(double share) {
  return is_finite(share) ? shown(std::round(share * 1000) / 10) + " %" : "–";
}

/// A number in JSON, all its digits; null where there is none.
inline std::string json_number(double number) {
  if (!is_finite(number)) return "null";
  std::array<char, longest_number> digits;
  return std::string(digits.data(), write_number(digits.data(), number));
}

/// A text in JSON, in quotes, that a script element may hold: without a "<", which could end it.
inline std::string json_in_html(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : printable(text, text.size())) {
    if (c == '"' || c == '\\')
      result.append(1, '\\').append(1, c);
    else if (c == '<' || c == '>' || c == '&')
      result.append("\\u00")
          .append(1, digits[static_cast<unsigned char>(c) / 16U])
          .append(1, digits[static_cast<unsigned char>(c) % 16U]);
    else
      result += c;
  }
  return result + '"';
}

inline std::string json_list(std::span<const std::string> items) {
  std::string result = "[";
  for (const std::string& item : items) result.append(result.size() > 1 ? "," : "").append(item);
  return result + ']';
}
inline std::string json_numbers(std::span<const double> numbers) {
  std::vector<std::string> items;
  for (const double number : numbers) items.push_back(json_number(number));
  return json_list(items);
}

/// The fields of an object in JSON, in order.
class JsonObject {
 public:
  JsonObject& add(std::string_view name, const std::string& json) {
    text_.append(text_.empty() ? "" : ",").append(json_in_html(name)).append(":").append(json);
    return *this;
  }
  JsonObject& add(std::string_view name, double number) { return add(name, json_number(number)); }
  std::string text() const { return '{' + text_ + '}'; }

 private:
  std::string text_;
};

/// Bytes as RFC 4648 writes them.
inline std::string base64(std::span<const std::uint8_t> bytes) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string result;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t three = 0;
    for (std::size_t k = 0; k < 3; ++k) three = three << 8U | (i + k < bytes.size() ? bytes[i + k] : 0U);
    for (std::size_t k = 0; k < 4; ++k) result += k <= bytes.size() - i ? letters[three >> (18U - 6U * k) & 63U] : '=';
  }
  return result;
}

}  // namespace nn::detail
