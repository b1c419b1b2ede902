// SPDX-License-Identifier: MIT
// C text with fields to be filled in: the names, the number type and the literals of one header.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <nn/core/errors.hpp>
#include <nn/core/number_text.hpp>
#include <nn/core/printable.hpp>
#include <nn/core/views.hpp>

namespace nn::detail {

/// What a pattern's %name% stands for.
struct CField {
  std::string_view name;
  std::string text;

  CField(std::string_view field, std::string value) : name(field), text(std::move(value)) {}
  CField(std::string_view field, Index value) : name(field), text(std::to_string(value)) {}
};

/// Throws data_error unless all names that begin with this one are identifiers of C and C++, reserved for nobody.
inline void require_c_name(std::string_view name) {
  constexpr std::size_t most = 40;  // C promises to tell 63 characters apart
  const auto refuse = [&](const auto&... why) {
    throw data_error("save_c_header: the name ", in_quotes(name), ' ', why..., "; give another, as \"digits\"");
  };
  if (name.empty()) refuse("is empty");
  if (name.size() > most) refuse("has ", name.size(), " characters, at most ", most, " are possible");
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!is_letter(name.front())) refuse("does not begin with a letter");
  for (const char c : name)
    if (!is_letter(c) && !(c >= '0' && c <= '9') && c != '_')
      refuse("is no identifier of C, which has letters, digits and _ only");
  if (name.back() == '_' || name.find("__") != std::string_view::npos)
    refuse("ends in _ or has two of them side by side, which C++ reserves");
  constexpr std::string_view keywords[] = {
      "alignas",   "alignof",  "and",      "asm",       "auto",     "bitand",   "bitor",     "bool",      "break",
      "case",      "catch",    "char",     "class",     "compl",    "concept",  "const",     "consteval", "constexpr",
      "constinit", "continue", "co_await", "co_return", "co_yield", "decltype", "default",   "delete",    "do",
      "double",    "else",     "enum",     "explicit",  "export",   "extern",   "false",     "float",     "for",
      "friend",    "goto",     "if",       "inline",    "int",      "long",     "mutable",   "namespace", "new",
      "noexcept",  "not",      "nullptr",  "operator",  "or",       "private",  "protected", "public",    "register",
      "requires",  "restrict", "return",   "short",     "signed",   "sizeof",   "static",    "struct",    "switch",
      "template",  "this",     "throw",    "true",      "try",      "typedef",  "typeid",    "typename",  "union",
      "unsigned",  "using",    "virtual",  "void",      "volatile", "wchar_t",  "while",     "xor"};
  if (std::find(std::begin(keywords), std::end(keywords), name) != std::end(keywords))
    refuse("is a keyword of C or C++");
}

/// Fills in patterns: $ becomes the header's name and _, @ the number type, ~ after a number its suffix, and %name%
/// what the field of that name says. C has no use of its own for these that a network needs.
class CText {
 public:
  CText(std::string name, bool is_double) : name_(std::move(name)), is_double_(is_double) {}

  const std::string& name() const { return name_; }
  bool is_double() const { return is_double_; }
  std::string_view type() const { return is_double_ ? "double" : "float"; }
  Index bytes() const { return is_double_ ? 8 : 4; }

  std::string operator()(std::string_view pattern, std::initializer_list<CField> fields = {}) const {
    std::string result;
    while (!pattern.empty()) {
      const std::size_t plain = std::min(pattern.find_first_of("$@~%"), pattern.size());
      result += pattern.substr(0, plain);
      pattern.remove_prefix(plain);
      if (pattern.empty()) break;
      const char mark = pattern.front();
      pattern.remove_prefix(1);
      if (mark == '$') result += name_ + '_';
      if (mark == '@') result += type();
      if (mark == '~' && !is_double_) result += 'f';
      if (mark != '%') continue;
      const std::size_t end = pattern.find('%');
      const std::string_view wanted = pattern.substr(0, end);
      for (const CField& field : fields)
        if (field.name == wanted) result += field.text;
      pattern.remove_prefix(end + 1);
    }
    return result;
  }

  /// A finite number of the number type as a literal that the compiler reads back to the same bits.
  std::string literal(double number) const {
    std::array<char, longest_number> digits;
    char* const end =
        is_double_ ? write_number(digits.data(), number) : write_number(digits.data(), static_cast<float>(number));
    std::string text(digits.data(), end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return is_double_ ? text : text + 'f';
  }

 private:
  std::string name_;
  bool is_double_;
};

}  // namespace nn::detail
