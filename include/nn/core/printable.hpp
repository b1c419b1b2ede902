// SPDX-License-Identifier: MIT
// Texts of strangers (paths, names and values in files) as a message may show them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace nn::detail {

/// How many bytes the character at the front takes in UTF-8; 0 where they are none, or a control character, which could
/// disturb a terminal.
constexpr std::size_t printable_size(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7F ? 1 : 0;
  const std::size_t size = byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : 2;
  if (byte(0) < 0xC2 || byte(0) > 0xF4 || (byte(0) == 0xC2 && byte(1) < 0xA0)) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  return size;
}

/// The text, with a '?' for every byte that cannot be shown. Of a longer one than `most` bytes the beginning.
inline std::string printable(std::string_view text, std::size_t most = 40) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t size = printable_size(text.substr(i));
    const std::string_view shown = size > 0 ? text.substr(i, size) : "?";
    if (result.size() + shown.size() > most) return result + "...";
    result += shown;
    i += size > 0 ? size : 1;
  }
  return result;
}

inline std::string in_quotes(std::string_view text) { return '"' + printable(text) + '"'; }

/// The first `most` of some names, in quotes and with commas, and "..." for the others.
inline std::string in_quotes(std::span<const std::string> names, std::size_t most) {
  std::string text;
  for (std::size_t i = 0; i < names.size() && i < most; ++i) text += (i > 0 ? ", " : "") + in_quotes(names[i]);
  return text + (names.size() > most ? ", ..." : "");
}

/// A path, whole, in quotes.
inline std::string path_in_quotes(std::string_view path) { return '"' + printable(path, path.size()) + '"'; }

}  // namespace nn::detail
