// SPDX-License-Identifier: MIT
// The exceptions of the library: one sentence each, saying what is wrong, where, both numbers, and the remedy.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

namespace nn {

namespace detail {

// Six digits, as streams have them; whatever bytes the locale has for the decimal point become one.
inline void append_rounded(std::string& text, double number) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%g", number);
  for (const char* at = digits; *at != '\0'; ++at) {
    const bool is_plain = (*at >= '0' && *at <= '9') || (*at >= 'a' && *at <= 'z') || *at == '-' || *at == '+';
    if (is_plain)
      text += *at;
    else if (text.empty() || text.back() != '.')
      text += '.';
  }
}

// Streams would bring locales, which take long to compile and are most of a small program.
template <class T>
void append(std::string& text, const T& piece) {
  if constexpr (std::is_same_v<T, char>) {
    text += piece;
  } else if constexpr (std::is_floating_point_v<T>) {
    append_rounded(text, static_cast<double>(piece));
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    text += std::string_view(piece);
  } else {
    using std::to_string;
    text += to_string(piece);
  }
}

// Something that can be written, whatever its type.
struct Piece {
  template <class T>
  explicit Piece(const T& given)
      : piece(&given), write([](std::string& text, const void* it) { append(text, *static_cast<const T*>(it)); }) {}
  const void* piece;
  void (*write)(std::string&, const void*);
};

inline std::string joined(std::initializer_list<Piece> pieces) {
  std::string text;
  for (const Piece& piece : pieces) piece.write(text, piece.piece);
  return text;
}

}  // namespace detail

/// Strings, numbers and shapes (whatever has a to_string) as one text. Numbers have six digits, as in streams, and look
/// alike whatever locale the program has chosen.
template <class... Pieces>
std::string text_of(const Pieces&... pieces) {
  return detail::joined({detail::Piece(pieces)...});
}

/// Base of everything this library throws on purpose. Whatever threw it left its arguments as they were.
class error : public std::runtime_error {
 public:
  /// The sentence is put together from its pieces: strings, numbers, shapes. They are taken by value, so that texts of
  /// any length are of one type: the compiler has this constructor to make again for every list of types.
  template <class... Pieces>
  explicit error(Pieces... pieces) : std::runtime_error(text_of(pieces...)) {}
};

/// Sizes that do not fit together: a layer and its input, a sample and the network, outputs and targets.
class shape_error : public error {
 public:
  using error::error;
};

/// A file of parameters that cannot be read or written: what is wrong, where in the file, at which byte.
class load_error : public error {
 public:
  using error::error;
};

/// Data or an option that cannot be used: empty, out of range, not finite.
class data_error : public error {
 public:
  using error::error;
};

}  // namespace nn
